/** How far vectors at a row's end may reach past a tensor's last element. */

import type { DType } from "../ops/types.ts";

/** In bytes: those of four lanes, of 64 bits or of fewer. */
export const overrunOf = (dtype: DType): number => (dtype === "f64" ? 32 : 16);
