// "Same bits everywhere" begins with reading weights: f16 and bf16 must widen without any change.

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { FileDType, RawTensor } from "#glim/runtime/files/raw-tensor.js";
import { narrowToBf16, narrowToF16, toTypedArray } from "#glim/runtime/files/widen.js";
import { refusal } from "./tensor-file-material.ts";

const bytesOf = (a: ArrayBufferView): Uint8Array =>
  new Uint8Array(a.buffer, a.byteOffset, a.byteLength);

const vector = (dtype: FileDType, values: ArrayBufferView, length: number): RawTensor => ({
  dtype,
  shape: [length],
  data: bytesOf(values),
});

const everyHalf = Uint16Array.from({ length: 65_536 }, (_, half) => half);

/** What the bits of a half mean, by the definition of the format. */
function meaning(half: number, exponentBits: number): number {
  const mantissaBits = 15 - exponentBits;
  const bias = 2 ** (exponentBits - 1) - 1;
  const sign = half >> 15 ? -1 : 1;
  const exponent = (half >> mantissaBits) & (2 ** exponentBits - 1);
  const mantissa = half & (2 ** mantissaBits - 1);
  if (exponent === 2 ** exponentBits - 1) return mantissa === 0 ? sign * Infinity : NaN;
  const fraction = mantissa / 2 ** mantissaBits;
  return exponent === 0
    ? sign * fraction * 2 ** (1 - bias)
    : sign * (1 + fraction) * 2 ** (exponent - bias);
}

describe.each([
  { dtype: "f16", exponentBits: 5, narrow: narrowToF16, largest: 0x7bff, infinity: 0x7c00 },
  { dtype: "bf16", exponentBits: 8, narrow: narrowToBf16, largest: 0x7f7f, infinity: 0x7f80 },
] as const)("$dtype", ({ dtype, exponentBits, narrow, largest, infinity }) => {
  const widened = toTypedArray(vector(dtype, everyHalf, 65_536)).data;
  const narrowHalves = (values: Float32Array) => new Uint16Array(narrow(values).buffer);

  test("every value widens to what its bits mean", () => {
    expect(widened).toBeInstanceOf(Float32Array);
    expect(everyHalf.findIndex((h) => !Object.is(widened[h], meaning(h, exponentBits)))).toBe(-1);
  });

  test("every value, every NaN too, survives widening and narrowing", () => {
    expect(narrowHalves(new Float32Array(widened.buffer))).toEqual(everyHalf);
  });

  // Rounding changes only at the middle between two neighbours, so that these three values per
  // pair of neighbours show that it is right everywhere.
  test("narrowing rounds to nearest, ties to even, on both sides of every middle", () => {
    const values: number[] = [];
    const expected: number[] = [];
    for (let half = 0; half <= largest; half++) {
      const low = meaning(half, exponentBits);
      // The neighbour of the largest is where the next one would be, and rounds to infinity.
      const high =
        half === largest
          ? 2 * low - meaning(half - 1, exponentBits)
          : meaning(half + 1, exponentBits);
      const [before, middle, after] = around((low + high) / 2);
      const even = half & 1 ? half + 1 : half;
      values.push(before, middle, after, -before, -middle, -after);
      expected.push(half, even, half + 1, half | 0x8000, even | 0x8000, (half + 1) | 0x8000);
    }
    expect(largest + 1).toBe(infinity);
    const found = narrowHalves(Float32Array.from(values));
    const wrong = expected.findIndex((h, i) => h !== found[i]);
    expect(wrong < 0 ? "all right" : `${values[wrong]} gives ${found[wrong]}`).toBe("all right");
  });

  test("infinities and NaNs stay such", () => {
    const bits = Uint32Array.of(0x7f800000, 0xff800000, 0x7f800001, 0xff800001, 0x7fffffff);
    const [inf, negative, ...nans] = narrowHalves(new Float32Array(bits.buffer));
    expect([inf, negative]).toEqual([infinity, infinity | 0x8000]);
    expect(nans.map((h) => meaning(h, exponentBits))).toEqual([NaN, NaN, NaN]);
  });

  test("any f32 becomes the nearest value", () => {
    fc.assert(
      fc.property(fc.float({ noNaN: true, noDefaultInfinity: true }), (x) => {
        const half = narrowHalves(Float32Array.of(x))[0]!;
        const error = Math.abs(meaning(half, exponentBits) - x);
        const size = half & 0x7fff;
        for (const other of [size - 1, size + 1]) {
          if (other < 0 || size >= infinity || other >= infinity) continue;
          const distance = Math.abs(meaning(other | (half & 0x8000), exponentBits) - x);
          expect(distance).toBeGreaterThanOrEqual(error);
        }
      }),
      { numRuns: 2000 },
    );
  });
});

