/** Scalar functions of the graph on f64 and bool, as Loop IR: JavaScript's meaning to the bit. */

import {
  binary,
  bits,
  compare,
  constant,
  convert,
  FuncBuilder,
  i32,
  select,
  unary,
} from "../loop/build.ts";
import type { BinaryOp, CompareOp, LoopExpr, LoopFunc, UnaryOp } from "../loop/ir.ts";
import * as ex from "../ops/expr.ts";
import { numberFunctions } from "../ops/math/number-functions.ts";
import { lowerExpr } from "./expression.ts";

/** Makes calls of library functions, and remembers which ones the module must carry. */
export interface ScalarLibrary {
  call(name: string, args: readonly LoopExpr[]): LoopExpr;
}

const f64 = (value: number): LoopExpr => constant("f64", value);
const i64 = (value: bigint): LoopExpr => constant("i64", value);
const leastWide = -(2n ** 63n);

const binaries: ReadonlyMap<string, BinaryOp> = new Map<string, BinaryOp>([
  ["add", "add"],
  ["sub", "sub"],
  ["mul", "mul"],
  ["div", "div"],
  ["min", "min"],
  ["max", "max"],
  ["and", "and"],
  ["or", "or"],
]);
const compares: ReadonlyMap<string, CompareOp> = new Map<string, CompareOp>([
  ["eq", "eq"],
  ["ne", "ne"],
  ["lt", "lt"],
  ["le", "le"],
  ["gt", "gt"],
  ["ge", "ge"],
  ["same", "eq"],
  ["differ", "ne"],
  ["intEq", "eq"],
  ["intNe", "ne"],
  ["intLt", "lt"],
  ["intLe", "le"],
  ["intGt", "gt"],
  ["intGe", "ge"],
]);
const unaries: ReadonlyMap<string, UnaryOp> = new Map<string, UnaryOp>([
  ["neg", "neg"],
  ["sqrt", "sqrt"],
  ["abs", "abs"],
  ["floor", "floor"],
  ["ceil", "ceil"],
  ["trunc", "trunc"],
  ["not", "not"],
  ["intNeg", "neg"],
  ["intAbs", "abs"],
  ["intClz", "clz"],
]);
const integers: ReadonlyMap<string, BinaryOp> = new Map<string, BinaryOp>([
  ["intAdd", "add"],
  ["intSub", "sub"],
  ["intMul", "mul"],
  ["intDiv", "div"],
  ["intRem", "rem"],
  ["intMin", "min"],
  ["intMax", "max"],
  ["intAnd", "and"],
  ["intOr", "or"],
  ["intXor", "xor"],
  ["intShl", "shl"],
  ["intShr", "shrS"],
  ["intShrU", "shrU"],
]);
const bitwise: ReadonlyMap<string, BinaryOp> = new Map<string, BinaryOp>([
  ["bitAnd", "and"],
  ["bitOr", "or"],
  ["bitXor", "xor"],
  ["shl", "shl"],
  ["shr", "shrS"],
  ["shrU", "shrU"],
  ["imul", "mul"],
]);

/** The value of scalar function `fn`; its operands are locals or constants. */
export function lowerScalar(
  b: FuncBuilder,
  library: ScalarLibrary,
  fn: string,
  args: readonly LoopExpr[],
): LoopExpr {
  const [x, y] = [args[0]!, args[1]];
  const two = binaries.get(fn) ?? integers.get(fn);
  if (two && y) return binary(two, x, y);
  const comparison = compares.get(fn);
  if (comparison && y) return compare(comparison, x, y);
  const one = unaries.get(fn);
  if (one) return unary(one, x);
  const bitOp = bitwise.get(fn);
  if (bitOp && y) return lowerBitwise(b, library, fn, bitOp, x, y);
  switch (fn) {
    case "toInt":
      return convert(x, "i32");
    case "wrapInt":
      return toInt32Of(b, library, x);
    case "toFloat":
    case "toNumber":
      return convert(x, "f64");
    case "toBoolean":
      // NaN is neither below nor above 0.
      return binary("or", compare("lt", x, f64(0)), compare("gt", x, f64(0)));
    case "bitNot":
      return convert(binary("xor", toInt32Of(b, library, x), i32(-1)), "f64");
    case "clz32":
      return convert(unary("clz", toInt32Of(b, library, x)), "f64");
    case "fround":
      return convert(convert(x, "f32"), "f64");
    case "isIntWithin":
      return lowerIsIntWithin(b, x, y!);
    case "rem":
      return lowerRem(b, library, x, y!);
    case "intChoose":
    case "choose":
      return select(x, y!, args[2]!);
    case "sign":
      return lowerSign(x);
    case "round":
      return lowerRound(b, x);
    default:
      return library.call(fn, args);
  }
}

