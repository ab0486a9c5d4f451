/** Finds a dtype that the interpreter has no kernels for. */

import type { Module, Type } from "../graph/ir.ts";
import { forEachNode } from "../graph/walk.ts";
import { isKernelDType } from "../ops/kernel-abi.ts";
import type { DType } from "../ops/types.ts";

/** Undefined where a package can hold the program. */
export function foreignDType(m: Module): DType | undefined {
  let found: DType | undefined;
  const note = (type: Type): void => {
    if (type.kind === "tensor" && !isKernelDType(type.dtype)) found ??= type.dtype;
  };
  for (const { type } of [...m.constants.values(), ...m.state.values()]) note(type);
  for (const { params, body } of m.funcs) {
    for (const { value } of params) note(value.type);
    forEachNode(body, (node) => {
      for (const v of [...node.operands, ...node.results]) note(v.type);
    });
  }
  return found;
}
