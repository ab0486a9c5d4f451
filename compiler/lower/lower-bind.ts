/** Sizes that a run tells: the check that a number is one, and the memory of what depends on it. */

import { attrOf, isText, type Node } from "../graph/ir.ts";
import { boundSize } from "../graph/sizes.ts";
import { binary, compare, convert, i32, plus, unary } from "../loop/build.ts";
import { callHeap } from "../loop/heap.ts";
import type { FunctionScope } from "./function-scope.ts";
import { checkFusedCounts } from "./fused-counts.ts";
import { memoryLimit } from "./lower-prepare.ts";
import { returnUnless } from "./names.ts";
import { bufferAlign } from "./pack-buffers.ts";
import { f64, wideSize } from "./wide-size.ts";

/** Of the first slot in its block. */
const blockStart = 16;

export function lowerBind(scope: FunctionScope, node: Node): void {
  const { b, sizes, libraries } = scope;
  const name = boundSize(node);
  const given = scope.scalar(node.operands[0]!);
  const size = b.let(name, convert(given, "i32"));
  const isSize = binary(
    "and",
    compare("eq", convert(size, "f64"), given),
    compare("ge", size, i32(0)),
  );
  returnUnless(b, isSize, libraries.sites.add(attrOf(node, "message", isText), node.span));
  sizes.set(name, size);
  const wide = new Map([...sizes].map(([s, v]) => [s, convert(v, "f64")] as const));
  checkFusedCounts(b, scope.func.body, wide, libraries.sites, name);
  allocateSlots(scope, node);
}

/** One block for all slots that can be had from here on; the region around owns it. */
function allocateSlots(scope: FunctionScope, node: Node): void {
  const { b, plan, slots, sizes, libraries } = scope;
  const ours = plan.slots.flatMap((slot, i) => (slot.since === node ? [{ ...slot, i }] : []));
  if (ours.length === 0) return;
  // As f64, in which sizes cannot overflow.
  const wide = new Map([...sizes].map(([name, size]) => [name, convert(size, "f64")] as const));
  const end = b.let("end", f64(blockStart));
  const offsets = ours.map(({ sizes: needs }) => {
    const at = b.let("at", convert(end, "i32"));
    const bytes = needs.map((d) => wideSize(d, wide)).reduce((x, y) => binary("max", x, y));
    const units = unary("ceil", binary("div", bytes, f64(bufferAlign)));
    b.set(end, binary("add", end, binary("mul", units, f64(bufferAlign))));
    return at;
  });
  const message = `out of memory: tensors of this size need more than a module can have`;
  const site = libraries.sites.add(message, node.span);
  returnUnless(b, compare("le", end, f64(memoryLimit)), site);
  const block = b.let("block", callHeap("allocRaw", convert(end, "i32")));
  scope.owned.ownBlock(block);
  ours.forEach(({ i }, n) => {
    slots[i] = b.let("slot", plus(block, offsets[n]!));
  });
}
