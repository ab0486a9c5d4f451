/** Thrown for tensors that no memory holds; whoever compiles makes a diagnostic of it. */

import { outOfMemory } from "../diagnostics/catalog/running.ts";
import { at, type Diagnostic } from "../diagnostics/diagnostic.ts";
import type { Func, Span, Value } from "../graph/ir.ts";
import { forEachNode } from "../graph/walk.ts";
import { evaluateDim } from "../ops/dim.ts";
import { bytesOf, printTensorType } from "../ops/types.ts";
import { memoryLimit } from "./lower-prepare.ts";
import type { MemoryPlan } from "./plan-memory.ts";

export class TooLarge extends Error {
  readonly diagnostic: Diagnostic;

  constructor(text: string, span: Span | undefined) {
    super(text);
    this.name = "TooLarge";
    this.diagnostic = at(span, outOfMemory(text));
  }
}

/** What is said of an entry whose tensors of known sizes need `bytes`, at the largest of them. */
export function tooLarge(func: Func, plan: MemoryPlan, bytes: number): TooLarge {
  let [largest, most, span] = ["", 0, func.span];
  const look = (v: Value, place: Span | undefined): void => {
    if (v.type.kind !== "tensor" || plan.places.get(v)?.kind !== "slot") return;
    if (!v.type.shape.every((d) => typeof d === "number")) return;
    const size = v.type.shape.reduce<number>(
      (n, d) => n * evaluateDim(d, new Map()),
      bytesOf[v.type.dtype],
    );
    if (size > most) [largest, most, span] = [printTensorType(v.type), size, place];
  };
  for (const { value } of func.params) look(value, func.span);
  forEachNode(func.body, (node) => {
    for (const v of node.results) look(v, node.span);
  });
  const needs = `${func.name} needs ${bytes} bytes for its tensors, and a module has ${memoryLimit}`;
  return new TooLarge(`out of memory: ${needs}; the largest is ${largest}`, span);
}
