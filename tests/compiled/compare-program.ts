/** Runs a program in compiled code, in every way, and node by node, and compares the bits. */

import { expect } from "vitest";
import type { Module } from "#glim/compiler/graph/ir.js";
import { evaluateDim } from "#glim/compiler/ops/dim.js";
import { newData } from "../ops/reference-elements.ts";
import { referenceResult } from "../ops/reference-lowering.ts";
import { bitsOf } from "./bits.ts";
import { eagerApply } from "./eager-apply.ts";
import { type Apply, GraphRun, isTensorValue, type RunValue, Stopped } from "./interpret-graph.ts";
import { callEntry, compileGraph, type Way } from "./run-compiled.ts";

const ways: readonly Way[] = [
  {},
  { fusion: false },
  { optimize: 1 },
  { optimize: 0, fusion: false },
];

/** The numeric contract, literally. */
export const reference: Apply = (op, operands, attrs, result) => {
  const types = operands.map((o) => o.type);
  const data = operands.map((o) => o.data);
  try {
    return referenceResult(op, types, data, attrs, result);
  } catch (error) {
    if (error instanceof RangeError) throw new Stopped("an index lies outside of its axis");
    throw error;
  }
};

export type Outcome = readonly string[] | "stopped";

export const printed = (v: RunValue): string =>
  isTensorValue(v)
    ? `${v.type.dtype}[${v.type.shape}] ${bitsOf(v.data).join(" ")}`
    : typeof v === "number"
      ? (bitsOf(Float64Array.of(v))[0] ?? "")
      : String(v);

/** What every named size of an entry is. */
export const size = 3;

/** Three calls in a row, so that state is kept; with the state's values after each. */
export function interpreted(
  m: Module,
  name: string,
  inputs: readonly RunValue[],
  apply: Apply,
): Outcome[] {
  const run = new GraphRun(m, new Map([["B", size]]), apply);
  return [0, 1, 2].map(() => {
    try {
      return run.call(name, inputs).map(printed);
    } catch (error) {
      if (error instanceof Stopped) return "stopped";
      throw error;
    }
  });
}

async function compiled(
  m: Module,
  name: string,
  inputs: readonly RunValue[],
  way: Way,
): Promise<Outcome[]> {
  const wasm = await compileGraph(m, way);
  const { instance } = await WebAssembly.instantiate(wasm as BufferSource);
  const func = m.funcs.find((f) => f.name === name)!;
  const tensors = inputs.map((v) => (isTensorValue(v) ? v.data : undefined));
  const scalars = inputs.filter((v) => !isTensorValue(v)).map(Number);
  return [0, 1, 2].map((): Outcome => {
    const got = callEntry(instance, name, [size], tensors, func.results.length, scalars);
    if (typeof got === "number") return "stopped";
    return got.map((o, i) => {
      const type = func.results[i]!;
      if (type.kind === "tensor") return `${type.dtype}[${o.shape}] ${bitsOf(o.data).join(" ")}`;
      return type.kind === "f64" ? bitsOf(o.data)[0]! : String(o.data[0] !== 0);
    });
  });
}

export function inputsOf(m: Module, name: string): RunValue[] {
  const func = m.funcs.find((f) => f.name === name)!;
  return func.params.map(({ value: { type } }, n): RunValue => {
    if (type.kind === "f64") return 1.5;
    if (type.kind === "bool") return true;
    if (type.kind !== "tensor") throw new Error(`no input of type ${type.kind}`);
    const shape = type.shape.map((d) => evaluateDim(d, new Map([["B", size]])));
    const length = shape.reduce((p, d) => p * d, 1);
    const data = newData(type.dtype, length);
    for (let i = 0; i < length; i++) data[i] = ((i * 7 + n * 3) % 11) / 2 - 2;
    return { type: { ...type, shape }, data };
  });
}

/**
 * Fails where some way of compiling gives another bit than `executors` do, or stops where the program
 * does not.
 */
export async function expectAlike(
  m: Module,
  executors: readonly Apply[] = [reference, eagerApply],
  compilations: readonly Way[] = ways,
): Promise<void> {
  for (const func of m.funcs.filter((f) => f.entry)) {
    const inputs = inputsOf(m, func.name);
    const [expected, ...others] = executors.map((e) => interpreted(m, func.name, inputs, e));
    for (const other of others) expect(other, "eager").toEqual(expected);
    for (const way of compilations) {
      expect(await compiled(m, func.name, inputs, way), JSON.stringify(way)).toEqual(expected);
    }
  }
}
