/**
 * What the standard library imports from the runtime, for programs that are evaluated: tensors have types
 * and no elements. Whatever is not listed here is unclear.
 */

import { opByName } from "../../compiler/ops/registry.ts";
import { isDType } from "../../compiler/ops/types.ts";
import { fieldsOf } from "./host-values.ts";
import type { Machine } from "./machine.ts";
import {
  isPrimitive,
  NativeFunction,
  StaticFunction,
  StaticObject,
  StaticTensor,
  StaticThrow,
  TracedFunction,
  unclear,
} from "./static-values.ts";
import { applyOperator, tensorOf } from "./tensor-operations.ts";

/** The value that a module of the runtime exports under a name. */
export type RuntimeExports = (module: string, name: string) => unknown;

/** `methods` receives what the library adds to tensors. */
export function runtimeExports(m: () => Machine, methods: Map<string, unknown>): RuntimeExports {
  const isCell = (v: unknown): boolean => v instanceof StaticTensor && v.isCell;
  const cell = (name: string): NativeFunction =>
    new NativeFunction(name, ([initial]) => cellOf(initial), undefined, isCell);
  const builtin = (name: string, call: (args: readonly unknown[]) => unknown): NativeFunction =>
    new NativeFunction(name, call, { kind: "builtin", name });
  const math = new StaticObject(undefined);
  for (const [name, f] of Object.entries(numberFunctions)) {
    math.fields.set(
      name,
      builtin(`math.${name}`, (args) => ofNumbers(f, args)),
    );
  }
  const known = new Map<string, unknown>([
    ["assert", builtin("assert", assert)],
    ["demand", builtin("demand", assert)],
    ["refuse", builtin("refuse", refuse)],
    ["whenKnown", builtin("whenKnown", ([v]) => (v === unclear ? v : "compiling"))],
    // Shapes do not depend on it.
    ["isTraining", builtin("isTraining", () => false)],
    ["training", builtin("training", ([, f]) => m().call(f, undefined, []))],
    ["differentiate", builtin("differentiate", () => unclear)],
    ["withGradient", builtin("withGradient", () => unclear)],
    ["mapExamples", builtin("mapExamples", () => unclear)],
    ["recomputed", builtin("recomputed", ([f, args]) => callWith(m(), f, args))],
    ["stopAtNaN", builtin("stopAtNaN", ([f]) => m().call(f, undefined, []))],
    ["asSize", builtin("asSize", ([v]) => v)],
    ["boundsOf", builtin("boundsOf", ([v]) => (typeof v === "string" ? splitRange(v) : unclear))],
    ["tensor", builtin("tensor", (args) => tensorOf(m(), args))],
    ["script", builtin("script", ([f, options]) => markScript(f, options))],
    ["deferred", new NativeFunction("deferred", ([dtype, shape]) => deferred(dtype, shape))],
    ["trace", new NativeFunction("trace", () => new TracedFunction())],
    ["math", math],
    ["Cell", cell("Cell")],
    ["ParameterCell", cell("ParameterCell")],
    ["BufferCell", cell("BufferCell")],
    [
      "isTensor",
      new NativeFunction("isTensor", ([v]) => (v === unclear ? v : v instanceof StaticTensor)),
    ],
    ["asValue", new NativeFunction("asValue", ([v]) => v)],
    ["operator", new NativeFunction("operator", ([name]) => operator(m, String(name)))],
    ["mark", new NativeFunction("mark", markBuiltin)],
    [
      "addLibraryMethod",
      new NativeFunction("addLibraryMethod", ([name, f]) => void methods.set(String(name), f)),
    ],
  ]);
  const operators = new Map<string, unknown>();
  return (module, name) => {
    if (!module.endsWith("/primitives.ts")) return known.has(name) ? known.get(name) : unclear;
    if (!operators.has(name)) operators.set(name, operator(m, name));
    return operators.get(name);
  };
}

const callWith = (m: Machine, f: unknown, args: unknown): unknown =>
  Array.isArray(args) ? m.call(f, undefined, args) : unclear;

const operator = (m: () => Machine, name: string): unknown =>
  opByName(name) === undefined
    ? unclear
    : new NativeFunction(name, (args) => applyOperator(m(), name, args), {
        kind: "operator",
        name,
      });

const splitRange = (text: string): unknown =>
  text.split(":").map((bound) => (bound === "" ? "" : Number(bound)));

const cellOf = (initial: unknown): unknown =>
  initial instanceof StaticTensor ? new StaticTensor(initial.dtype, initial.shape, true) : unclear;

function deferred(dtype: unknown, shape: unknown): unknown {
  const sizes = Array.isArray(shape) ? shape.filter((n) => typeof n === "number") : [];
  const isKnown = Array.isArray(shape) && sizes.length === shape.length;
  return isDType(dtype) && isKnown ? new StaticTensor(dtype, sizes) : unclear;
}

function assert([condition]: readonly unknown[]): undefined {
  if (condition !== unclear && !condition) throw new StaticThrow();
}

function refuse(): never {
  throw new StaticThrow();
}

/** The compiler knows functions of the library that have a name for it. */
function markBuiltin([target, , name]: readonly unknown[]): unknown {
  if (target instanceof StaticFunction && typeof name === "string") target.builtin = name;
  return target;
}

function markScript(f: unknown, options: unknown): unknown {
  if (f instanceof TracedFunction) return f;
  if (f instanceof StaticFunction) f.script = options ?? new StaticObject(undefined);
  return f;
}

/** Only nearly what Glim computes, but nothing but checks is made of it. */
const numberFunctions: Readonly<Record<string, (...args: number[]) => number>> = {
  exp: Math.exp,
  log: Math.log,
  log1p: Math.log1p,
  expm1: Math.expm1,
  tanh: Math.tanh,
  sin: Math.sin,
  cos: Math.cos,
  pow: Math.pow,
};

function ofNumbers(f: (...args: number[]) => number, args: readonly unknown[]): unknown {
  const numbers = args.filter((v) => typeof v === "number");
  return numbers.length === args.length ? f(...numbers) : unclear;
}

/** The sizes that `script(f, { dims })` gives, as far as they are known. */
export function dimsOf(
  m: Machine,
  options: unknown,
): Readonly<Record<string, number | readonly [number, number]>> {
  const dims: Record<string, number | readonly [number, number]> = {};
  const given = options instanceof StaticObject ? fieldsOf(m, options)?.get("dims") : undefined;
  if (!(given instanceof StaticObject)) return dims;
  for (const [name, size] of fieldsOf(m, given) ?? []) {
    if (typeof name !== "string" || size === unclear) continue;
    if (!Array.isArray(size)) dims[name] = isPrimitive(size) ? Number(size) : Number.NaN;
    else if (!size.includes(unclear)) dims[name] = [Number(size[0]), Number(size[1])];
  }
  return dims;
}
