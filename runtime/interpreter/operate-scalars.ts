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
import { dtypeBool, dtypeF32, dtypeOf, lengthOf, newScalar, pointerOf } from "./tensors";
import { next } from "./words";

export function runItem(): void {
  const d = next();
  const v = objectIn(next());
  if (lengthOf(v) !== 1) stopFor(reasonUnlawful);
  const dtype = dtypeOf(v);
  if (dtype === dtypeBool) setBool(d, load<u8>(pointerOf(v)));
  else
    setNumber(d, dtype === dtypeF32 ? <f64>load<f32>(pointerOf(v)) : <f64>load<i32>(pointerOf(v)));
}

/** A number or boolean as a tensor, rounded once; a fraction is refused for integers. */
export function runSplat(): void {
  const d = next();
  const a = next();
  const site = next();
  const dtype = detailOf(typeOf(d));
  const isBool = kindOf(typeOf(a)) === kindBool;
  const x = isBool ? <f64>boolIn(a) : numberIn(a);
  if (dtype !== dtypeF32 && !isBool && x !== trunc(x)) stop(site);
  const v = newScalar(dtype);
  if (dtype === dtypeF32) store<f32>(pointerOf(v), <f32>x);
  else if (dtype === dtypeBool) store<u8>(pointerOf(v), <u8>x & 1);
  else store<i32>(pointerOf(v), <i32>x);
  give(d, v);
}
