/** Where masks are true: how many elements are taken, only a run tells. */

import { arange, full, where } from "../../runtime/eager/primitives.ts";
import type { AnyTensor, DType } from "../../runtime/eager/tensor-types.ts";
import { stack } from "./join.ts";

/** The numbers of the true elements, in row-major order. */
function placesOf(mask: AnyTensor<"bool">): AnyTensor<"i32"> {
  const list = mask.reshape([-1]);
  const size = list.shape[0];
  const counts = list.to("i32").cumsum(0);
  // What is false goes to a place behind the last one, which is left out.
  const place = where(list, counts.sub(1), full([], size, "i32"));
  const all = full([size + 1], 0, "i32").scatter(0, place, arange(size));
  return all.narrow(0, 0, list.sum().item());
}

/** For each axis of a mask the positions of its true elements. */
export function positionsOf(mask: AnyTensor<"bool">): readonly AnyTensor<"i32">[] {
  const places = placesOf(mask);
  if (mask.rank === 1) return [places];
  const found: AnyTensor<"i32">[] = [];
  for (let axis = 0; axis < mask.rank; axis++) {
    const alone = mask.shape.map((size, i) => (i === axis ? size : 1));
    const along = arange(mask.shape[axis]!).reshape(alone).expand(mask.shape);
    found.push(along.reshape([-1]).take(places));
  }
  return found;
}

/** The positions of all elements that are not zero, in row-major order: a row each, a column for each axis. */
export function nonzero<D extends DType>(x: AnyTensor<D>): AnyTensor<"i32"> {
  const mask = x.dtype === "bool" ? (x as AnyTensor<"bool">) : x.ne(0);
  if (x.rank === 0) return full([mask.to("i32").item(), 0], 0, "i32");
  return stack(positionsOf(mask), 1);
}
