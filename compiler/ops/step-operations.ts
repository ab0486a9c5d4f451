/**
 * The single operations that interpreters have for the steps of packages. Packages are read for ever, so
 * nothing is ever taken away here, whether or not an operator still needs it.
 */

import { arg, binary, bits, convert, type Expr, type ScalarType, select, unary } from "./expr.ts";

const unaries: readonly (readonly [op: Parameters<typeof unary>[0], types: string])[] = [
  ["abs", "f32 f64"],
  ["ceil", "f32 f64"],
  ["floor", "f32 f64"],
  ["nearest", "f32 f64"],
  ["neg", "f32 f64"],
  ["not", "bool i32"],
  ["sqrt", "f32 f64"],
  ["trunc", "f32 f64"],
];

const binaries: readonly (readonly [op: Parameters<typeof binary>[0], types: string])[] = [
  ["add", "f32 f64 i32 i64"],
  ["sub", "f32 f64 i32 i64"],
  ["mul", "f32 f64 i32 i64"],
  ["div", "f32 f64"],
  ["rem", "i32 f64"],
  ["max", "f32 i32 f64"],
  ["min", "f32 i32 f64"],
  ["and", "bool i32 i64"],
  ["or", "bool i32 i64"],
  ["xor", "bool i32 i64"],
  ["shl", "i32 i64"],
  ["shrS", "i32 i64"],
  ["shrU", "i32 i64"],
  ["eq", "bool f32 f64 i32"],
  ["ne", "bool f32 f64 i32 i64"],
  ["lt", "f32 f64 i32"],
  ["le", "f32 f64 i32"],
  ["gt", "f32 f64 i32"],
  ["ge", "f32 f64 i32"],
];

const conversions = [
  "bool-f32 bool-f64 bool-i32 f32-bool f32-f64 f32-i32 f64-bool f64-f32 f64-i32 f64-i64",
  "i32-bool i32-f32 i32-f64 i64-f64",
  // Integers of eight bits are computed with as i32: how they are read, and what is kept of a result.
  "u8-i32 i8-i32 i32-u8 i32-i8",
].join(" ");
const rereadings = "f32-i32 f64-i64 i32-f32 i64-f64";
const chosen = "bool f32 f64 i32 i64";
/** What moves as it is. */
const copied = "bool f32 i32 f64";

const scalarTypes: readonly ScalarType[] = ["f32", "f64", "i32", "i64", "u8", "i8", "bool"];

function typeOf(name: string | undefined): ScalarType {
  const type = scalarTypes.find((t) => t === name);
  if (type === undefined) throw new Error(`${name} is no type of elements`);
  return type;
}

const typesOf = (names: string): readonly ScalarType[] => names.split(" ").map(typeOf);
const pairsOf = (names: string): readonly (readonly [from: ScalarType, to: ScalarType])[] =>
  names.split(" ").map((pair) => {
    const [from, to] = pair.split("-");
    return [typeOf(from), typeOf(to)];
  });

/** Each over arguments 0, 1 …. */
export const stepOperations: readonly Expr[] = [
  ...unaries.flatMap(([op, types]) => typesOf(types).map((t) => unary(op, arg(0, t)))),
  ...binaries.flatMap(([op, types]) => typesOf(types).map((t) => binary(op, arg(0, t), arg(1, t)))),
  ...pairsOf(conversions).map(([from, to]) => convert(arg(0, from), to)),
  ...pairsOf(rereadings).map(([from, to]) => bits(arg(0, from), to)),
  ...typesOf(chosen).map((t) => select(arg(0, "bool"), arg(1, t), arg(2, t))),
  ...typesOf(copied).map((t) => arg(0, t)),
];
