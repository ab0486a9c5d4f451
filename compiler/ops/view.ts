/** Movement that reads one operand through an affine map: permute, expand, slice, flip. */

import type { Dim } from "./dim.ts";
import type { Affine, MoveLowering } from "./lowering.ts";

/** The whole result, read from operand 0 at `index`. */
export const wholePiece = (shape: readonly Dim[], index: readonly Affine[]): MoveLowering => ({
  kind: "move",
  form: "pieces",
  pieces: [{ operand: 0, from: shape.map(() => 0), to: shape, index }],
  fill: undefined,
});
