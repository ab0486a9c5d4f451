// The error functions of f64 are fits of Glim's own; the values here are of 50 digits, rounded once.

import { expect, it } from "vitest";
import { evaluateExpr } from "#glim/compiler/ops/evaluate-expr.js";
import { arg } from "#glim/compiler/ops/expr.js";
import { erf } from "#glim/compiler/ops/math/erf.js";
import { erfc, erfinv } from "#glim/compiler/ops/math/erfc.js";

/** x, erf x, erfc x, erfc −x */
const values: readonly (readonly [number, number, number, number])[] = [
  [1e-300, 1.1283791670955126e-300, 1.0, 1.0],
  [1e-8, 1.1283791670955126e-8, 0.9999999887162083, 1.0000000112837917],
  [0.1, 0.1124629160182849, 0.887537083981715, 1.1124629160182848],
  [0.4687, 0.49256818249964407, 0.5074318175003559, 1.492568182499644],
  [0.46875, 0.49261347321793797, 0.507386526782062, 1.492613473217938],
  [0.9374, 0.8150555421829864, 0.18494445781701357, 1.8150555421829864],
  [0.9375, 0.8151024010343998, 0.1848975989656002, 1.8151024010344],
  [1.5, 0.9661051464753108, 0.033894853524689274, 1.9661051464753108],
  [2.75, 0.9998993780778803, 0.00010062192211963683, 1.9998993780778804],
  [5.9, 0.9999999999999999, 7.190409783550478e-17, 2.0],
  [9.3, 1.0, 1.653244184030135e-39, 2.0],
  [15.7, 1.0, 3.2018577446765816e-109, 2.0],
  [20.25, 1.0, 2.272956417880784e-180, 2.0],
  [26.5, 1.0, 2.2109076642637343e-307, 2.0],
];

/** x, the y with erf y = x */
const inverses: readonly (readonly [number, number])[] = [
  [1e-300, 8.86226925452758e-301],
  [1e-8, 8.86226925452758e-9],
  [0.1, 0.08885599049425769],
  [0.4999, 0.4768250236254278],
  [0.5, 0.4769362762044699],
  [0.75, 0.8134198475976185],
  [0.9, 1.1630871536766743],
  [0.99, 1.8213863677184494],
  [0.9996, 2.503217260387322],
  [0.9999999, 3.7665625816384707],
  [0.9999999999990905, 5.05125408524939],
  [0.9999999999999999, 5.8635847487551676],
];

const x = arg(0, "f64");
const [erfOf, erfcOf, erfinvOf] = [erf(x), erfc(x), erfinv(x)].map(
  (e) => (value: number) => Number(evaluateExpr(e, [value])),
);

const bits = new BigInt64Array(1);
const floats = new Float64Array(bits.buffer);
function place(value: number): bigint {
  floats[0] = value;
  return bits[0]!;
}
/** Numbers of one sign between both. */
const distance = (a: number, b: number): number => Math.abs(Number(place(a) - place(b)));

it.each(values)("erf and erfc of %d", (at, ofErf, ofErfc, ofMinus) => {
  expect(distance(erfOf!(at), ofErf)).toBeLessThanOrEqual(1);
  expect(erfOf!(-at)).toBe(-erfOf!(at));
  expect(distance(erfcOf!(at), ofErfc)).toBeLessThanOrEqual(3);
  expect(distance(erfcOf!(-at), ofMinus)).toBeLessThanOrEqual(1);
});

it.each(inverses)("erfinv of %d", (at, wanted) => {
  expect(distance(erfinvOf!(at), wanted)).toBeLessThanOrEqual(3);
  expect(erfinvOf!(-at)).toBe(-erfinvOf!(at));
});

it("special values", () => {
  const all = [0, -0, Infinity, -Infinity, Number.NaN];
  expect(all.map(erfOf!)).toEqual([0, -0, 1, -1, Number.NaN]);
  expect(all.map(erfcOf!)).toEqual([1, 1, 0, 2, Number.NaN]);
  const given = [0, -0, 1, -1, 2, Infinity, Number.NaN];
  const nan = Number.NaN;
  expect(given.map(erfinvOf!)).toEqual([0, -0, Infinity, -Infinity, nan, nan, nan]);
});
