/** What a function's nodes tell of its numbers before any of them is walked. */

import type { Func, Node, Value } from "../../../graph/ir.ts";
import { forEachNode } from "../../../graph/walk.ts";
import { mostElements } from "./of-heap.ts";
import { least32, most32 } from "./range.ts";

/** Where ranges that grow stop last. */
export const ends = [
  -(2 ** 53),
  least32,
  -1,
  0,
  1,
  mostElements,
  2 ** 30,
  most32,
  2 ** 32,
  2 ** 53,
];

export interface Facts {
  readonly makers: ReadonlyMap<Value, Node>;
  /** The nodes that compute remainders of a value. */
  readonly remainders: ReadonlyMap<Value, readonly Node[]>;
  /** Where ranges that grow stop first: numbers that are compared with something, and their neighbours, in order. */
  readonly steps: readonly number[];
}

export function factsOf(f: Func): Facts {
  const makers = new Map<Value, Node>();
  const remainders = new Map<Value, readonly Node[]>();
  const compared: Node[] = [];
  forEachNode(f.body, (node) => {
    for (const v of node.results) makers.set(v, node);
    if (node.op !== "scalar") return;
    if (node.results[0]?.type.kind === "bool") compared.push(node);
    if (node.attrs.fn !== "rem") return;
    const x = node.operands[0]!;
    remainders.set(x, [...(remainders.get(x) ?? []), node]);
  });
  const bounds = new Set(ends);
  for (const v of compared.flatMap((node) => node.operands)) {
    const value = Number(makers.get(v)?.attrs.value ?? Number.NaN);
    if (!Number.isNaN(value)) for (const d of [-1, 0, 1]) bounds.add(value + d);
  }
  return { makers, remainders, steps: [...bounds].sort((a, b) => a - b) };
}
