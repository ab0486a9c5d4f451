// Vectors of f64 are two of WebAssembly's: each half, and what is left at the end of a row, must give the bits of eager
// mode, which computes f64 number by number.

import { expect, it } from "vitest";
import type { TensorData } from "#glim/compiler/graph/ir.js";
import { parseGraph } from "#glim/compiler/graph/text.js";
import { bitsOf } from "./bits.ts";
import { eagerApply } from "./eager-apply.ts";
import { GraphRun, isTensorValue } from "./interpret-graph.ts";
import { callEntry, compileGraph } from "./run-compiled.ts";

const sizes = [1, 2, 3, 4, 5, 6, 7, 8, 9, 15, 16, 17, 33];
/** Those that are known when compiling, too. */
const knownSizes = [1, 2, 4, 7, 17, 33];

/** What is computed of `%x` f64[3,n] and `%y` f64[n]. */
type Body = (n: number | string) => { readonly lines: readonly string[]; readonly result: string };

const rows = "axes=[1] keepDim=false lanes=16";
const columns = "axes=[0] keepDim=false lanes=1";

const families: Readonly<Record<string, Body>> = {
  "element-wise functions": (n) => ({
    lines: [
      `%2 = mul %x %y : f64[3,${n}]`,
      `%3 = exp %2 : f64[3,${n}]`,
      `%4 = log %3 : f64[3,${n}]`,
      `%5 = tanh %4 : f64[3,${n}]`,
      `%6 = gt %5 %y : bool[3,${n}]`,
      `%7 = where %6 %5 %x : f64[3,${n}]`,
      `%8 = floor %7 : f64[3,${n}]`,
      `%9 = sub %7 %8 : f64[3,${n}]`,
    ],
    result: `f64[3,${n}]`,
  }),
  "other dtypes": (n) => ({
    lines: [
      `%2 = to %x dtype="f32" : f32[3,${n}]`,
      `%3 = to %y dtype="i32" : i32[${n}]`,
      `%4 = to %2 dtype="f64" : f64[3,${n}]`,
      `%5 = to %3 dtype="f64" : f64[${n}]`,
      `%6 = mul %4 %5 : f64[3,${n}]`,
      `%7 = to %6 dtype="u8" : u8[3,${n}]`,
      `%8 = to %7 dtype="f64" : f64[3,${n}]`,
      `%9 = lt %x %8 : bool[3,${n}]`,
    ],
    result: `bool[3,${n}]`,
  }),
  "an f32 of doubles": (n) => ({
    lines: [`%2 = mul %x %y : f64[3,${n}]`, `%9 = to %2 dtype="f32" : f32[3,${n}]`],
    result: `f32[3,${n}]`,
  }),
  ...Object.fromEntries(
    ["sum", "mean", "prod", "max", "min"].flatMap((op): [string, Body][] => [
      [
        `${op} of rows`,
        (n) => ({
          lines: [`%2 = mul %x %y : f64[3,${n}]`, `%9 = ${op} %2 ${rows} : f64[3]`],
          result: "f64[3]",
        }),
      ],
      [
        `${op} of columns`,
        (n) => ({
          lines: [`%2 = ${op} %x ${columns} : f64[${n}]`, `%9 = mul %2 %y : f64[${n}]`],
          result: `f64[${n}]`,
        }),
      ],
    ]),
  ),
  "sums of sixteen parts by column": (n) => ({
    lines: [`%2 = permute %x dims=[1,0] : f64[${n},3]`, `%9 = sum %2 ${rows} : f64[${n}]`],
    result: `f64[${n}]`,
  }),
  turned: (n) => ({
    lines: [
      `%2 = mul %x %y : f64[3,${n}]`,
      `%3 = cat %2 %x axis=0 : f64[6,${n}]`,
      `%9 = permute %3 dims=[1,0] : f64[${n},6]`,
    ],
    result: `f64[${n},6]`,
  }),
  "products of rows": (n) => ({
    lines: [
      `%2 = permute %x dims=[1,0] : f64[${n},3]`,
      `%3 = dot %x %2 : f64[3,3]`,
      `%4 = mul %3 %3 : f64[3,3]`,
      `%9 = to %4 dtype="f32" : f32[3,3]`,
    ],
    result: "f32[3,3]",
  }),
  "products of columns": (n) => ({
    lines: [
      `%2 = permute %x dims=[1,0] : f64[${n},3]`,
      `%3 = dot %2 %x : f64[${n},${n}]`,
      `%9 = add %3 %y : f64[${n},${n}]`,
    ],
    result: `f64[${n},${n}]`,
  }),
  softmax: (n) => ({
    lines: [
      `%2 = max %x axes=[1] keepDim=true lanes=16 : f64[3,1]`,
      `%3 = sub %x %2 : f64[3,${n}]`,
      `%4 = exp %3 : f64[3,${n}]`,
      `%5 = sum %4 axes=[1] keepDim=true lanes=16 : f64[3,1]`,
      `%9 = div %4 %5 : f64[3,${n}]`,
    ],
    result: `f64[3,${n}]`,
  }),
};

const entry = (name: string, n: number | string, body: Body): string => {
  const { lines, result } = body(n);
  return [
    `entry func @${name}(%x: f64[3,${n}], %y: f64[${n}]) -> ${result} {`,
    ...lines.map((line) => `  ${line}`),
    "  return %9",
    "}",
  ].join("\n");
};

/** Sines, because sums of round numbers are exact in any order. */
const dataOf = (length: number, from: number): TensorData =>
  Float64Array.from({ length }, (_, i) => 2 * Math.sin(i + from));

it.each(Object.entries(families))("%s", async (_, body) => {
  const module = (all: readonly (number | "N")[]) =>
    parseGraph(["module test", ...all.map((n) => entry(`run${n}`, n, body))].join("\n\n"));
  const m = module(sizes);
  const wanted = (n: number, data: readonly TensorData[]): string[] => {
    const func = m.funcs.find((f) => f.name === `run${n}`)!;
    const inputs = func.params.map(({ value: { type } }, i) => {
      if (type.kind !== "tensor") throw new Error("tensors only");
      return { type: { ...type, shape: i === 0 ? [3, n] : [n] }, data: data[i]! };
    });
    const [result] = new GraphRun(m, new Map(), eagerApply).call(func.name, inputs);
    if (!result || !isTensorValue(result)) throw new Error("no tensor");
    return bitsOf(result.data);
  };
  const instances = await Promise.all(
    [
      compileGraph(module([...knownSizes, "N"])),
      compileGraph(module(["N"]), { optimize: 0, fusion: false }),
    ].map(async (wasm) => (await WebAssembly.instantiate((await wasm) as BufferSource)).instance),
  );
  for (const n of sizes) {
    const data = [dataOf(3 * n, 3), dataOf(n, 8)];
    const eager = wanted(n, data);
    const [optimized, plain] = instances;
    const results = new Map([
      ["of named size", callEntry(optimized!, "runN", [n], data, 1)],
      ["not optimized", callEntry(plain!, "runN", [n], data, 1)],
    ]);
    if (knownSizes.includes(n))
      results.set("of known size", callEntry(optimized!, `run${n}`, [], data, 1));
    for (const [name, got] of results) {
      if (typeof got === "number") throw new Error(`failed at site ${got}`);
      expect(bitsOf(got[0]!.data), `${name}, ${n}`).toEqual(eager);
    }
  }
});
