/** Tensors put together. */

import { cat } from "../../runtime/eager/primitives.ts";
import type { AnyTensor, DType } from "../../runtime/eager/tensor-types.ts";

/** Tensors of one shape, side by side along a new axis `dim` of the result. */
export function stack<D extends DType>(tensors: readonly AnyTensor<D>[], dim = 0): AnyTensor<D> {
  return cat(
    tensors.map((x) => x.unsqueeze(dim)),
    dim,
  );
}
