/** The types that each operation of Loop IR takes: what the verifier allows and the emitter knows. */

import type { BinaryOp, CompareOp, Element, LoopType, UnaryOp } from "./ir.ts";

const all: readonly LoopType[] = ["i32", "i64", "f32", "f64", "v4f32", "v4i32"];
const floats: readonly LoopType[] = ["f32", "f64", "v4f32"];
const integers: readonly LoopType[] = ["i32", "i64", "v4i32"];

export const unaryTypes: Readonly<Record<UnaryOp, readonly LoopType[]>> = {
  neg: all,
  abs: all,
  sqrt: floats,
  floor: floats,
  ceil: floats,
  trunc: floats,
  nearest: floats,
  not: ["i32", "v4i32"],
  clz: ["i32", "i64"],
};

export const binaryTypes: Readonly<Record<BinaryOp, readonly LoopType[]>> = {
  add: all,
  sub: all,
  mul: all,
  div: all,
  rem: integers,
  min: all,
  max: all,
  pmin: floats,
  pmax: floats,
  and: integers,
  or: integers,
  xor: integers,
  shl: integers,
  shrS: integers,
  shrU: integers,
  copysign: floats,
};

export const compareTypes: Readonly<Record<CompareOp, readonly LoopType[]>> = {
  eq: all,
  ne: all,
  lt: all,
  le: all,
  gt: all,
  ge: all,
  ltU: integers,
};

/** From, to. */
export const conversions: readonly (readonly [LoopType, LoopType])[] = [
  ["i32", "i64"],
  ["i64", "i32"],
  ["i32", "f32"],
  ["i32", "f64"],
  ["i64", "f32"],
  ["i64", "f64"],
  ["f32", "i32"],
  ["f32", "i64"],
  ["f64", "i32"],
  ["f64", "i64"],
  ["f32", "f64"],
  ["f64", "f32"],
  ["v4i32", "v4f32"],
  ["v4f32", "v4i32"],
];

/** From, to: types of one width. */
export const reinterpretations: readonly (readonly [LoopType, LoopType])[] = [
  ["i32", "f32"],
  ["f32", "i32"],
  ["i64", "f64"],
  ["f64", "i64"],
  ["v4i32", "v4f32"],
  ["v4f32", "v4i32"],
];

/** The types that can be loaded from an element, and stored into one. */
export const accessTypes: Readonly<Record<Element, readonly LoopType[]>> = {
  f32: ["f32", "v4f32"],
  f64: ["f64"],
  i32: ["i32", "v4i32"],
  i64: ["i64"],
  u8: ["i32", "v4i32"],
  i8: ["i32", "v4i32"],
  u16: ["i32"],
};

export const isVector = (type: LoopType): type is "v4f32" | "v4i32" =>
  type === "v4f32" || type === "v4i32";