/** A positive f32 with its two neighbours. */
function around(middle: number): readonly [number, number, number] {
  const value = Float32Array.of(middle);
  expect(value[0]).toBe(middle);
  const bits = new Uint32Array(value.buffer)[0]!;
  const neighbours = new Float32Array(Uint32Array.of(bits - 1, bits + 1).buffer);
  return [neighbours[0]!, middle, neighbours[1]!];
}

describe("whole numbers", () => {
  const edges = [0, 1, -1, 2 ** 31 - 1, -(2 ** 31)];
  const values = (t: RawTensor) => {
    const { dtype, data } = toTypedArray(t);
    return { dtype, data: [...data] };
  };

  test("i64, u32 and u64 become i32 where they fit", () => {
    const i64 = vector("i64", BigInt64Array.from(edges, BigInt), 5);
    expect(values(i64)).toEqual({ dtype: "i32", data: edges });
    const natural = [0, 1, 2 ** 31 - 1];
    const u64 = vector("u64", BigUint64Array.from(natural, BigInt), 3);
    expect(values(u64)).toEqual({ dtype: "i32", data: natural });
    expect(values(vector("u32", Uint32Array.from(natural), 3))).toEqual({
      dtype: "i32",
      data: natural,
    });
  });

  const range = "outside the range of i32, -2,147,483,648 to 2,147,483,647";
  test.each([
    ["i64", BigInt64Array.of(0n, 2n ** 31n), `element 1 is 2,147,483,648, ${range}`],
    ["i64", BigInt64Array.of(-(2n ** 31n) - 1n, 0n), `element 0 is -2,147,483,649, ${range}`],
    [
      "u64",
      BigUint64Array.of(0n, 2n ** 64n - 1n),
      `element 1 is 18,446,744,073,709,551,615, ${range}`,
    ],
    ["u64", BigUint64Array.of(2n ** 31n, 0n), `element 0 is 2,147,483,648, ${range}`],
    ["u32", Uint32Array.of(0, 2 ** 32 - 1), `element 1 is 4,294,967,295, ${range}`],
    ["bool", Uint8Array.of(1, 2), "element 1 is 2; a bool is stored as 0 or 1"],
  ] as const)("%s %o is refused", (dtype, stored, message) => {
    expect(refusal(() => toTypedArray(vector(dtype, stored, 2)))).toBe(message);
  });

  test("i16 and u16 become i32; i8, u8 and bool stay", () => {
    expect(values(vector("i16", Int16Array.of(-32768, 32767), 2))).toEqual({
      dtype: "i32",
      data: [-32768, 32767],
    });
    expect(values(vector("u16", Uint16Array.of(0, 65535), 2))).toEqual({
      dtype: "i32",
      data: [0, 65535],
    });
    expect(values(vector("i8", Int8Array.of(-128, 127), 2))).toEqual({
      dtype: "i8",
      data: [-128, 127],
    });
    expect(values(vector("u8", Uint8Array.of(0, 255), 2))).toEqual({ dtype: "u8", data: [0, 255] });
    expect(values(vector("bool", Uint8Array.of(0, 1), 2))).toEqual({ dtype: "bool", data: [0, 1] });
  });
});

describe("alignment", () => {
  const stored = Float64Array.of(1.5, -2.5);

  test("aligned data are viewed, others copied, also from a Node Buffer", () => {
    const aligned = toTypedArray(vector("f64", stored, 2));
    expect(aligned.data.buffer).toBe(stored.buffer);
    const shifted = Buffer.concat([Buffer.from("abc"), bytesOf(stored)]);
    for (const buffer of [shifted, Buffer.concat([Buffer.from("a"), shifted])]) {
      const data = buffer.subarray(buffer.length - 16);
      const result = toTypedArray({ dtype: "f64", shape: [2], data });
      expect([...result.data]).toEqual([1.5, -2.5]);
    }
  });

  test("bytes that do not fit the shape are refused", () => {
    expect(refusal(() => toTypedArray(vector("f64", stored, 3)))).toBe(
      "the tensor holds 16 bytes, but f64 of shape [3] takes 24",
    );
  });
});
