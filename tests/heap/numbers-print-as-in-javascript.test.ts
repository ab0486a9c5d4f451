// A number that a compiled model prints must read as it does where the model runs plainly, digit for digit.

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { HeapFunction } from "#glim/compiler/loop/heap.js";
import { Heap, runs } from "./heap.ts";
import { edgeNumbers, RandomNumbers } from "./random-numbers.ts";

const heap = new Heap();

function print(name: HeapFunction, ...args: readonly number[]): string {
  const s = heap.call(name, ...args);
  const text = heap.read(s) ?? "nothing";
  heap.release(s);
  return text;
}

/** The first numbers for which `own` and `oracle` differ. */
function differences(
  numbers: Iterable<number>,
  own: (x: number) => string,
  oracle: (x: number) => string,
): string[] {
  const found: string[] = [];
  for (const x of numbers) {
    const [is, due] = [own(x), oracle(x)];
    if (is !== due && found.length < 10) found.push(`${is} for ${due}`);
  }
  expect(heap.call("usedBytes")).toBe(0);
  return found;
}

const random = new RandomNumbers();

describe("String(x)", () => {
  const compare = (numbers: Iterable<number>): void => {
    expect(differences(numbers, (x) => print("numToStr", x), String)).toEqual([]);
  };

  test("of any bits", () => compare(random.many(runs(100_000), (r) => r.bits())));
  test("of integers of any size", () => compare(random.many(runs(50_000), (r) => r.integer())));
  test("of short decimals", () => compare(random.many(runs(50_000), (r) => r.decimal())));
  test("of numbers between 0 and 1", () => compare(random.many(runs(20_000), (r) => r.unit())));
  test("of f32 numbers", () => compare(random.many(runs(20_000), (r) => Math.fround(r.bits()))));
  test("of powers and their neighbours", () => compare(edgeNumbers()));
});

describe("the other forms", () => {
  const numbers = fc.oneof(
    fc.double(),
    fc.constantFrom(...edgeNumbers()),
    fc.double({ min: -1e6, max: 1e6 }),
    fc.integer(),
    fc.tuple(fc.integer({ min: -1e6, max: 1e6 }), fc.nat(8)).map(([n, k]) => n / 10 ** k),
    // Halves of the last digit.
    fc.tuple(fc.nat(1e6), fc.nat(12)).map(([n, k]) => (2 * n + 1) / 2 ** k),
  );
  const digits = fc.oneof(fc.nat(100), fc.nat(25), fc.nat(6), fc.nat(3));

  const compares = (
    name: HeapFunction,
    counts: fc.Arbitrary<number>,
    oracle: (x: number, count: number) => string,
  ): void =>
    test(name, () => {
      fc.assert(
        fc.property(numbers, counts, (x, count) => {
          expect(print(name, x, count)).toBe(oracle(x, count));
        }),
        { numRuns: runs(20_000) },
      );
      expect(heap.call("usedBytes")).toBe(0);
    });

  compares("numToFixed", digits, (x, n) => x.toFixed(n));
  compares("numToExponential", digits, (x, n) => x.toExponential(n));
  compares(
    "numToPrecision",
    digits.map((n) => n || 1),
    (x, n) => x.toPrecision(n),
  );
  compares("numToExponentialShort", fc.constant(0), (x) => x.toExponential());
  compares("numToRadix", fc.integer({ min: 2, max: 36 }), (x, n) => x.toString(n));

  test("numbers just above and below a digit's half round as they lie", () => {
    for (const [x, n] of [
      [1.005, 2],
      [1.45, 1],
      [8.345, 2],
      [0.5, 0],
      [1.5, 0],
      [2.5, 0],
      [0.05, 1],
      [0.04999999999999999, 1],
      [999.9999, 2],
      [9.995, 2],
      [-0.0000001, 2],
      [-0, 2],
      [1e21, 3],
      [123456789012345680000, 2],
      [5e-324, 100],
    ] as const)
      expect(print("numToFixed", x, n)).toBe(x.toFixed(n));
  });

  test("counts of digits are read as JavaScript reads them", () => {
    for (const n of [Number.NaN, -0.5, 0.9, 2.9, 100.9]) {
      expect(print("numToFixed", 2.65432, n)).toBe((2.65432).toFixed(n));
      expect(print("numToExponential", 2.65432, n)).toBe((2.65432).toExponential(n));
    }
    for (const x of [Number.NaN, Infinity, -Infinity])
      for (const name of ["numToPrecision", "numToExponential"] as const)
        expect(print(name, x, 1000)).toBe(String(x));
  });

  test("counts and bases out of range fail", () => {
    const fails = (name: HeapFunction, n: number): boolean => {
      const fresh = new Heap();
      return fresh.failureOf(() => fresh.call(name, 1.5, n)) === 6;
    };
    for (const n of [-1, 101, Infinity, -Infinity]) {
      expect(fails("numToFixed", n)).toBe(true);
      expect(fails("numToExponential", n)).toBe(true);
      expect(fails("numToPrecision", n)).toBe(true);
    }
    expect(fails("numToPrecision", 0)).toBe(true);
    for (const n of [0, 1, 1.9, 37, -2, Number.NaN, Infinity])
      expect(fails("numToRadix", n)).toBe(true);
  });
});
