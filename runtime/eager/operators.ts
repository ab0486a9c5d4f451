/** Operators as functions and methods, made from the records. */

import type { Op } from "../../compiler/ops/op.ts";
import { opByName, ops } from "../../compiler/ops/registry.ts";
import { call } from "./apply-op.ts";
import { mark, methodMark, operatorMark } from "./marks.ts";
import { EagerTensor } from "./tensor.ts";

type Arguments = readonly unknown[];

/** The function form of operator `name`. `F` is its type, which the record states in words. */
export function operator<F>(name: string): F {
  const op = opByName(name);
  if (!op) throw new Error(`there is no operator ${name}`);
  const run = (...args: Arguments): EagerTensor => call(op, args);
  return mark(Object.defineProperty(run, "name", { value: name }), operatorMark, name) as F;
}

function addMethod(
  name: string,
  method: (this: EagerTensor, ...args: readonly never[]) => unknown,
): void {
  if (name in EagerTensor.prototype) throw new Error(`tensors have two members called ${name}`);
  Object.defineProperty(EagerTensor.prototype, name, {
    value: Object.defineProperty(method, "name", { value: name }),
    writable: true,
    configurable: true,
  });
}

/** A function whose first argument is a tensor. What else it takes is for its own types to say. */
export type TensorFunction = (x: never, ...args: readonly never[]) => unknown;

/** Gives tensors a method that calls `f` with the tensor as its first argument. */
export function addLibraryMethod(name: string, f: TensorFunction): void {
  const run = f as (...args: Arguments) => unknown;
  const method = function (this: EagerTensor, ...args: Arguments): unknown {
    return run(this, ...args);
  };
  addMethod(name, mark(method, methodMark, f));
}

function addOperatorMethod(op: Op): void {
  const method = function (this: EagerTensor, ...args: Arguments): EagerTensor {
    return call(op, [this, ...args]);
  };
  addMethod(op.name, mark(method, operatorMark, op.name));
}

for (const op of ops) {
  if (op.exposed === "method" || op.exposed === "both") addOperatorMethod(op);
}
