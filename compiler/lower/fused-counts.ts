/**
 * Owns how many elements tensors have that lie in no memory, because they are fused into kernels: what has no
 * place must still be countable by 32-bit positions.
 */

import type { Region, Span } from "../graph/ir.ts";
import { forEachNode } from "../graph/walk.ts";
import type { FuncBuilder } from "../loop/build.ts";
import { compare, constant } from "../loop/build.ts";
import { mostElements } from "../ops/call.ts";
import { type Dim, product, symbolsOf } from "../ops/dim.ts";
import type { FailureSites } from "./failure-sites.ts";
import type { Sizes } from "./fused/size-expr.ts";
import { returnUnless } from "./names.ts";
import { wideSize } from "./wide-size.ts";

interface FusedCount {
  readonly count: Dim;
  readonly span: Span | undefined;
}

/** Each count that is not one of a tensor in memory as well, once. */
function fusedCounts(region: Region): readonly FusedCount[] {
  const counts = new Map<string, FusedCount>();
  const known = new Set<string>();
  forEachNode(region, (node) => {
    if (node.op !== "kernel") return;
    for (const { type } of [...node.operands, ...node.results]) {
      if (type.kind === "tensor") known.add(String(product(type.shape)));
    }
    for (const { results, span } of node.regions[0]?.nodes ?? []) {
      for (const { type } of results) {
        const count = type.kind === "tensor" ? product(type.shape) : 0;
        if (typeof count !== "number") counts.set(count.text, { count, span });
      }
    }
  });
  return [...counts].flatMap(([text, count]) => (known.has(text) ? [] : [count]));
}

/** Fails where a count is too large: those that `sizes` tell, `newest` at last if it is given. */
export function checkFusedCounts(
  b: FuncBuilder,
  region: Region,
  sizes: Sizes,
  sites: FailureSites,
  newest?: string,
): void {
  for (const { count, span } of fusedCounts(region)) {
    const symbols = symbolsOf(count);
    if (newest !== undefined && !symbols.has(newest)) continue;
    if (![...symbols].every((s) => sizes.has(s))) continue;
    const site = sites.add(`this has more than ${mostElements} elements`, span);
    returnUnless(b, compare("le", wideSize(count, sizes), constant("f64", mostElements)), site);
  }
}
