// Rates are only as true as the counts of operations and bytes under them.

import { expect, it } from "vitest";
import { parseGraph } from "#glim/compiler/graph/text.js";
import { workOf } from "#glim/compiler/package/kernel-work.js";
import { fuseKernels } from "#glim/compiler/passes/graph/fuse-kernels.js";

/** The work of the one kernel of a function. */
function workOfBody(params: string, result: string, body: string) {
  const text = `module m\n\nentry func @f(${params}) -> ${result} {\n  ${body}\n}\n`;
  const module = fuseKernels.run(parseGraph(text), { evaluator: undefined });
  const kernels = module.funcs[0]!.body.nodes.filter((n) => n.op === "kernel");
  expect(kernels).toHaveLength(1);
  const { operations, bytes } = workOf(kernels[0]!);
  return [String(operations), String(bytes)];
}

it("a product of matrices: two operations for each product, each operand once", () => {
  const dot = "%y = dot %a %b : f32[8,16]\n  return %y";
  expect(workOfBody("%a: f32[8,32], %b: f32[32,16]", "f32[8,16]", dot)).toEqual([
    String(2 * 8 * 32 * 16),
    String(4 * (8 * 32 + 32 * 16 + 8 * 16)),
  ]);
});

it("what is fused counts, too, and sizes may be named", () => {
  const chain = "%y = mul %a %a : f32[B,16]\n  %z = add %y %a : f32[B,16]\n  return %z";
  expect(workOfBody("%a: f32[B,16]", "f32[B,16]", chain)).toEqual(["32*B", "128*B"]);
});

it("a gather reads as much as it gives, of a table of any size", () => {
  const take = "%y = take %a %i axis=0 : f32[3,16]\n  return %y";
  expect(workOfBody("%a: f32[5000,16], %i: i32[3]", "f32[3,16]", take)).toEqual([
    "0",
    String(2 * 4 * 3 * 16 + 4 * 3),
  ]);
});
