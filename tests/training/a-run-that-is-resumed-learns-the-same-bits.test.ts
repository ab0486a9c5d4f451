// A checkpoint that forgets a generator's position or a buffer gives another model, and nobody can tell why.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadCheckpoint, loadSafetensors, nn, optim, Rng, saveCheckpoint, tensor } from "glim";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makeRun } from "../fixtures/training/run.ts";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "glim-checkpoint-"));
});
afterAll(() => rmSync(folder, { recursive: true }));
const place = (name: string): string => join(folder, name);

describe("a run", () => {
  const whole = makeRun();
  const losses = whole.train(25);

  it("learns", () => {
    expect(losses.slice(-5).reduce((a, b) => a + b)).toBeLessThan(
      losses.slice(0, 5).reduce((a, b) => a + b),
    );
  });

  it("that is repeated gives the same", () => {
    const again = makeRun();
    expect(again.train(25)).toEqual(losses);
    expect(again.learnt()).toEqual(whole.learnt());
  });

  it.each([0, 3, 7, 12, 21])("that stops after %i steps goes on as if it had not", async (stop) => {
    const file = place(`at-${stop}.ckpt`);
    const first = makeRun();
    const before = stop === 0 ? [] : first.train(stop);
    await saveCheckpoint(file, { ...first.parts, stop });
    // Another process starts with other weights; none of them may remain.
    const second = makeRun(99);
    const dropout = second.parts.net.stages[3] as nn.Dropout;
    const other = makeRun().parts.net.stages[3] as nn.Dropout;
    Object.assign(dropout, { rng: other.rng });
    expect(await loadCheckpoint(file, second.parts)).toEqual({ stop });
    expect([...before, ...second.train(25)]).toEqual(losses);
    expect(second.learnt()).toEqual(whole.learnt());
  });
});

describe("a file", () => {
  it("is a safetensors file with the parts' names", async () => {
    const { parts } = makeRun();
    await saveCheckpoint(place("names.ckpt"), { ...parts, extra: tensor([1, 2]) });
    const names = [...(await loadSafetensors(place("names.ckpt"))).keys()];
    expect(names).toEqual(
      expect.arrayContaining(["net.0.weight", "opt.expAvg.3", "average.average.0", "extra"]),
    );
  });

  it("gives back plain data and tensors that were not asked for", async () => {
    const log = { epochs: [1, 2.5], best: null, name: "ü", isDone: false, tiny: 5e-324 };
    await saveCheckpoint(place("plain.ckpt"), { log, rng: new Rng(4), t: tensor([3, 4]) });
    const rest = await loadCheckpoint(place("plain.ckpt"), {});
    expect(rest.log).toEqual(log);
    expect(rest.rng).toEqual({ seed: 4, position: 0 });
    expect(rest.t?.toString()).toBe("tensor([3., 4.])");
  });

  it("that does not exist is refused, or left out where that is allowed", async () => {
    const { parts } = makeRun();
    await expect(loadCheckpoint(place("none"), parts)).rejects.toThrow("does not exist");
    expect(await loadCheckpoint(place("none"), parts, { ifMissing: "keep" })).toBeUndefined();
  });

  it("that is damaged, or of weights only, is refused", async () => {
    const { parts } = makeRun();
    await saveCheckpoint(place("whole.ckpt"), parts);
    const bytes = readFileSync(place("whole.ckpt"));
    writeFileSync(place("cut.ckpt"), bytes.subarray(0, bytes.length - 5));
    await expect(loadCheckpoint(place("cut.ckpt"), parts)).rejects.toThrow(/cut\.ckpt: /);
    const weights = new URL("../../samples/mnist/mlp.safetensors", import.meta.url);
    await expect(loadCheckpoint(weights, parts)).rejects.toThrow(
      "has tensors, but is no checkpoint",
    );
  });
});

