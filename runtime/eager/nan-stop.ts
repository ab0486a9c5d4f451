/** Owns `stopAtNaN`: finds the operation, and the line of the program, that makes the first NaN. */

import type { Op } from "../../compiler/ops/op.ts";
import { isFloat, printTensorType } from "../../compiler/ops/types.ts";
import { elementsOf } from "./elements.ts";
import { codes, GlimError } from "./glim-error.ts";
import { builtinMark, mark } from "./marks.ts";
import type { EagerTensor } from "./tensor.ts";

let isOn = false;
/** On the way back: the operation that is gone back through. */
let wayBack: Origin | undefined;

/** Where an operation was asked for. */
export interface Origin {
  readonly op: string;
  readonly place: string | undefined;
}

/**
 * Runs `f`, and stops where the first NaN is computed, there or on the way back of a gradient, with the
 * operator and the line that asked for it. Every result is looked at, so it is for finding mistakes.
 */
export function stopAtNaN<R>(f: () => R): R {
  const before = isOn;
  isOn = true;
  try {
    return f();
  } finally {
    isOn = before;
  }
}

mark(stopAtNaN, builtinMark, "stopAtNaN");

export const isWatching = (): boolean => isOn;

export const originOf = (op: string): Origin => ({ op, place: placeOfProgram() });

/** Runs the way back through an operation. */
export function goingBackThrough(origin: Origin | undefined, f: () => void): void {
  const before = wayBack;
  wayBack = origin;
  try {
    f();
  } finally {
    wayBack = before;
  }
}

/** Stops if a result has a NaN. */
export function refuseNaN(op: Op, operands: readonly EagerTensor[], result: EagerTensor): void {
  const at = nanIn(result);
  if (at === undefined) return;
  const given = operands.findIndex((x) => nanIn(x) !== undefined);
  const name = op.operands[Math.min(given, op.operands.length - 1)]?.name;
  const cause = given < 0 ? "" : `; its operand ${name} has NaN already, from outside`;
  const origin = wayBack ?? originOf(op.name);
  const back = wayBack === undefined ? "" : ` on the way back through ${wayBack.op}`;
  const where = origin.place === undefined ? "" : ` (${origin.place})`;
  throw new GlimError(
    codes.nan,
    `${op.name}: the first NaN${back} is element ${at} of ${printTensorType(result)}${cause}${where}`,
  );
}

function nanIn(x: EagerTensor): string | undefined {
  if (!isFloat(x.dtype)) return undefined;
  const at = elementsOf(x).findIndex(Number.isNaN);
  if (at < 0) return undefined;
  const index = x.shape.map(() => 0);
  let rest = at;
  for (let axis = x.rank - 1; axis >= 0; axis--) {
    index[axis] = rest % x.shape[axis]!;
    rest = Math.floor(rest / x.shape[axis]!);
  }
  return `[${index}]`;
}

/** The folder that Glim's own code runs from, as stacks name it. */
const own = import.meta.url.replace(/runtime\/eager\/[^/]*$/, "");
const deepest = 100;

/** `file:line:column` of the innermost call that is not Glim's; undefined where stacks do not tell. */
function placeOfProgram(): string | undefined {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = deepest;
  const { stack = "" } = new Error("a place");
  Error.stackTraceLimit = limit;
  const plain = own.replace(/^file:\/\//, "");
  const frames = stack.split("\n").slice(1);
  const frame = frames.find((line) => !line.includes(own) && !line.includes(plain));
  return /\(?((?:file:\/\/)?[^\s()]+:\d+:\d+)\)?$/.exec(frame ?? "")?.[1]?.replace("file://", "");
}
