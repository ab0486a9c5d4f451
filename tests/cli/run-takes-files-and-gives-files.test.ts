// `glim run` is how people without JavaScript try a module: every format must carry the same values, and
// what does not fit must be said before anything is computed.

import { readFile, rm } from "node:fs/promises";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseNpy, writeNpy } from "#glim/runtime/files/npy.js";
import type { FileDType } from "#glim/runtime/files/raw-tensor.js";
import { parseSafetensors, writeSafetensors } from "#glim/runtime/files/safetensors.js";
import { bytesOf, glim, makeFolder, type Outcome } from "./glim.ts";

const source = `
import { assert, script, type Tensor } from "glim";
export const scale = script(
  (x: Tensor<["B", 3]>, { by, negate = false }: { by: number; negate?: boolean }) => {
    assert(by !== 0, "nothing would be left");
    return negate ? x.mul(-by) : x.mul(by);
  },
  { dims: { B: [1, 8] } },
);
export const parts = script((x: Tensor<["B", 3]>, ids: Tensor<["B"], "i32">, m: Tensor<[2], "bool">) => ({
  sum: x.sum(-1),
  ids: ids.mul(2),
  flipped: m.logicalNot(),
  rest: [x.shape[0], ids.sum().item() > 3],
}));
`;

const values = Float32Array.of(1, -2.5, 0, 1e-3, 1e30, 4);
const tensor = (dtype: FileDType, shape: readonly number[], data: Uint8Array) => ({
  dtype,
  shape,
  data,
});
const x = tensor("f32", [2, 3], bytesOf(values));
const float16 = Uint8Array.of(0, 0x3c, 0, 0xc1, 0, 0); // 1, -2.5, 0
const long = bytesOf(Int32Array.of(1, 0, -1, -1)); // the i64 numbers 1, -1
const idx = Uint8Array.of(0, 0, 8, 2, 0, 0, 0, 1, 0, 0, 0, 3, 7, 8, 255);

let folder: string;
beforeAll(async () => {
  folder = await makeFolder({
    "model.ts": source,
    "x.npy": writeNpy(x),
    "x.npy.gz": gzipSync(writeNpy(x)),
    "x.bin": x.data,
    "x.json": "[[1, -2.5, 0], [0.001, 1e30, 4]]",
    "flat.json": '{ "shape": [2, 3], "data": [1, -2.5, 0, 0.001, 1e30, 4] }',
    "x.safetensors": writeSafetensors([["any", x]]),
    "named.safetensors": writeSafetensors([
      ["x", x],
      ["y", tensor("f32", [0], new Uint8Array(0))],
    ]),
    "half.npy": writeNpy(tensor("f16", [1, 3], float16)),
    "half.bin": float16,
    "bytes.idx": idx,
    "bytes-idx2-ubyte.gz": gzipSync(idx),
    "ids.npy": writeNpy(tensor("i64", [2], long)),
    "m.npy": writeNpy(tensor("bool", [2], Uint8Array.of(1, 0))),
    "m.json": "[true, 0]",
    "exact.npy": writeNpy(tensor("f64", [1, 3], bytesOf(Float64Array.of(1, 0.5, -3)))),
    "f64.npy": writeNpy(tensor("f64", [1, 3], bytesOf(Float64Array.of(1, 0.1, -3)))),
    "nan.json": '[["NaN", "Infinity", "-Infinity"]]',
    "ragged.json": "[[1, 2, 3], [4]]",
    "words.json": '[["one", 2, 3]]',
    "cut.npy": writeNpy(x).subarray(0, 140),
    "cut.npy.gz": gzipSync(writeNpy(x)).subarray(0, 50),
    "four.npy": writeNpy(tensor("f32", [1, 4], bytesOf(Float32Array.of(1, 2, 3, 4)))),
    "odd.bin": new Uint8Array(13),
  });
  const { stderr } = await glim(folder, "compile", "model.ts", "-o", "out");
  expect(stderr).toBe("");
});
afterAll(() => rm(folder, { recursive: true }));

const run = (...args: readonly string[]): Promise<Outcome> =>
  glim(folder, "run", "out/model.wasm", ...args);

