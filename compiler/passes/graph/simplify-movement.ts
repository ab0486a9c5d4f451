/** Rules of simplify-graph for operators that move elements without arithmetic. */

import { isDim, isNumber, type Node, tensorOf } from "../../graph/ir.ts";
import { addDim, type Dim, equalDim, mulDim } from "../../ops/dim.ts";
import { absorbs, inner, listOf, operand, type Rule, type Rules } from "./simplify-rule.ts";

const dimsOf = (node: Node): readonly number[] => listOf(node, "dims", isNumber);

/** `permute(permute(x, p), q) ⇒ permute(x, p[q])` */
const composePermutes: Rule = (node, known) => {
  const first = inner(node, known, "permute");
  if (!first) return undefined;
  const p = dimsOf(first);
  const dims = dimsOf(node).map((axis) => p[axis]!);
  return { ...node, operands: first.operands, attrs: { dims } };
};

/** `permute(x, [0, 1, …]) ⇒ x` */
const plainPermute: Rule = (node) =>
  dimsOf(node).every((axis, i) => axis === i) ? node.operands[0] : undefined;

interface Slice {
  readonly start: readonly Dim[];
  readonly length: readonly Dim[];
  readonly step: readonly number[];
}

const sliceOf = (node: Node): Slice => ({
  start: listOf(node, "start", isDim),
  length: listOf(node, "length", isDim),
  step: listOf(node, "step", isNumber),
});

/** `slice(slice(x, s, t), u, v) ⇒ slice(x, s + u·t, t·v)` */
const composeSlices: Rule = (node, known) => {
  const first = inner(node, known, "slice");
  if (!first) return undefined;
  const [a, b] = [sliceOf(first), sliceOf(node)];
  const start = a.start.map((s, i) => addDim(s, mulDim(b.start[i]!, a.step[i]!)));
  const step = a.step.map((s, i) => s * b.step[i]!);
  return { ...node, operands: first.operands, attrs: { start, length: b.length, step } };
};

/** `slice(x, all of it) ⇒ x` */
const wholeSlice: Rule = (node) => {
  const { start, length, step } = sliceOf(node);
  const { shape } = tensorOf(node.operands[0]!);
  const whole = shape.every(
    (size, i) => start[i] === 0 && step[i] === 1 && equalDim(length[i]!, size),
  );
  return whole ? node.operands[0] : undefined;
};

/** `narrow(narrow(x, axis, s), axis, t, n) ⇒ narrow(x, axis, s + t, n)` */
const composeNarrows: Rule = (node, known) => {
  const first = inner(node, known, "narrow");
  if (!first || first.attrs.axis !== node.attrs.axis) return undefined;
  const [s, t] = [first.attrs.start!, node.attrs.start!];
  if (!isDim(s) || !isDim(t)) return undefined;
  return { ...node, operands: first.operands, attrs: { ...node.attrs, start: addDim(s, t) } };
};

/** `narrow(x, axis, 0, all of it) ⇒ x`: any other start leaves another size, which is not replaced. */
const wholeNarrow: Rule = (node) => (node.attrs.start === 0 ? node.operands[0] : undefined);

const axesOf = (node: Node): readonly number[] => listOf(node, "axes", isNumber);

/** `flip(flip(x, a), b) ⇒ flip(x, axes that are in one of a and b)` */
const composeFlips: Rule = (node, known) => {
  const first = inner(node, known, "flip");
  if (!first) return undefined;
  const [a, b] = [axesOf(first), axesOf(node)];
  const once = [...a.filter((i) => !b.includes(i)), ...b.filter((i) => !a.includes(i))];
  const axes = once.sort((i, j) => i - j);
  return { ...node, operands: first.operands, attrs: { axes } };
};

/** `flip(x, []) ⇒ x` */
const plainFlip: Rule = (node) => (axesOf(node).length === 0 ? node.operands[0] : undefined);

/** `pad(x, no widths) ⇒ x`: widths that are not 0 leave another size, which is not replaced. */
const plainPad: Rule = operand;

/** `cat(x) ⇒ x` */
const catOfOne: Rule = (node) => (node.operands.length === 1 ? node.operands[0] : undefined);

/** `unbox(box(x)) ⇒ x` */
const neverBoxed: Rule = (node, known) => inner(node, known, "box")?.operands[0];

/** `box(unbox(b)) ⇒ b`: nothing is ever written into a box. Gradients tell boxes apart, but follow no open ones. */
const alreadyBoxed: Rule = (node, known) =>
  known.isOpenBox(node.results[0]) ? inner(node, known, "unbox")?.operands[0] : undefined;

/** The size of what was just put into a box. */
const sizeBoxed: Rule = (node, known) => {
  const box = inner(node, known, "box");
  const dim = box && tensorOf(box.operands[0]!).shape[Number(node.attrs.axis)];
  return dim === undefined ? undefined : { ...node, op: "size", operands: [], attrs: { dim } };
};

export const movementRules: Rules = {
  permute: [plainPermute, composePermutes],
  // `reshape(x, its shape) ⇒ x`, `reshape(reshape(x)) ⇒ reshape(x)`; so for `expand`
  reshape: [operand, absorbs("reshape")],
  expand: [operand, absorbs("expand")],
  slice: [wholeSlice, composeSlices],
  narrow: [wholeNarrow, composeNarrows],
  flip: [plainFlip, composeFlips],
  pad: [plainPad],
  cat: [catOfOne],
  // `layout(x, its layout) ⇒ x`, `layout(layout(x)) ⇒ layout(x)`
  layout: [operand, absorbs("layout")],
  unbox: [neverBoxed],
  box: [alreadyBoxed],
  "box.size": [sizeBoxed],
};
