/** The types that each operation of Loop IR takes: what the verifier allows and the emitter knows. */

import type {
  BinaryOp,
  CompareOp,
  Element,
  FourLanes,
  LoopType,
  ScalarLoopType,
  UnaryOp,
  VectorType,
  WideType,
} from "./ir.ts";

/** The type of each vector's lanes, and how many there are. */
export const lanesOf: Readonly<
  Record<VectorType, { readonly type: ScalarLoopType; readonly count: 2 | 4 }>
> = {
  v4f32: { type: "f32", count: 4 },
  v4i32: { type: "i32", count: 4 },
  v4f64: { type: "f64", count: 4 },
  v4i64: { type: "i64", count: 4 },
  v2f64: { type: "f64", count: 2 },
  v2i64: { type: "i64", count: 2 },
};

/** Four lanes of a scalar type, and two of one of 64 bits. */
export const fourOf: Readonly<Record<ScalarLoopType, FourLanes>> = {
  f32: "v4f32",
  i32: "v4i32",
  f64: "v4f64",
  i64: "v4i64",
};
export const twoOf: Readonly<Record<WideType, "v2f64" | "v2i64">> = {
  v4f64: "v2f64",
  v4i64: "v2i64",
};

export const isVector = (type: LoopType): type is VectorType => Object.hasOwn(lanesOf, type);
/** Whether values of this type are two vectors of WebAssembly. */
export const isWide = (type: LoopType): type is WideType => Object.hasOwn(twoOf, type);

const floats: readonly LoopType[] = ["f32", "f64", "v4f32", "v4f64", "v2f64"];
const short: readonly LoopType[] = ["i32", "i64", "v4i32"];
const integers: readonly LoopType[] = [...short, "v4i64", "v2i64"];
const all: readonly LoopType[] = [...integers, ...floats];

export const unaryTypes: Readonly<Record<UnaryOp, readonly LoopType[]>> = {
  neg: all,
  abs: all,
  sqrt: floats,
  floor: floats,
  ceil: floats,
  trunc: floats,
  nearest: floats,
  not: ["i32", "v4i32", "v4i64", "v2i64"],
  clz: ["i32", "i64"],
};

export const binaryTypes: Readonly<Record<BinaryOp, readonly LoopType[]>> = {
  add: all,
  sub: all,
  mul: all,
  div: all,
  rem: integers,
  min: [...short, ...floats],
  max: [...short, ...floats],
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
  ltU: short,
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
  ["v4i32", "v4f64"],
  ["v4f32", "v4f64"],
  ["v4f64", "v4i32"],
  ["v4f64", "v4f32"],
  ["v4i32", "v4i64"],
  ["v4i64", "v4i32"],
  ["v4i64", "v4f64"],
  ["v4f64", "v4i64"],
  ["v4i32", "v2f64"],
  ["v4f32", "v2f64"],
  ["v2f64", "v4i32"],
  ["v2f64", "v4f32"],
  ["v2i64", "v2f64"],
  ["v2f64", "v2i64"],
];

/** From, to: types of one width. */
export const reinterpretations: readonly (readonly [LoopType, LoopType])[] = [
  ["i32", "f32"],
  ["f32", "i32"],
  ["i64", "f64"],
  ["f64", "i64"],
  ["v4i32", "v4f32"],
  ["v4f32", "v4i32"],
  ["v4i64", "v4f64"],
  ["v4f64", "v4i64"],
  ["v2i64", "v2f64"],
  ["v2f64", "v2i64"],
  ["v2i64", "v4i32"],
  ["v2f64", "v4i32"],
  ["v4i32", "v2i64"],
  ["v4i32", "v2f64"],
];

/** The types that can be loaded from an element, and stored into one. */
export const accessTypes: Readonly<Record<Element, readonly LoopType[]>> = {
  f32: ["f32", "v4f32"],
  f64: ["f64", "v4f64", "v2f64"],
  i32: ["i32", "v4i32"],
  i64: ["i64", "v4i64", "v2i64"],
  u8: ["i32", "v4i32"],
  i8: ["i32", "v4i32"],
  u16: ["i32"],
};
