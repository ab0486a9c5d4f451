// Weights come as PyTorch, NumPy and Hugging Face left them: one `load` reads all, or says what is wrong.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { loadNpz, loadSafetensors, loadTorch, nn, ones, save, zeros } from "glim";
import { afterAll, beforeAll, expect, it } from "vitest";
import { archives } from "../files/archive-material.ts";
import { decodeBytes } from "../files/tensor-file-material.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "glim-weights-"));
});
afterAll(() => rm(folder, { recursive: true }));

/** What the archives' state_dict belongs to. */
class Net extends nn.Module {
  readonly fc = new nn.Linear(3, 2);
  readonly norm = {
    weight: new nn.Parameter(zeros([2])),
    bias: new nn.Parameter(ones([2])),
    runningMean: new nn.Buffer(ones([2])),
    runningVar: new nn.Buffer(zeros([2])),
    numBatchesTracked: new nn.Buffer(ones([], "i32")),
  };
}

const torch = archives.torch["a state_dict"]!;
const weightsOf = (net: Net): string =>
  Buffer.from(net.fc.weight.toTypedArray().buffer).toString("base64");

it("PyTorch's own files", async () => {
  const path = join(folder, "net.pt");
  await writeFile(path, decodeBytes(torch.file));
  for (const source of [path, pathToFileURL(path), decodeBytes(torch.file)]) {
    const net = await new Net().load(source);
    expect(weightsOf(net)).toBe(torch.tensors["fc.weight"]!.data);
    expect(net.norm.numBatchesTracked.item()).toBe(0);
  }
  const checkpoint = await loadTorch(decodeBytes(archives.torch["a checkpoint"]!.file));
  const net = new Net();
  net.loadStateDict(checkpoint, {
    rename: (name) => (name.startsWith("model.") ? name.slice(6) : undefined),
  });
});

it("NumPy's archives", async () => {
  const bytes = decodeBytes(archives.npz.compressed);
  expect((await loadNpz(bytes)).get("weight")?.shape).toEqual([2, 3]);
  const fc = new nn.Linear(3, 2, { bias: false });
  await fc.load(bytes, { ignore: [/count|big/] });
  expect(fc.weight.take(ones([], "i32")).toList()).toEqual([3, 4, 5]);
});

it("the index of several safetensors files, from the disk", async () => {
  const dict = await loadTorch(decodeBytes(torch.file));
  const names = [...dict.keys()];
  const fileOf = (name: string): string => `net-${name.startsWith("fc") ? 1 : 2}.safetensors`;
  for (const file of ["net-1.safetensors", "net-2.safetensors"]) {
    const part = [...dict].filter(([name]) => fileOf(name) === file);
    await save(join(folder, file), new Map(part));
  }
  const index = (map: object): Promise<void> =>
    writeFile(path, JSON.stringify({ metadata: { total_size: 1 }, weight_map: map }));
  const path = join(folder, "net.safetensors.index.json");
  const map = Object.fromEntries(names.map((name) => [name, fileOf(name)]));
  await index(map);
  for (const source of [path, pathToFileURL(path)]) {
    expect(weightsOf(await new Net().load(source))).toBe(torch.tensors["fc.weight"]!.data);
  }
  await index({ ...map, "fc.extra": "net-1.safetensors" });
  await expect(new Net().load(path)).rejects.toThrow(/net-1\.safetensors lacks "fc\.extra", which/);
  await index({ ...map, "fc.bias": "net-3.safetensors" });
  await expect(new Net().load(path)).rejects.toThrow(/net-3\.safetensors does not exist/);
  for (const file of ["../net-1.safetensors", "/etc/passwd", "http://a/b.safetensors", 3]) {
    await index({ ...map, "fc.bias": file });
    await expect(new Net().load(path)).rejects.toThrow(/not in a safetensors file beside it/);
  }
});

it("names as Python writes them, and back", async () => {
  const path = join(folder, "python.safetensors");
  const net = new Net();
  await save(path, net, { names: "torch" });
  expect([...(await loadSafetensors(path)).keys()].sort()).toEqual(
    Object.keys(torch.tensors).sort(),
  );
  const other = await new Net().load(path);
  expect(weightsOf(other)).toBe(weightsOf(net));
  const clash = new Map([
    ["aB", ones([1])],
    ["a_b", ones([1])],
  ]);
  await expect(save(path, clash, { names: "torch" })).rejects.toThrow(
    /aB and a_b would both be a_b/,
  );
});
