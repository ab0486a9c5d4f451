// Weights are the largest files that a program reads: of a file no more is in memory than the tensors that are asked
// for and the one that is being read, and a stream is read as it comes. Piece by piece must mean the same as at once.

import { execFileSync } from "node:child_process";
import { mkdtempSync, openSync, rmSync, writeFileSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import fc from "fast-check";
import { loadNpz, loadSafetensors, loadTorch, nn, type TensorSource, zeros } from "glim";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ByteSource, bytesSource, streamSource } from "#glim/runtime/files/byte-source.js";
import { FileFormatError } from "#glim/runtime/files/file-format-error.js";
import { writeNpy } from "#glim/runtime/files/npy.js";
import { readNpz } from "#glim/runtime/files/npz.js";
import type { RawTensor } from "#glim/runtime/files/raw-tensor.js";
import { readSafetensors } from "#glim/runtime/files/read-safetensors.js";
import { parseSafetensors, writeSafetensors } from "#glim/runtime/files/safetensors.js";
import { readTorch } from "#glim/runtime/files/torch-archive.js";
import { archives, zipOf } from "./archive-material.ts";
import { build, plans } from "./safetensors-plan.ts";
import { decodeBytes } from "./tensor-file-material.ts";

const folder = mkdtempSync(path.join(tmpdir(), "glim-large-"));
afterAll(() => rmSync(folder, { recursive: true }));

const vector = (n: number, value: number): RawTensor => ({
  dtype: "f32",
  shape: [n],
  data: new Uint8Array(new Float32Array(n).fill(value).buffer),
});
const n = 5000;
const large = Array.from({ length: 20 }, (_, i) => [`t${i}`, vector(n, i)] as const);
const safetensors = writeSafetensors(large);
const npz = zipOf(Object.fromEntries(large.map(([name, t]) => [`${name}.npy`, writeNpy(t)])));

/** A file that counts what is read of it. */
function counting(bytes: Uint8Array): ByteSource & { largest: number; total: number } {
  const source = bytesSource(bytes);
  return {
    ...source,
    givesCopies: true,
    largest: 0,
    total: 0,
    async read(begin, end) {
      const found = await source.read(begin, end);
      this.largest = Math.max(this.largest, found.length);
      this.total += found.length;
      return found.slice();
    },
  };
}

const streamOf = (bytes: Uint8Array, size: number): ReadableStream<Uint8Array> => {
  let at = 0;
  return new ReadableStream({
    pull(to) {
      if (at < bytes.length) to.enqueue(bytes.slice(at, at + size));
      else to.close();
      at += size;
    },
  });
};

/** The wanted tensors, as they come. */
async function read(
  how: (source: ByteSource, reader: Parameters<typeof readNpz>[1]) => Promise<unknown>,
  source: ByteSource,
  isWanted: (name: string) => boolean = () => true,
): Promise<Map<string, RawTensor>> {
  const found = new Map<string, RawTensor>();
  await how(source, { isWanted, take: (name, t) => void found.set(name, t) });
  return found;
}

/** Fast to compare. */
const textOf = (tensors: ReadonlyMap<string, RawTensor>): string =>
  JSON.stringify(
    [...tensors].map(([k, t]) => [k, t.shape, Buffer.from(t.data).toString("latin1")]),
  );

describe("of a file on the disk", () => {
  const torch = decodeBytes(archives.torch["a state_dict"]!.file);

  it.each([
    ["safetensors", readSafetensors, safetensors, 4 * n],
    ["npz", readNpz, npz, 4 * n + 128],
    // The archive is small: its directory and pickle are the largest parts.
    ["pt", readTorch, torch, torch.length - 1],
  ] as const)("one tensor is read after the other: %s", async (_name, how, file, most) => {
    const source = counting(file);
    expect(textOf(await read(how, source))).toBe(textOf(await read(how, bytesSource(file))));
    // The directory of an archive is looked for in the last 64 KiB.
    expect(source.largest).toBeLessThanOrEqual(Math.max(most, 65557));
    expect(source.total).toBeLessThan(1.5 * file.length + 65557);
  });

  it.each([
    ["safetensors", readSafetensors, safetensors, 0],
    ["npz", readNpz, npz, 65557],
  ] as const)("what is not asked for is not read: %s", async (_name, how, file, tail) => {
    const source = counting(file);
    const found = await read(how, source, (name) => name === "t7" || name === "t3");
    expect([...found.keys()].sort()).toEqual(["t3", "t7"]);
    expect(source.total).toBeLessThan(2 * (4 * n + 200) + tail + 4000);
  });
});

