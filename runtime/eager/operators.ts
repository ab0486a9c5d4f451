/** Operators as functions and methods, made from the records. */

import type { Op } from "../../compiler/ops/op.ts";
import { opByName, ops } from "../../compiler/ops/registry.ts";
import { call } from "./apply-op.ts";
import { EagerTensor } from "./tensor.ts";

/** Marks a function as an operator, so that the compiler knows it for what it is. */
export const operatorMark = Symbol.for("glim.operator");

type OperatorFunction = ((...args: readonly unknown[]) => EagerTensor) & {
  readonly [operatorMark]: string;
};

const functions = new Map<string, OperatorFunction>();

/** The function that calls operator `name`. */
export function operator(name: string): OperatorFunction {
  const known = functions.get(name);
  if (known) return known;
  const op = opByName(name);
  if (!op) throw new Error(`there is no operator ${name}`);
  const made = Object.assign((...args: readonly unknown[]) => call(op, args), {
    [operatorMark]: name,
  });
  functions.set(name, made);
  return made;
}

/** Adds a method to all tensors. */
export function addMethod(
  name: string,
  method: (this: EagerTensor, ...args: never[]) => unknown,
): void {
  Object.defineProperty(EagerTensor.prototype, name, {
    value: method,
    writable: true,
    configurable: true,
  });
}

const isMethod = (op: Op): boolean => op.exposed === "method" || op.exposed === "both";

for (const op of ops) {
  if (!isMethod(op)) continue;
  addMethod(
    op.name,
    Object.assign(
      function (this: EagerTensor, ...args: readonly unknown[]): EagerTensor {
        return call(op, [this, ...args]);
      },
      { [operatorMark]: op.name },
    ),
  );
}
