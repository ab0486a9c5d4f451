/** Runs a graph as a package in the interpreter, and node by node in eager mode, and compares the bits. */

import { readFileSync } from "node:fs";
import { expect } from "vitest";
import { packageModule } from "#glim/compiler/compile.js";
import type { Module } from "#glim/compiler/graph/ir.js";
import { GlimError, type Model, openSync } from "#glim/runtime/package/open.js";
import { inputsOf, interpreted, type Outcome, printed } from "../compiled/compare-program.ts";
import { eagerApply } from "../compiled/eager-apply.ts";
import { isTensorValue, type RunValue } from "../compiled/interpret-graph.ts";

const path = new URL("../../dist/runtime/interpreter/interpreter.wasm", import.meta.url);
export const interpreterBytes = new Uint8Array(readFileSync(path));
export const interpreter = new WebAssembly.Module(interpreterBytes);

export const packageGraph = (m: Module, optimize: 0 | 1 = 1): Uint8Array =>
  packageModule(m, {
    version: "0.0.0",
    source: "graph",
    locate: () => undefined,
    optimize,
  }).bytes;

/** The graph whose entries give a list of all their results. */
export const withLists = (m: Module): Module => ({
  ...m,
  funcs: m.funcs.map((f) => ({
    ...f,
    shape: { kind: "list", items: f.results.map((_, result) => ({ kind: "leaf", result })) },
  })),
});

/** Three calls in a row, so that state is kept. */
function packaged(
  m: Module,
  name: string,
  inputs: readonly RunValue[],
  optimize: 0 | 1,
): Outcome[] {
  const model: Model = openSync(packageGraph(withLists(m), optimize), interpreter);
  const func = m.funcs.find((f) => f.name === name)!;
  const args = inputs.map((v) => {
    if (!isTensorValue(v)) return v;
    return { data: v.data.slice(), shape: v.type.shape };
  });
  return [0, 1, 2].map((): Outcome => {
    try {
      const result = model[name]!(...args);
      return (result as readonly unknown[]).map((leaf, i) =>
        printed(tensorOrScalar(leaf, func.results[i]!)),
      );
    } catch (error) {
      if (error instanceof GlimError && error.code === "GLIM5000") return "stopped";
      throw error;
    }
  });
}

function tensorOrScalar(leaf: unknown, type: Module["funcs"][number]["results"][number]): RunValue {
  if (type.kind !== "tensor") return leaf as RunValue;
  const { data, shape } = leaf as { data: Float32Array; shape: readonly number[] };
  return { type: { ...type, shape }, data };
}

/** Fails where the interpreter gives another bit than eager mode, or stops where that does not. */
export function expectSameInPackage(m: Module): void {
  for (const func of m.funcs.filter((f) => f.entry)) {
    const inputs = inputsOf(m, func.name);
    const expected = interpreted(m, func.name, inputs, eagerApply);
    for (const optimize of [0, 1] as const) {
      expect(packaged(m, func.name, inputs, optimize), `level ${optimize}`).toEqual(expected);
    }
  }
}