async function scaled(...args: readonly string[]): Promise<unknown> {
  const by = ["--entry", "scale", "--set", "options.by=2", "--json"];
  const { stdout, stderr } = await run(...by, ...args);
  expect(stderr).toBe("");
  return JSON.parse(stdout).result;
}

describe("inputs", () => {
  it.each([
    ["x.npy"],
    ["x.npy.gz"],
    ["x.bin"],
    ["x.json"],
    ["flat.json"],
    ["x.safetensors"],
    ["named.safetensors"],
  ])("%s", async (file) => {
    const doubled = Array.from(values, (v) => Math.fround(2 * v));
    expect(await scaled("--input", `x=${file}`)).toEqual([doubled.slice(0, 3), doubled.slice(3)]);
  });

  it("are widened where every value stays the same", async () => {
    expect(await scaled("--input", "x=half.npy")).toEqual([[2, -5, 0]]);
    expect(await scaled("--input", "x=half.bin", "--dtype", "x=f16")).toEqual([[2, -5, 0]]);
    expect(await scaled("--input", "x=exact.npy")).toEqual([[2, 1, -6]]);
    expect(await scaled("--input", "x=bytes.idx")).toEqual([[14, 16, 510]]);
    expect(await scaled("--input", "x=bytes-idx2-ubyte.gz")).toEqual([[14, 16, 510]]);
  });

  it("can be given another shape", async () => {
    const bytes = ["--input", "x=bytes.idx", "--shape", "x=1,3"];
    expect(await scaled(...bytes)).toEqual([[14, 16, 510]]);
  });

  it("can be NaN and infinite in JSON, and come out so", async () => {
    expect(await scaled("--input", "x=nan.json")).toEqual([["NaN", "Infinity", "-Infinity"]]);
  });

  it("can be numbers and booleans, some of them left out", async () => {
    const args = ["--input", "x=bytes.idx", "--set", "options.negate=true"];
    expect(await scaled(...args)).toEqual([[-14, -16, -510]]);
  });
});

describe("results", () => {
  const all = [
    ...["--entry", "parts", "--input", "x=x.npy"],
    ...["--input", "ids=ids.npy", "--input", "m=m.json"],
  ];

  it("print as a plain run prints tensors", async () => {
    const { stdout } = await run(...all);
    expect(stdout).toBe(
      [
        "sum: tensor([-1.5000e+00,  1.0000e+30])",
        "ids: tensor([ 2, -2], dtype=i32)",
        "flipped: tensor([false,  true])",
        "rest.0: 2",
        "rest.1: false",
        "",
      ].join("\n"),
    );
  });

  it("are written as JSON", async () => {
    const { stdout } = await run(...all, "--output", "r.json");
    expect(stdout).toMatch(/^r\.json: the result of parts, computed in \d\.\d{3} s\n$/);
    expect(JSON.parse(await readFile(path.join(folder, "r.json"), "utf8"))).toEqual({
      sum: [-1.5, Math.fround(1e30)],
      ids: [2, -2],
      flipped: [false, true],
      rest: [2, false],
    });
  });

  it("are written as safetensors, each part by its name", async () => {
    await run(...all, "--output", "r.safetensors");
    const { tensors } = parseSafetensors(await readFile(path.join(folder, "r.safetensors")));
    expect([...tensors.keys()].toSorted()).toEqual(["flipped", "ids", "rest.0", "rest.1", "sum"]);
    expect(tensors.get("ids")).toMatchObject({ dtype: "i32", shape: [2] });
  });

  it("are written as .npy and raw, and can be read again", async () => {
    const one = ["--entry", "scale", "--set", "options.by=1", "--input", "x=x.npy"];
    await run(...one, "--output", "r.npy");
    await run(...one, "--output", "r.bin");
    expect(parseNpy(await readFile(path.join(folder, "r.npy")))).toMatchObject({ shape: [2, 3] });
    expect(new Uint8Array(await readFile(path.join(folder, "r.bin")))).toEqual(x.data);
    expect(await scaled("--input", "x=r.npy")).toEqual(await scaled("--input", "x=r.bin"));
  });

  it("of several parts do not fit .npy", async () => {
    const { code, stderr } = await run(...all, "--output", "parts.npy");
    expect(code).toBe(1);
    expect(stderr).toMatch(/^error\[GLIM6006\]: parts\.npy cannot hold the result: .* 5 parts\n/);
  });
});