describe("the library", () => {
  const file = path.join(folder, "large.safetensors");
  beforeAll(() => writeFileSync(file, safetensors));
  const only = (name: string): boolean => name === "t3";

  it("reads paths, blobs, answers and streams", async () => {
    const sources: readonly TensorSource[] = [
      file,
      new Blob([new Uint8Array(safetensors)]),
      new File([new Uint8Array(safetensors)], "weights.safetensors"),
      new Response(new Uint8Array(safetensors)),
      streamOf(safetensors, 1000),
      safetensors,
    ];
    for (const source of sources) {
      const isOnce = source instanceof Response || source instanceof ReadableStream;
      if (!isOnce) expect([...(await loadSafetensors(source, { only })).keys()]).toEqual(["t3"]);
      const read = await loadSafetensors(source);
      expect([...read.keys()].sort()).toEqual(large.map(([name]) => name).sort());
      expect(read.get("t9")?.toTypedArray()).toEqual(new Float32Array(n).fill(9));
    }
    const streamed = await loadSafetensors(streamOf(safetensors, 7), { only });
    expect(streamed.get("t3")?.sum().item()).toBe(3 * n);
    expect((await loadNpz(streamOf(npz, 999), { only })).size).toBe(1);
    const torch = decodeBytes(archives.torch["a state_dict"]!.file);
    expect((await loadTorch(streamOf(torch, 50))).get("fc.weight")?.shape).toEqual([2, 3]);
  });

  it("names what it was given", async () => {
    const bad = new Uint8Array(20);
    const named = new File([bad], "weights.safetensors");
    await expect(loadSafetensors(named)).rejects.toThrow(/^weights\.safetensors: not a/);
    await expect(loadSafetensors(streamOf(bad, 3))).rejects.toThrow(/^the safetensors file: not a/);
    const failing = new ReadableStream<Uint8Array>({
      pull: (to) => (safetensors.length > 0 ? to.error(new Error("connection lost")) : undefined),
    });
    await expect(loadSafetensors(failing)).rejects.toThrow("cannot be read: connection lost");
    const refused = new Response("no", { status: 503 });
    await expect(loadSafetensors(refused)).rejects.toThrow("the server answered 503");
  });

  it("takes no bytes of its caller's for its own", async () => {
    const bytes = writeSafetensors([["t", vector(100_000, 1)]]);
    const t = (await loadSafetensors(bytes)).get("t");
    bytes.fill(0);
    expect(t?.sum().item()).toBe(100_000);
  });

  it("does not read what `load` ignores", async () => {
    class Net extends nn.Module {
      readonly t3 = new nn.Buffer(zeros([n]));
    }
    const net = await new Net().load(file, { ignore: [/^t([0-24-9]|1\d)$/] });
    expect(net.t3.sum().item()).toBe(3 * n);
  });

  it("holds a file once", () => {
    const each = 8 * 2 ** 20;
    const count = 12;
    const header = Object.fromEntries(
      Array.from({ length: count }, (_, i) => [
        `t${i}`,
        { dtype: "F32", shape: [each / 4], data_offsets: [i * each, (i + 1) * each] },
      ]),
    );
    const text = Buffer.from(JSON.stringify(header));
    const length = Buffer.alloc(8);
    length.writeUInt32LE(text.length);
    const huge = path.join(folder, "huge.safetensors");
    const out = openSync(huge, "w");
    const zerosOfOne = new Uint8Array(each);
    for (const part of [length, text, ...Array(count).fill(zerosOfOne)]) writeSync(out, part);
    const program = `
      import { loadSafetensors, ones } from "glim";
      ones([2]).add(1);
      const before = process.resourceUsage().maxRSS;
      const read = await loadSafetensors(process.argv[1]);
      console.log(read.size, (process.resourceUsage().maxRSS - before) / 1024);`;
    const printed = execFileSync(process.execPath, ["--input-type=module", "-e", program, huge], {
      encoding: "utf8",
      cwd: path.resolve(import.meta.dirname, "../.."),
    });
    const [size, grown] = printed.split(" ").map(Number);
    expect(size).toBe(count);
    // Twice the file's 96 MiB, when it was read as a whole.
    expect(grown).toBeLessThan(1.4 * 96);
  });
});

describe("in pieces of any size", () => {
  /** What a file gives, or why it is refused. */
  async function outcome(reading: () => Promise<Iterable<readonly [string, RawTensor]>>) {
    try {
      return [...(await reading())].sort(([a], [b]) => (a < b ? -1 : 1));
    } catch (error) {
      if (!(error instanceof FileFormatError)) throw error;
      // How much more there is, only a file that was read as a whole can say.
      return error.message.replace(/the file (has [\d,]+ bytes?|goes on) after/, "more after");
    }
  }

  it("a file is the same, and refused for the same reason", async () => {
    const bytes = fc.oneof(
      plans.map((plan) => build(plan).file),
      fc.uint8Array({ maxLength: 100 }),
      fc.nat(400).map((length) => safetensors.slice(0, length)),
      fc
        .uint8Array({ minLength: 1, maxLength: 9 })
        .map(
          (more) => new Uint8Array(Buffer.concat([writeSafetensors([["t", vector(3, 1)]]), more])),
        ),
    );
    await fc.assert(
      fc.asyncProperty(bytes, fc.integer({ min: 1, max: 90 }), async (file, size) => {
        const whole = await outcome(async () => parseSafetensors(file).tensors);
        const source = await streamSource(streamOf(file, size));
        expect(await outcome(() => read(readSafetensors, source))).toEqual(whole);
        expect(await outcome(() => read(readSafetensors, counting(file)))).toEqual(whole);
      }),
      { numRuns: Number(process.env.GLIM_RUNS ?? 300), seed: Number(process.env.GLIM_SEED ?? 7) },
    );
  }, 3_600_000);

  it("a promise of more than there is costs no memory", async () => {
    const text = Buffer.from(
      '{"a":{"dtype":"U8","shape":[9000000000000],"data_offsets":[0,9000000000000]}}',
    );
    const length = Buffer.alloc(8);
    length.writeUInt32LE(text.length);
    const file = new Uint8Array(Buffer.concat([length, text, new Uint8Array(50)]));
    await expect(loadSafetensors(streamOf(file, 30))).rejects.toThrow("it was cut off");
  });
});
