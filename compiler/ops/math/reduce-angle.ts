/**
 * |x| = n·π/2 + r for angles of any size, after Payne and Hanek: only those bits of 2/π are multiplied
 * that decide n mod 4 and the fraction. All lanes do the same steps, and there are no tables: halving
 * selects between constants find the bits.
 */
import { add, binary, bits, constant, convert, type Expr, mul, select, sub } from "../expr.ts";
import { type FloatFormat, formatOf, integer, toBits } from "./float-format.ts";
import { twoOverPi } from "./two-over-pi.ts";

export interface ReducedAngle {
  /** The multiple of π/2, modulo 4. */
  readonly n: Expr;
  /** What is left: |r| ≤ π/4, but |x| itself below 1. */
  readonly r: Expr;
  /** What r lost when it was rounded. */
  readonly low: Expr;
}

/** |x| = m·u for an integer 0 ≤ m < 2^{width−1}, and 2/π·u mod 4 as three words from the bit worth 2. */
interface Factors {
  readonly m: Expr;
  /** The same number, exactly. */
  readonly floatM: Expr;
  readonly words: readonly [Expr, Expr, Expr];
}

/** `magnitude` is |x|; where it is ∞ or NaN the result is arbitrary. */
export function reduceAngle(magnitude: Expr): ReducedAngle {
  const format = formatOf(magnitude);
  const isSmall = binary("lt", magnitude, 1);
  const large = quarterTurns(
    format,
    format.type === "f32" ? factorsF32(magnitude) : factorsF64(magnitude),
  );
  return {
    n: select(isSmall, integer(format, 0n), large.n),
    r: select(isSmall, magnitude, large.r),
    low: select(isSmall, constant(format.type, 0), large.low),
  };
}

function quarterTurns(format: FloatFormat, { m, floatM, words }: Factors): ReducedAngle {
  const { width, type } = format;
  const [w0, w1, w2] = words;
  // |x|·2/π mod 4 = (top + low·2^−width)·2^{2−width} + rest, where low is unsigned.
  const top = add(mul(m, w0), highWord(format, m, w1));
  const low = mul(m, w1);
  const rest = mul(mul(floatM, 2 ** (3 - 3 * width)), convert(binary("shrU", w2, 1), type));
  const n = binary("shrU", add(top, integer(format, 1n << BigInt(width - 3))), width - 2);
  const fraction = binary("shrS", binary("shl", top, 2), 2);

  // The fraction's first digits (18 or 42 bits), as many more, and a rest. The products of the first
  // two with six bits of π/2 are exact: r is rounded once, even where the fraction begins with zeros.
  const cut = type === "f32" ? { first: 12, second: 13 } : { first: 20, second: 21 };
  const up = width - 1 - cut.first;
  const down = width - up;
  const coarse = roundOff(format, fraction, cut.first);
  const below = add(binary("shl", sub(fraction, coarse), up), binary("shrU", low, down));
  const middle = roundOff(format, below, cut.second);
  const lowest = binary("and", low, 2 ** down - 1);
  const fine = add(binary("shl", sub(below, middle), down), lowest);
  const { r, low: lost } = timesHalfPi(
    mul(convert(coarse, type), 2 ** (2 - width)),
    mul(convert(middle, type), 2 ** (2 - width - up)),
    add(mul(convert(fine, type), 2 ** (2 - 2 * width)), rest),
  );
  return { n, r, low: lost };
}

/** `x` rounded to a multiple of 2^count. */
const roundOff = (format: FloatFormat, x: Expr, count: number): Expr =>
  binary("and", add(x, 2 ** (count - 1)), integer(format, -1n << BigInt(count)));

/** (a + b + c)·π/2, with π/2 = 1.5625 + a remainder. */
function timesHalfPi(a: Expr, b: Expr, c: Expr): { readonly r: Expr; readonly low: Expr } {
  const isF32 = a.type === "f32";
  const remainder = isF32 ? 0.008296326734125614 : 0.008296326794896619;
  const halfPi = isF32 ? 1.5707963705062866 : 1.5707963267948966;
  const low = add(mul(add(a, b), remainder), mul(c, halfPi));
  const [first, second] = [mul(a, 1.5625), add(mul(b, 1.5625), low)];
  const r = add(first, second);
  return { r, low: sub(second, sub(r, first)) };
}

