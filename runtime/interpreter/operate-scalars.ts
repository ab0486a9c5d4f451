/** Operations between tensors of one element and numbers or booleans. */

import { kindBool } from "../ops/program-format";
import {
  boolIn,
  detailOf,
  give,
  kindOf,
  numberIn,
  objectIn,
  setBool,
  setNumber,
  typeOf,
} from "./registers";
import { reasonUnlawful, stop, stopFor } from "./stop";
import {
  dtypeBool,
  dtypeOf,
  elementAt,
  isInteger,
  lengthOf,
  newScalar,
  pointerOf,
  setElement,
  shiftOf,
} from "./tensors";
import { next } from "./words";

export function runItem(): void {
  const d = next();
  const v = objectIn(next());
  if (lengthOf(v) !== 1) stopFor(reasonUnlawful);
  const x = elementAt(dtypeOf(v), pointerOf(v));
  if (dtypeOf(v) === dtypeBool) setBool(d, <i32>x);
  else setNumber(d, x);
}

/** A number or boolean as a tensor, rounded once; a fraction is refused for integers, what eight bits do not hold for those. */
export function runSplat(): void {
  const d = next();
  const a = next();
  const site = next();
  const dtype = detailOf(typeOf(d));
  const isBool = kindOf(typeOf(a)) === kindBool;
  const x = isBool ? <f64>boolIn(a) : numberIn(a);
  if (isInteger(dtype) && !isBool && x !== trunc(x)) stop(site);
  const v = newScalar(dtype);
  setElement(dtype, pointerOf(v), x);
  // What is out of range saturates, but eight bits must hold it.
  if (shiftOf(dtype) === 0 && elementAt(dtype, pointerOf(v)) !== x) stop(site);
  give(d, v);
}
