/** Logarithms to the bases 2 and 10. */
import { add, type Expr, mul, sub } from "../expr.ts";
import { topHalf } from "./float-format.ts";
import { atEdgesOfLog, logParts, splitExponent } from "./log.ts";

/** A number as a sum of two floats, the first with half of a float's digits. */
interface Parts {
  readonly high: number;
  readonly low: number;
}

export const log2 = (x: Expr): Expr =>
  logToBase(x, x.type === "f32" ? inverseLn2F32 : inverseLn2F64, { high: 1, low: 0 });

export const log10 = (x: Expr): Expr =>
  x.type === "f32"
    ? logToBase(x, inverseLn10F32, log10of2F32)
    : logToBase(x, inverseLn10F64, log10of2F64);

/** k·base + log(1 + f)·scale; products of first parts are exact, so that few roundings count. */
function logToBase(x: Expr, scale: Parts, base: Parts): Expr {
  const { k, m } = splitExponent(x);
  const { f, h, rest } = logParts(sub(m, 1));
  const high = topHalf(sub(f, h));
  const low = add(sub(sub(f, high), h), rest);
  const product = mul(high, scale.high);
  const small = add(mul(add(low, high), scale.low), mul(low, scale.high));
  const whole = mul(k, base.high);
  const sum = add(whole, product);
  const lost = add(sub(whole, sum), product);
  const tail = base.low === 0 ? add(lost, small) : add(add(lost, mul(k, base.low)), small);
  return atEdgesOfLog(x, add(sum, tail));
}

const inverseLn2F32: Parts = { high: 1.4423828125, low: 0.00031222839606925845 };
const inverseLn2F64: Parts = { high: 1.4426950216293335, low: 1.9259629911266175e-8 };
const inverseLn10F32: Parts = { high: 0.4342041015625, low: 9.038033749675378e-5 };
const inverseLn10F64: Parts = { high: 0.4342944771051407, low: 4.798111141615973e-9 };
const log10of2F32: Parts = { high: 0.301025390625, low: 4.605039066518657e-6 };
const log10of2F64: Parts = { high: 0.3010299950838089, low: 5.801722962879576e-10 };
