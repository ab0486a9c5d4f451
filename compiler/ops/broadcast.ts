/** Broadcasting: shapes are aligned at their last axes, and only a literal size 1 is repeated. */

import { type Dim, equalDim } from "./dim.ts";
import { printTensorType, type Rule, type TensorType } from "./types.ts";

/** The shape that `a` and `b` broadcast to. Two sizes of which neither is a literal 1 must be equal. */
export function broadcastPair(
  a: readonly Dim[],
  b: readonly Dim[],
  rule: Rule,
  message: (left: Dim, right: Dim) => string,
): readonly Dim[] {
  if (a === b || b.length === 0) return a;
  if (a.length === 0) return b;
  const [long, short] = a.length >= b.length ? [a, b] : [b, a];
  const leading = long.length - short.length;
  let result: Dim[] | undefined;
  for (let i = 0; i < short.length; i++) {
    const [x, y] = [long[leading + i]!, short[i]!];
    if (y === 1 || x === y) continue;
    result ??= [...long];
    if (x === 1) result[leading + i] = y;
    else if (!equalDim(x, y)) {
      result[leading + i] = long === a ? equal(x, y, rule, message) : equal(y, x, rule, message);
    }
  }
  return result ?? long;
}

const equal = (x: Dim, y: Dim, rule: Rule, message: (left: Dim, right: Dim) => string): Dim =>
  rule.equal(x, y, () => message(x, y));

/** The shape of an element-wise result. */
export function broadcastShapes(
  op: string,
  types: readonly TensorType[],
  rule: Rule,
): readonly Dim[] {
  let shape = types[0]?.shape ?? [];
  for (let i = 1; i < types.length; i++) {
    shape = broadcastPair(
      shape,
      types[i]!.shape,
      rule,
      (a, b) =>
        `${op}: sizes ${a} and ${b} differ: ${types.map(printTensorType).join(", ")}; only a size written as 1 is repeated`,
    );
  }
  return shape;
}