describe("what does not fit", () => {
  it("is listed with shapes, and nothing changes", async () => {
    const file = place("other.ckpt");
    const [net, rng] = [new nn.Linear(2, 3), new Rng(1)];
    await saveCheckpoint(file, {
      net,
      rng,
      opt: new optim.SGD(net.parameters(), { lr: 1, momentum: 0.5 }),
    });
    const wider = new nn.Sequential(new nn.Linear(2, 3));
    const other = new nn.Linear(2, 4);
    const before = [...other.weight.toTypedArray()];
    const opt = new optim.Adam(other.parameters(), { lr: 0.5 });
    const load = (parts: Parameters<typeof loadCheckpoint>[1]) => loadCheckpoint(file, parts);
    await expect(load({ net: wider })).rejects.toThrow(
      "missing: net.0.weight f32[3,2], net.0.bias f32[3]; surplus: net.bias f32[3], net.weight f32[3,2]",
    );
    await expect(load({ net: other })).rejects.toThrow(
      "net.weight is f32[3,2], not f32[4,2], net.bias is f32[3], not f32[4]",
    );
    await expect(load({ opt })).rejects.toThrow(
      /missing: opt\.expAvg\.0 f32\[4,2\].*surplus: .*opt\.momentumBuffer\.0 f32\[3,2\]/,
    );
    await expect(load({ rng: new Rng(2) })).rejects.toThrow("rng: the seed was 1 and is 2 now");
    await expect(load({ loader: makeRun().parts.loader })).rejects.toThrow("missing: loader");
    expect([...other.weight.toTypedArray()]).toEqual(before);
    expect([opt.steps, opt.lr]).toEqual([0, 0.5]);
  });

  it("of an object that refuses a state leaves the others as they were", async () => {
    const file = place("refused.ckpt");
    const rng = new Rng(1);
    const stubborn = {
      saveState: () => 1,
      restoreState: () => {
        throw new Error("not this one");
      },
    };
    rng.position = 7;
    await saveCheckpoint(file, { rng, stubborn });
    rng.position = 3;
    await expect(loadCheckpoint(file, { rng, stubborn })).rejects.toThrow("not this one");
    expect(rng.position).toBe(3);
  });

  it("cannot be saved, either", async () => {
    const save = (parts: Parameters<typeof saveCheckpoint>[1]) =>
      saveCheckpoint(place("bad"), parts);
    await expect(save({ f: (() => 0) as never })).rejects.toThrow(
      "f is nothing that a checkpoint can keep",
    );
    await expect(save({ loss: Number.NaN })).rejects.toThrow(
      "loss is nothing that a checkpoint can keep",
    );
    await expect(save({ "a.b": 1 })).rejects.toThrow("the name a.b has a point");
    await expect(
      save({ x: { saveState: () => undefined, restoreState: () => {} } }),
    ).rejects.toThrow("saveState of x must give finite numbers");
  });
});

describe("a disk that is full", () => {
  const program = `
    import { ones, saveCheckpoint } from "glim";
    await saveCheckpoint(process.argv[1], { t: ones([Number(process.argv[2])]) });`;
  const save = (limit: string, size: number) => {
    const command = `${limit} exec "$0" --input-type=module -e "$1" "$2" "$3"`;
    return spawnSync(
      "bash",
      ["-c", command, process.execPath, program, place("full.ckpt"), String(size)],
      {
        cwd: new URL("../..", import.meta.url),
        encoding: "utf8",
      },
    );
  };

  it("leaves the former checkpoint, and nothing else", async () => {
    expect(save("", 10).status).toBe(0);
    const before = readFileSync(place("full.ckpt"));
    // A file may have 64 KB: the write of a larger one fails in its middle.
    const { status, stderr } = save("trap '' XFSZ; ulimit -f 64;", 1_000_000);
    expect([status, stderr]).toEqual([
      1,
      expect.stringContaining("full.ckpt cannot be written: EFBIG"),
    ]);
    expect(readFileSync(place("full.ckpt"))).toEqual(before);
    expect(readdirSync(folder).filter((name) => name.startsWith("full"))).toEqual(["full.ckpt"]);
    expect((await loadCheckpoint(place("full.ckpt"), {})).t?.toString()).toContain("1., 1.");
  });
});