function lowerBitwise(
  b: FuncBuilder,
  library: ScalarLibrary,
  fn: string,
  op: BinaryOp,
  x: LoopExpr,
  y: LoopExpr,
): LoopExpr {
  // Shift counts are taken modulo 32 by the engine, as JavaScript asks.
  const result = binary(op, toInt32Of(b, library, x), toInt32Of(b, library, y));
  if (fn !== "shrU") return convert(result, "f64");
  const wide = binary("and", convert(result, "i64"), constant("i64", 0xffffffffn));
  return convert(wide, "f64");
}

/**
 * ToInt32, in place for numbers of less than 2⁶³ in size. Conversion gives −2⁶³ for the other ones that are
 * negative or 2⁶³ − 1 for those above: of these the function knows what is due, of NaN 0 is right.
 */
function toInt32Of(b: FuncBuilder, library: ScalarLibrary, x: LoopExpr): LoopExpr {
  if (x.k === "const") return i32(Number(x.value) | 0);
  const wide = b.let("wide", convert(x, "i64"));
  const low = b.let("low", convert(wide, "i32"));
  // −2⁶³ and 2⁶³ − 1, one more each, are 1 − 2⁶³ and −2⁶³.
  const isCut = compare("lt", binary("add", wide, i64(1n)), i64(leastWide + 2n));
  b.if(isCut, () => b.set(low, library.call("toInt32", [x])));
  return low;
}

/** The same bits as the i32 that conversion gives, which −0, fractions and NaN have not, and so small. */
function lowerIsIntWithin(b: FuncBuilder, x: LoopExpr, y: LoopExpr): LoopExpr {
  if (y.k !== "const") throw new Error("the limit is known");
  const limit = Number(y.value);
  const whole = b.let("whole", convert(x, "i32"));
  const same = compare("eq", bits(convert(whole, "f64"), "i64"), bits(x, "i64"));
  const small = compare("ltU", binary("add", whole, i32(limit)), i32((2 * limit + 1) | 0));
  return binary("and", same, small);
}

/** Remainders of integers of 32 bits in place; their zeros have the sign of `x`. */
function lowerRem(b: FuncBuilder, library: ScalarLibrary, x: LoopExpr, y: LoopExpr): LoopExpr {
  const known = y.k === "const" ? Math.abs(Number(y.value)) : undefined;
  if (known !== undefined && !(known >= 1 && known < 2 ** 31 && Number.isInteger(known))) {
    return library.call("rem", [x, y]);
  }
  const whole = b.let("whole", convert(x, "i32"));
  const isWhole = compare("eq", convert(whole, "f64"), x);
  const divisor = known === undefined ? b.let("divisor", convert(y, "i32")) : i32(known);
  const isDivisor = compare("eq", convert(divisor, "f64"), y);
  const positive = compare("gt", divisor, i32(0));
  const fits = known === undefined ? and(isWhole, and(isDivisor, positive)) : isWhole;
  const result = b.let("rest", x);
  b.if(
    fits,
    () => {
      const rest = convert(binary("rem", whole, divisor), "f64");
      b.set(result, binary("copysign", rest, x));
    },
    () => b.set(result, library.call("rem", [x, y])),
  );
  return result;
}

const and = (a: LoopExpr, b: LoopExpr): LoopExpr => binary("and", a, b);

/** x > 0 ? 1 : x < 0 ? −1 : x, which keeps ±0 and NaN. */
const lowerSign = (x: LoopExpr): LoopExpr =>
  select(compare("gt", x, f64(0)), f64(1), select(compare("lt", x, f64(0)), f64(-1), x));

/** ⌊x⌋, or ⌊x⌋ + 1 where x − ⌊x⌋ ≥ ½ (exact); the sign of zero is x's. */
function lowerRound(b: FuncBuilder, x: LoopExpr): LoopExpr {
  const floor = b.let("floor", unary("floor", x));
  const up = compare("ge", binary("sub", x, floor), f64(0.5));
  return binary("copysign", select(up, binary("add", floor, f64(1)), floor), x);
}

/** What a library function is called in a module, where entries have names like `rem` and `exp`, too. */
export const libraryName = (name: string): string => `number.${name}`;

