/** Names for binaryen's types, so that the other files of this folder need only their meaning. */

import type Binaryen from "binaryen";
import type { LoopType } from "../loop/ir.ts";
import { isVector } from "../loop/operation-types.ts";

export type Api = typeof Binaryen;
export type Module = Binaryen.Module;
export type Ref = Binaryen.ExpressionRef;

/** A bug in Glim: Loop IR that makes no lawful module, or binaryen failing on it. */
export class EmitError extends Error {
  override readonly name = "EmitError";
}

export function wasmType(api: Api, type: LoopType): Binaryen.Type {
  return isVector(type) ? api.v128 : api[type];
}
