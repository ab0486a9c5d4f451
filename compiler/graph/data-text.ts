/**
 * Text of a tensor's elements: all of them when there are few, one when they are the same, else a
 * digest, whose data the parser must be given.
 */

import { fnv64 } from "../ops/fnv64.ts";
import { type DType, elementArrays, isValueOf } from "../ops/types.ts";
import type { TensorData } from "./ir.ts";
import type { Scanner } from "./scanner.ts";

/** Up to so many bytes are written out. */
const writtenBytes = 64;

const canonicalNaN = 0x7fc00000;
const canonicalNaN64 = 0x7ff8000000000000n;

export const bytesOfData = (data: TensorData): Uint8Array =>
  new Uint8Array(data.buffer, data.byteOffset, data.byteLength);

/** The elements' bit patterns. */
function bitsOf({ buffer, byteOffset, length, BYTES_PER_ELEMENT }: TensorData) {
  if (BYTES_PER_ELEMENT === 8) return new BigUint64Array(buffer, byteOffset, length);
  return BYTES_PER_ELEMENT === 4
    ? new Uint32Array(buffer, byteOffset, length)
    : new Uint8Array(buffer, byteOffset, length);
}

/** The same bits in words of at most 32: numbers, which compare faster than BigInts. */
const wordsOf = (data: TensorData): Uint32Array | Uint8Array =>
  data.BYTES_PER_ELEMENT < 4
    ? bytesOfData(data)
    : new Uint32Array(data.buffer, data.byteOffset, data.byteLength / 4);

/** Whether elements of `dtype` are given so: u8 and bool both are as a Uint8Array. */
export const isDataOf = (data: TensorData, dtype: DType): boolean =>
  data instanceof elementArrays[dtype];

export const makeData = (dtype: DType, length: number): TensorData =>
  new elementArrays[dtype](length);

/** Two tensors' elements, which are of one dtype, are the same bits. */
export function equalData(a: TensorData, b: TensorData): boolean {
  if (a.length !== b.length) return false;
  if (a.buffer === b.buffer && a.byteOffset === b.byteOffset) return true;
  const [x, y] = [wordsOf(a), wordsOf(b)];
  for (let i = 0; i < x.length; i++) if (x[i] !== y[i]) return false;
  return true;
}

/** `fnv64:` and the 16 hexadecimal digits of the bytes' hash. */
export function digestOf(data: TensorData): string {
  const [low, high] = fnv64(bytesOfData(data));
  return `fnv64:${[high, low].map((word) => word.toString(16).padStart(8, "0")).join("")}`;
}

/** A double so that it reads back: JavaScript's text, and `-0`. */
export const printNumber = (x: number): string => (Object.is(x, -0) ? "-0" : String(x));

/** The shortest decimal that rounds to the f32 `x`; an unusual NaN by its bits. */
function printF32(x: number, bits: number): string {
  if (Number.isNaN(x)) return bits === canonicalNaN ? "NaN" : `0x${bits.toString(16)}`;
  if (Math.abs(x) < 2 ** 24 && Number.isInteger(x)) return printNumber(x);
  if (!Number.isFinite(x)) return String(x);
  for (let digits = 1; digits < 9; digits++) {
    const short = Number(x.toPrecision(digits));
    if (Math.fround(short) === x) return printNumber(short);
  }
  return printNumber(Number(x.toPrecision(9)));
}

/** JavaScript's shortest text; an unusual NaN by its bits. */
const printF64 = (x: number, bits: bigint): string =>
  Number.isNaN(x) && bits !== canonicalNaN64 ? `0x${bits.toString(16)}` : printNumber(x);

export function printData(data: TensorData): string {
  const bits = bitsOf(data);
  const element = (i: number): string => {
    if (data instanceof Float32Array) return printF32(data[i]!, Number(bits[i]));
    return data instanceof Float64Array ? printF64(data[i]!, BigInt(bits[i]!)) : String(data[i]);
  };
  if (data.byteLength <= writtenBytes) {
    return `[${Array.from(data, (_, i) => element(i)).join(", ")}]`;
  }
  const bytes = bytesOfData(data);
  const isSame = bytes.every((b, i) => b === bytes[i % data.BYTES_PER_ELEMENT]);
  return isSame ? `all ${element(0)}` : digestOf(data);
}

export interface DataSource {
  readonly dtype: DType;
  /** How many elements the type has; undefined when it depends on named sizes. */
  readonly length: number | undefined;
  /** The data that a digest stands for. */
  readonly given: TensorData | undefined;
}

/** Reads what `printData` writes. */
export function parseData(s: Scanner, source: DataSource): TensorData {
  const from = s.place;
  if (s.sees("[")) {
    const elements = s.list("[", "]", () => parseElement(s, source.dtype));
    return fromBits(source.dtype, elements);
  }
  if (s.takeWord("all")) {
    if (source.length === undefined) s.fail("`all` needs a type of known size", from);
    const element = parseElement(s, source.dtype);
    s.space();
    const elements = new Array<number | bigint>(source.length).fill(element);
    return fromBits(source.dtype, elements);
  }
  const digest = s.token(/fnv64:[0-9a-f]{16}/y, "elements, `all` or a digest");
  s.space();
  if (!source.given) s.fail(`the data of ${digest} was left out: give it to parseGraph`, from);
  const found = digestOf(source.given);
  if (found !== digest) s.fail(`the data given has digest ${found}`, from);
  return source.given;
}

/** One element's bit pattern. */
function parseElement(s: Scanner, dtype: DType): number | bigint {
  const from = s.place;
  const long = dtype === "f64" ? s.match(/0x[0-9a-f]{16}/y) : undefined;
  if (long !== undefined) return BigInt(long);
  const hex = s.match(/0x[0-9a-f]{8}/y);
  if (hex !== undefined) return Number(hex);
  const value = parseNumber(s);
  if (dtype === "f32") {
    return Number.isNaN(value)
      ? canonicalNaN
      : new Uint32Array(new Float32Array([value]).buffer)[0]!;
  }
  if (dtype === "f64") {
    return Number.isNaN(value)
      ? canonicalNaN64
      : new BigUint64Array(new Float64Array([value]).buffer)[0]!;
  }
  if (dtype === "bool" && value !== 0 && value !== 1) s.fail("a bool is 0 or 1", from);
  if (!isValueOf(value, dtype)) s.fail(`${value} is not an ${dtype}`, from);
  return value >>> 0;
}

export function parseNumber(s: Scanner): number {
  const digits = /-?(?:Infinity|\d+(?:\.\d+)?(?:e[+-]?\d+)?)|NaN/y;
  return Number(s.token(digits, "a number"));
}

function fromBits(dtype: DType, elements: readonly (number | bigint)[]): TensorData {
  const data = makeData(dtype, elements.length);
  const bits = bitsOf(data);
  if (bits instanceof BigUint64Array) bits.set(elements.map(BigInt));
  else bits.set(elements.map(Number));
  return data;
}