describe("what does not fit", () => {
  const scale = ["--entry", "scale", "--set", "options.by=2"];

  it.each([
    ["x=f64.npy", "GLIM6005", "f64.npy holds f64, and `x` is f32"],
    ["x=m.npy", "GLIM6005", "m.npy holds bool, and `x` is f32"],
    ["x=four.npy", "GLIM3001", "x: 4 elements of shape [1,4] do not fit f32[B,3]"],
    ["x=odd.bin", "GLIM6004", "odd.bin: its 13 bytes are no whole number of f32 elements"],
    ["x=ragged.json", "GLIM6004", "ragged.json: it has a list of 1 where its first list"],
    ["x=words.json", "GLIM6004", 'words.json: "one" is not an element of f32'],
    ["x=model.ts", "GLIM6004", "model.ts: its"],
    ["x=cut.npy", "GLIM6004", "cut.npy: the file ends after 140 bytes"],
    ["x=cut.npy.gz", "GLIM6004", "cut.npy.gz: it is not whole gzip data"],
    ["x=absent.npy", "GLIM6004", "absent.npy: there is no such file"],
    ["x=out", "GLIM6004", "out: it is a directory"],
  ])("%s", async (input, code, text) => {
    const outcome = await run(...scale, "--input", input);
    expect(outcome.code).toBe(1);
    expect(outcome.stdout).toBe("");
    expect(outcome.stderr.split("\n")[0]).toContain(`error[${code}]: ${text}`);
    expect(outcome.stderr).not.toMatch(/^\s+at /m);
  });

  it.each([
    [[], "error: out/model.wasm has 2 entry points: choose one (--entry scale, --entry parts)\n"],
    [["--entry", "scale"], "error: scale needs --input x=FILE: f32[B, 3]\n"],
    [["--entry", "scale", "--input", "x=x.npy"], "error: scale needs --set options.by=VALUE\n"],
    [
      ["--entry", "scale", "--input", "y=x.npy"],
      "error: --input y: scale has no such input; its tensors: x; did you mean x?\n",
    ],
    [
      ["--entry", "scale", "--set", "options.by=two", "--input", "x=x.npy"],
      "error: --set options.by: two is not a number\n",
    ],
    [
      [...scale, "--input", "x=x.npy", "--shape", "x=2x3"],
      "error: --shape x: 2x3 is not a list of sizes such as 64,784\n",
    ],
    [
      [...scale, "--input", "x=x.bin", "--dtype", "x=float"],
      /^error: --dtype x: float is not one of f64, f32, /,
    ],
  ])("%j is misuse", async (args, said) => {
    const outcome = await run(...args);
    expect(outcome.code).toBe(2);
    if (typeof said === "string") expect(outcome.stderr).toBe(said);
    else expect(outcome.stderr).toMatch(said);
  });

  it("a failure inside the model says which line asked", async () => {
    const by = ["--entry", "scale", "--set", "options.by=0", "--input", "x=x.npy"];
    const { code, stderr } = await run(...by);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^error\[GLIM5000\]: nothing would be left \(model\.ts:5:5\)\n/);
  });

  it("a size outside its bounds", async () => {
    const { stderr } = await run(...scale, "--input", "x=x.bin", "--shape", "x=0,3");
    expect(stderr).toMatch(/^error\[GLIM3001\]: x: 6 elements of shape \[0,3\] do not fit/);
  });

  it("another artefact than a module of this version", async () => {
    const other = (file: string): Promise<Outcome> => glim(folder, "run", file);
    expect((await other("absent.wasm")).stderr).toMatch(
      /^error\[GLIM6001\]: absent\.wasm: there is no such file\n/,
    );
    expect((await other("model.ts")).stderr).toMatch(
      /^error\[GLIM6002\]: model\.ts is not a WebAssembly module: expected magic word/,
    );
    const unknown = await run("--entry", "scales");
    expect(unknown.code).toBe(1);
    expect(unknown.stderr).toContain("fix: Did you mean scale?");
  });
});
