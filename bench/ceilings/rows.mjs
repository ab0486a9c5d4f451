/**
 * Sums, row operations and chains of element-wise ones. A sum has 16 partials in four vectors, and blocks of 4,096 (rule 4 of
 * docs/numerics.md); functions are Glim's expressions.
 */

import { lowerExpr } from "../../dist/compiler/lower/expression.js";
import { erf } from "../../dist/compiler/ops/math/erf.js";
import { exp } from "../../dist/compiler/ops/math/exp.js";
import {
  add,
  advance,
  along,
  define,
  div,
  four,
  greater,
  i32,
  mul,
  plus,
  shuffle,
  store,
  sub,
  vector,
} from "./vectors.mjs";

const times = (a, by) => ({ k: "binary", type: "i32", op: "mul", a, b: i32(by) });
const sumBlock = 4096;

const functionOf = (f) => {
  const e = f({ op: "arg", type: "f32", index: 0 });
  return (b, x) => lowerExpr(b, e, { args: [x], lanes: 4, indexOf: () => i32(0) });
};
const expOf = functionOf(exp);
const erfOf = functionOf(erf);

/** (v0 + v1) + (v2 + v3), then lanes (l0 + l2) + (l1 + l3): the sum in lane 0 of a vector. */
function combine(b, [v0, v1, v2, v3]) {
  const v = b.let("v", add(add(v0, v1), add(v2, v3)));
  const pair = b.let("pair", add(v, shuffle(v, v, [2, 3, 0, 1])));
  return b.let("whole", add(pair, shuffle(pair, pair, [1, 0, 3, 2])));
}

/** Adds `value(p)` of `length` elements from `from` on to 16 partials; the length is a multiple of four. */
function partials(b, from, length, value) {
  const sums = [0, 1, 2, 3].map(() => b.let("sum", vector(0)));
  const whole = length - (length % 16);
  along(b, "p", from, plus(from, 4 * whole), 64, (p) => {
    sums.forEach((sum, i) => b.set(sum, add(sum, value(p, 16 * i))));
  });
  for (let i = 0; i < (length - whole) / 4; i++) {
    b.set(sums[i], add(sums[i], value(from, 4 * whole + 16 * i)));
  }
  return combine(b, sums);
}

export const sum = ({ length }) => ({
  constants: {},
  sizes: { input: length, output: 4 },
  functions: (at) => [
    define("block", ["from"], (b, from) => {
      const whole = partials(b, from, sumBlock, (p, bytes) => four(p, bytes));
      store(b, i32(at.output), 0, add(four(i32(at.output)), whole));
    }),
    // The first block is what the others are added to.
    define("start", ["from"], (b, from) => {
      const whole = partials(b, from, sumBlock, (p, bytes) => four(p, bytes));
      store(b, i32(at.output), 0, whole);
    }),
    define(
      "run",
      [],
      (b) => {
        b.call("start", [i32(at.input)]);
        const end = i32(at.input + 4 * length);
        along(b, "p", i32(at.input + 4 * sumBlock), end, 4 * sumBlock, (p) => b.call("block", [p]));
      },
      { exported: true },
    ),
  ],
});

/** Calls `row` with the addresses of each row of input and output. */
const overRows = (at, rows, length) =>
  define(
    "run",
    [],
    (b) =>
      b.for("r", 0, rows, 1, (r) => {
        const skip = b.let("skip", times(r, 4 * length));
        b.call("row", [plus(skip, at.input), plus(skip, at.output)]);
      }),
    { exported: true },
  );

export const softmax = ({ rows, length }) => ({
  constants: {},
  sizes: { input: rows * length, output: rows * length },
  functions: (at) => [
    define("row", ["x", "y"], (b, x, y) => {
      const most = [0, 1].map((i) => b.let("most", four(x, 16 * i)));
      along(b, "p", x, plus(x, 4 * length), 32, (p) => {
        most.forEach((m, i) => b.set(m, greater(m, four(p, 16 * i))));
      });
      const m = b.let("m", greater(...most));
      const pair = b.let("pair", greater(m, shuffle(m, m, [2, 3, 0, 1])));
      const top = b.let("top", greater(pair, shuffle(pair, pair, [1, 0, 3, 2])));
      const to = b.let("to", y);
      along(b, "q", x, plus(x, 4 * length), 32, (p) => {
        for (const i of [0, 1]) {
          store(b, to, 16 * i, expOf(b, b.let("d", sub(four(p, 16 * i), top))));
        }
        advance(b, to, 32);
      });
      const whole = partials(b, y, length, (p, bytes) => four(p, bytes));
      along(b, "o", y, plus(y, 4 * length), 16, (p) => store(b, p, 0, div(four(p), whole)));
    }),
    overRows(at, rows, length),
  ],
});

export const layerNorm = ({ rows, length, eps }, weight, bias) => ({
  constants: { weight, bias },
  sizes: { input: rows * length, output: rows * length },
  functions: (at) => [
    define("row", ["x", "y"], (b, x, y) => {
      const count = vector(length);
      const sumOf = partials(b, x, length, (p, bytes) => four(p, bytes));
      const mean = b.let("mean", div(sumOf, count));
      const squares = partials(b, x, length, (p, bytes) => {
        const d = b.let("d", sub(four(p, bytes), mean));
        return mul(d, d);
      });
      const variance = add(div(squares, count), vector(Math.fround(eps)));
      const root = { k: "unary", type: "v4f32", op: "sqrt", a: variance };
      const factor = b.let("factor", div(vector(1), root));
      const [w, s] = [b.let("w", i32(at.weight)), b.let("s", i32(at.bias))];
      const to = b.let("to", y);
      along(b, "p", x, plus(x, 4 * length), 16, (p) => {
        const unit = mul(sub(four(p), mean), factor);
        store(b, to, 0, add(mul(unit, four(w)), four(s)));
        for (const pointer of [to, w, s]) advance(b, pointer, 16);
      });
    }),
    overRows(at, rows, length),
  ],
});

/** gelu(x · scale + shift) · gain, the three by columns. */
export const geluChain = ({ rows, length }, scale, shift, gain) => ({
  constants: { scale, shift, gain },
  sizes: { input: rows * length, output: rows * length },
  functions: (at) => [
    define("row", ["x", "y"], (b, x, y) => {
      const half = b.let("half", vector(0.5));
      const root = b.let("root", vector(Math.fround(Math.SQRT1_2)));
      const one = b.let("one", vector(1));
      const column = b.let("column", i32(0));
      const to = b.let("to", y);
      along(b, "p", x, plus(x, 4 * length), 16, (p) => {
        const z = b.let("z", add(mul(four(p), four(column, at.scale)), four(column, at.shift)));
        const e = b.let("e", erfOf(b, b.let("r", mul(z, root))));
        const gelu = mul(mul(z, half), add(e, one));
        store(b, to, 0, mul(gelu, four(column, at.gain)));
        for (const pointer of [to, column]) advance(b, pointer, 16);
      });
    }),
    overRows(at, rows, length),
  ],
});
