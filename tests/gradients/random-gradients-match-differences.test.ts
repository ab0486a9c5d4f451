// A wrong sign in a way back through loops shows in no comparison of one way with another: differences of values tell.
// GLIM_RUNS=10000 runs longer, GLIM_SEED=2 runs others.

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { cloneNodes } from "#glim/compiler/graph/clone.js";
import type { HeapType } from "#glim/compiler/graph/heap-types.js";
import { type Module, type Node, type Type, type Value, value } from "#glim/compiler/graph/ir.js";
import { printGraph } from "#glim/compiler/graph/text.js";
import { tensorType } from "#glim/compiler/ops/types.js";
import { differentiate } from "#glim/compiler/passes/graph/differentiate.js";
import {
  GraphRun,
  isTensorValue,
  type RunValue,
  type TensorValue,
} from "../compiled/interpret-graph.ts";
import { entangledGradients } from "../graph/generate-gradients.ts";
import { referenceResult } from "../ops/reference-lowering.ts";
import { context } from "../passes/graph-outcome.ts";

const numRuns = Number(process.env.GLIM_RUNS ?? 40);
const seed = Number(process.env.GLIM_SEED ?? 5);

/** How far the variables are moved. */
const step = 1e-5;

const wide = (type: Type): Type =>
  type.kind === "tensor" && type.dtype === "f32" ? { ...type, dtype: "f64" } : type;

/** The module with f64 for f32. */
function inDoubles(m: Module): Module {
  const widen = (node: Node): Node =>
    node.attrs.dtype === "f32" ? { ...node, attrs: { ...node.attrs, dtype: "f64" } } : node;
  const heap = new Map(
    [...m.heap].map(([name, type]): [string, HeapType] => {
      if (type.kind !== "box") return [name, type];
      return [name, { kind: "box", tensor: { ...type.tensor, dtype: "f64" } }];
    }),
  );
  const funcs = m.funcs.map((f) => {
    const became = new Map<Value, Value>();
    const params = f.params.map((p) => {
      const own = value(wide(p.value.type));
      became.set(p.value, own);
      return { ...p, value: own };
    });
    const nodes = cloneNodes(f.body.nodes, became, widen, wide);
    return { ...f, params, results: f.results.map(wide), body: { params: [], nodes } };
  });
  const state = new Map(
    [...m.state].map(([name, cell]) => {
      const initial = Float64Array.from(cell.initial as ArrayLike<number>);
      return [name, { ...cell, type: wide(cell.type), initial }];
    }),
  );
  return { ...m, heap, state, funcs };
}

const numbers = [0.31, 0.97, -0.73, 0.55, 1.13, -0.6, 0.83, 0.29];
const direction = [0.7, -0.4, 0.9, 0.3, -0.8, 0.5];

/** Elements that a program begins with, moved by some steps along the direction. */
const input = (n: number, steps: number): TensorValue => {
  const data = Float64Array.from(direction, (d, i) => numbers[(3 * i + n) % 8]! + steps * step * d);
  return { type: tensorType("f64", [2, 3]), data };
};

function run(m: Module, round: number, steps: readonly number[]): readonly RunValue[] {
  const machine = new GraphRun(m, new Map(), (op, operands, attrs, result) =>
    referenceResult(
      op,
      operands.map((o) => o.type),
      operands.map((o) => o.data),
      attrs,
      result,
    ),
  );
  const tensors = steps.map((s, i) => input(i + round, s));
  return machine.call("main", [...tensors, round % 2 === 0, round]);
}

function elements(v: RunValue | undefined): ArrayLike<number> {
  if (v === undefined || !isTensorValue(v)) throw new Error("a tensor is due");
  return v.data;
}

/** The parameters that the outermost gradient is for. */
function variablesOf(m: Module): readonly number[] {
  const main = m.funcs.find((f) => f.name === "main");
  const grad = main!.body.nodes.find((n) => n.op === "grad");
  return grad!.operands.map((v) => main!.params.findIndex((p) => p.value === v));
}

/** The largest error of the program's gradients, relative to what they are computed from. */
function errorOf(generated: Module): number {
  const m = inDoubles(generated);
  const variables = variablesOf(m);
  const compiled = differentiate.run(m, context);
  let worst = 0;
  for (const round of [0, 1]) {
    const [, ...gradients] = run(compiled, round, [0, 0]);
    const slope = gradients.reduce<number>((sum, g) => {
      const along = direction.reduce((s, d, i) => s + d * elements(g)[i]!, 0);
      return sum + along;
    }, 0);
    const moved = [0, 1].map((i) => (variables.includes(i) ? 1 : 0));
    const [after] = run(compiled, round, moved);
    const [before] = run(
      compiled,
      round,
      moved.map((s) => -s),
    );
    const [high, low] = [elements(after)[0]!, elements(before)[0]!];
    const scale = Math.max(1, Math.abs(slope), Math.abs(high));
    // Where third derivatives are large, differences say little.
    if (!(scale < 1e3)) continue;
    worst = Math.max(worst, Math.abs((high - low) / (2 * step) - slope) / scale);
  }
  return worst;
}

const all = { containers: true, state: true, recursion: true, bare: true };

const kinds = [
  ["with control flow", { order: 1, containers: false, bare: true }],
  ["with lists, records, state and recursion", { order: 1, ...all }],
  ["of gradients", { order: 2, ...all }],
] as const;

describe.each(kinds)("programs %s", (_, wanted) => {
  test(`${numRuns} programs, seed ${seed}`, { timeout: 60_000 + numRuns * 200 }, () => {
    fc.assert(
      fc.property(entangledGradients(wanted), (m) => {
        expect(errorOf(m), printGraph(m)).toBeLessThan(1e-5);
      }),
      { numRuns, seed },
    );
  });
});