/** The high word of a·b, for 0 ≤ a < 2^{width−1} and unsigned b. */
function highWord({ width }: FloatFormat, a: Expr, b: Expr): Expr {
  const half = width / 2;
  const highOf = (x: Expr): Expr => binary("shrU", x, half);
  const lowOf = (x: Expr): Expr => binary("and", x, 2 ** half - 1);
  const [aHigh, aLow, bHigh, bLow] = [highOf(a), lowOf(a), highOf(b), lowOf(b)];
  const middle = add(mul(aHigh, bLow), highOf(mul(aLow, bLow)));
  const carry = add(mul(aLow, bHigh), lowOf(middle));
  return add(mul(aHigh, bHigh), add(highOf(middle), highOf(carry)));
}

/** |x| = m·2^{8q−23} with 0 ≤ q < 16 and 2²³ ≤ m < 2³¹: m takes the exponent's low 3 bits. */
function factorsF32(magnitude: Expr): Factors {
  const fromOne = sub(toBits(magnitude), 0x3f800000);
  const floatM = bits(add(binary("and", fromOne, 0x03ffffff), 0x4b000000), "f32");
  const q = binary("shrU", fromOne, 26);
  const shifted = (a: Expr, b: Expr, count: number): Expr =>
    binary("or", binary("shl", a, count), binary("shrU", b, 32 - count));

  // Two words on, one word on, two bytes on, one byte on. The last byte may be 0.
  const word = (i: number): Expr =>
    constant("i32", Number(BigInt.asIntN(32, twoOverPi(7 + 32 * i))));
  const b = skip(
    skip(
      Array.from({ length: 7 }, (_, i) => word(i)),
      2,
      has(q, 8),
    ),
    1,
    has(q, 4),
  );
  const by2 = has(q, 2);
  const c = [0, 1, 2].map((i) => select(by2, shifted(b[i]!, b[i + 1]!, 16), b[i]!));
  const [c0, c1, c2] = [c[0]!, c[1]!, c[2]!];
  const by1 = has(q, 1);
  const words: Factors["words"] = [
    select(by1, shifted(c0, c1, 8), c0),
    select(by1, shifted(c1, c2, 8), c1),
    select(by1, binary("shl", c2, 8), c2),
  ];
  return { m: convert(floatM, "i32"), floatM, words };
}

/** |x| = m·2^{e−52} with 2⁵² ≤ m < 2⁵³. f64 has no vectors, so its shifts may vary. */
function factorsF64(magnitude: Expr): Factors {
  const pattern = toBits(magnitude);
  const e = sub(binary("shrU", pattern, 52), 1023);
  const m = binary("or", binary("and", pattern, 2 ** 52 - 1), 2 ** 52);
  const word = (i: number): Expr => constant("i64", BigInt.asIntN(64, twoOverPi(10 + 64 * i)));
  const all = Array.from({ length: 19 }, (_, i) => word(i));
  const chosen = [8, 4, 2, 1].reduce<readonly Expr[]>(
    (words, i) => skip(words, i, has(e, 64 * i)),
    all,
  );
  const count = binary("and", e, 63);
  const rest = binary("xor", count, 63);
  const shifted = (i: number): Expr => {
    const next = binary("shrU", binary("shrU", chosen[i + 1]!, 1), rest);
    return binary("or", binary("shl", chosen[i]!, count), next);
  };
  return { m, floatM: convert(m, "f64"), words: [shifted(0), shifted(1), shifted(2)] };
}

/** The words from `count` on if `condition`, else from the first on. */
const skip = (words: readonly Expr[], count: number, condition: Expr): readonly Expr[] =>
  words.slice(count).map((later, i) => select(condition, later, words[i]!));

const has = (q: Expr, bit: number): Expr => binary("ne", binary("and", q, bit), 0);