/** The library function called `name`. */
export const libraryFunction = (name: string): LoopFunc => ({
  ...makeFunction(name),
  name: libraryName(name),
});

function makeFunction(name: string): LoopFunc {
  if (name === "toInt32") return toInt32();
  if (name === "rem") return remainder();
  const make = numberFunctions.get(name);
  if (!make) throw new Error(`there is no number function ${name}`);
  const b = new FuncBuilder();
  const args = Array.from({ length: make.length }, (_, i) => b.param(`x${i}`, "f64"));
  const expr = make(...args.map((_, i) => ex.arg(i, "f64")));
  const value = lowerExpr(b, expr, { args, lanes: 1, indexOf: () => i32(0) });
  b.emit({ s: "return", value });
  return b.finish(name, { result: "f64" });
}

/** ToInt32 of ECMAScript: the integer part modulo 2³², as a signed number. */
function toInt32(): LoopFunc {
  const b = new FuncBuilder();
  const x = b.param("x", "f64");
  const done = (value: LoopExpr): void => b.emit({ s: "return", value });
  b.if(compare("lt", unary("abs", x), f64(2 ** 63)), () => done(convert(convert(x, "i64"), "i32")));
  // Larger numbers are mantissa × 2^shift with shift ≥ 11; from 32 on all low bits are 0.
  const raw = b.let("raw", bits(x, "i64"));
  const exponent = binary("and", binary("shrU", raw, constant("i64", 52n)), constant("i64", 2047n));
  const shift = b.let("shift", binary("sub", exponent, constant("i64", 1075n)));
  b.if(compare("ge", shift, constant("i64", 32n)), () => done(i32(0)));
  const fraction = binary("and", raw, constant("i64", 0xfffffffffffffn));
  const mantissa = binary("or", fraction, constant("i64", 0x10000000000000n));
  const low = b.let("low", convert(binary("shl", mantissa, shift), "i32"));
  done(select(compare("lt", x, f64(0)), binary("sub", i32(0), low), low));
  return b.finish("toInt32", { result: "i32" });
}

/**
 * JavaScript's `%`, exact: the divisor, shifted up by powers of two, is subtracted wherever it fits.
 * Every subtraction is exact, because both numbers are multiples of the divisor's last place and
 * the difference is smaller than either.
 */
function remainder(): LoopFunc {
  const b = new FuncBuilder();
  const x = b.param("x", "f64");
  const y = b.param("y", "f64");
  const done = (value: LoopExpr): void => b.emit({ s: "return", value });
  const r = b.let("r", unary("abs", x));
  const d = b.let("d", unary("abs", y));
  const bad = binary(
    "or",
    binary("or", compare("ne", y, y), compare("eq", d, f64(0))),
    compare("eq", compare("lt", r, f64(Infinity)), i32(0)),
  );
  b.if(bad, () => done(f64(Number.NaN)));
  b.if(compare("lt", r, d), () => done(x));
  // Whole numbers, as nearly all are: the machine's own remainder, with the sign of x, also of a zero.
  for (const type of ["i32", "i64"] as const) {
    const [whole, divisor] = [
      b.let(`r.${type}`, convert(r, type)),
      b.let(`d.${type}`, convert(d, type)),
    ];
    const exact = (n: LoopExpr, of: LoopExpr): LoopExpr => compare("eq", convert(n, "f64"), of);
    // From 2⁶³ on, conversion saturates to what rounds to 2⁶³ again.
    const fits = compare("lt", r, f64(2 ** 63));
    b.if(binary("and", fits, binary("and", exact(whole, r), exact(divisor, d))), () =>
      done(binary("copysign", convert(binary("rem", whole, divisor), "f64"), x)),
    );
  }
  const step = b.let("step", d);
  const grow = b.fresh("grow");
  const body = b.body(() => {
    // Compared with half of r, so that doubling never overflows.
    b.if(compare("gt", step, binary("mul", r, f64(0.5))), () =>
      b.emit({ s: "break", label: grow }),
    );
    b.set(step, binary("add", step, step));
  });
  b.emit({ s: "loop", label: grow, body });
  const shrink = b.fresh("shrink");
  const reduce = b.body(() => {
    b.if(compare("ge", r, step), () => b.set(r, binary("sub", r, step)));
    b.if(compare("le", step, d), () => b.emit({ s: "break", label: shrink }));
    b.set(step, binary("mul", step, f64(0.5)));
  });
  b.emit({ s: "loop", label: shrink, body: reduce });
  done(binary("copysign", r, x));
  return b.finish("rem", { result: "f64" });
}
