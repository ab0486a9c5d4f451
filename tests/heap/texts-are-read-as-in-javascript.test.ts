// A weight or a setting that is given as text must become the same bits everywhere.

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { HeapFunction } from "#glim/compiler/loop/heap.js";
import { Heap, runs } from "./heap.ts";
import { edgeNumbers, RandomNumbers } from "./random-numbers.ts";

const heap = new Heap();

function read(name: HeapFunction, text: string, ...args: readonly number[]): number {
  const s = heap.text(text);
  const value = heap.call(name, s, ...args);
  heap.release(s);
  return value;
}

/** Texts that are read as another number than JavaScript reads. */
function differences(texts: Iterable<string>): string[] {
  const found: string[] = [];
  for (const text of texts) {
    const own = read("strToNum", text);
    if (!Object.is(own, Number(text)) && found.length < 10) found.push(`${own} for ${text}`);
  }
  expect(heap.call("usedBytes")).toBe(0);
  return found;
}

const random = new RandomNumbers();

function* texts(count: number, one: (r: RandomNumbers) => string): Iterable<string> {
  for (let i = 0; i < count; i++) yield one(random);
}

const digits = (r: RandomNumbers, count: number): string => {
  let all = "";
  while (all.length < count) all += String(r.word()).padStart(10, "0");
  return all.slice(0, count);
};

/** All digits of the number in the middle between `x` ≥ 0 and the next. */
function middleAfter(x: number): string {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, x);
  const bits = view.getBigUint64(0);
  const exponent = Number(bits >> 52n);
  const significand = (bits & ((1n << 52n) - 1n)) | (exponent === 0 ? 0n : 1n << 52n);
  // (2 f + 1) × 2^e
  const e = Math.max(exponent, 1) - 1076;
  const odd = 2n * significand + 1n;
  return e >= 0 ? String(odd << BigInt(e)) : `${odd * 5n ** BigInt(-e)}e${e}`;
}

describe("Number(text)", () => {
  const agrees = (all: Iterable<string>): void => expect(differences(all)).toEqual([]);

  test("of the digits of any bits", () => agrees(texts(runs(80_000), (r) => String(r.bits()))));

  test("of up to 25 digits", () =>
    agrees(
      texts(
        runs(80_000),
        (r) => `${digits(r, r.below(12))}.${digits(r, r.below(13))}e${r.below(680) - 340}`,
      ),
    ));

  test("of short decimals", () =>
    agrees(texts(runs(40_000), (r) => `${r.below(1e6)}e${r.below(50) - 25}`)));

  test("of edges", () => agrees(edgeNumbers().flatMap((x) => [String(x), x.toExponential(25)])));

  test("of middles between numbers, and of texts just above and below", () => {
    const all = function* (): Iterable<string> {
      const numbers = [0, 5e-324, 2 ** -1022, 2 ** -1022 - 5e-324, 1, 2 ** 53, Number.MAX_VALUE];
      for (const x of [...numbers, ...random.many(runs(300), (r) => Math.abs(r.bits()))]) {
        if (!(x <= Number.MAX_VALUE)) continue;
        const [odd = "", exponent = "0"] = middleAfter(x).split("e");
        const e = Number(exponent);
        yield `${odd}e${e}`;
        yield `${BigInt(odd) - 1n}e${e}`;
        for (const zeros of [1, 40, 800]) yield `${odd}${"0".repeat(zeros)}1e${e - zeros - 1}`;
        yield `${BigInt(odd) - 1n}${"9".repeat(900)}e${e - 900}`;
      }
    };
    agrees(all());
  });

  test("of hundreds and thousands of digits", () => {
    agrees(
      texts(runs(2000), (r) => {
        const length = 1 + r.below(1500);
        return `0.${"0".repeat(r.below(300))}${digits(r, length)}e${r.below(300)}`;
      }),
    );
    agrees([
      `${"0".repeat(5000)}1${"0".repeat(400)}e-400`,
      `0.${"0".repeat(5000)}1e5001`,
      `1${"0".repeat(5000)}e-5000`,
      `${"9".repeat(309)}`,
      `${"9".repeat(308)}`,
      `1e${"9".repeat(400)}`,
      `1e-${"9".repeat(400)}`,
      `0e${"9".repeat(400)}`,
      `1e${"0".repeat(400)}5`,
    ]);
  });

  const marks = fc.constantFrom(..."0123456789.eE+-xXoObBfF_ n\n\u00a0\u180e", "Infinity", "NaN");

  test("of texts that are almost numbers", () => {
    const text = fc.array(marks, { maxLength: 8 }).map((all) => all.join(""));
    fc.assert(
      fc.property(text, (value) => {
        expect(read("strToNum", value)).toBe(Number(value));
        expect(read("parseFloat", value)).toBe(Number.parseFloat(value));
        for (const base of [0, 2, 8, 10, 16, 36])
          expect(read("parseInt", value, base)).toBe(Number.parseInt(value, base));
      }),
      { numRuns: runs(10_000) },
    );
    agrees(
      [
        ["", " ", "\ufeff\n12\u2029", "+", "-", ".", "e5", ".e5", "5.", ".5", "5.e3", "1e", "1e+"],
        ["+Infinity", "-Infinity", "infinity", "Infinityx", "0x", "0x1g", "-0x10", "0X1F", "0b12"],
        ["0o17", "0O8", "0b", "00x1", "1_000", "1n", "0.0", "-0", "-0.0e9", "1 2", "NaN", "0e0"],
      ].flat(),
    );
  });

  test("of hexadecimal, octal and binary digits beyond 53 bits", () => {
    const inBase = (mark: string, base: number) => (r: RandomNumbers) => {
      let all = `0${mark}`;
      const length = 1 + r.below(r.below(10) === 0 ? 300 : 64);
      // Runs of zeros make middles.
      for (let i = 0; i < length; i++)
        all += r.below(3) === 0 ? r.below(base).toString(base) : r.below(30) === 0 ? "1" : "0";
      return all;
    };
    agrees(texts(runs(5000), inBase("x", 16)));
    agrees(texts(runs(5000), inBase("O", 8)));
    agrees(texts(runs(5000), inBase("b", 2)));
    agrees([`0x${"f".repeat(256)}`, `0x${"f".repeat(257)}`, `0x${"f".repeat(255)}7`]);
  });
});

describe("parseFloat and parseInt", () => {
  const tail = fc.constantFrom("", " ", "px", "e", "e+", ".", "..5", "x", "\u2028");
  const number = fc.oneof(
    fc.double().map(String),
    fc.integer().map(String),
    fc.constant("Infinity"),
  );

  test("parseFloat reads what a text begins with", () => {
    fc.assert(
      fc.property(fc.constantFrom("", " ", "\u3000", "+", "-"), number, tail, (a, b, c) => {
        expect(read("parseFloat", a + b + c)).toBe(Number.parseFloat(a + b + c));
      }),
      { numRuns: runs(3000) },
    );
  });

  test("parseInt reads digits of any base, as many as there are", () => {
    const base = fc.oneof(
      fc.integer({ min: 0, max: 40 }),
      fc.constantFrom(Number.NaN, Infinity, -1, 16.9, 2 ** 32 + 16, 2 ** 31, -(2 ** 32) + 10),
    );
    const start = fc.constantFrom("", " \n", "-", "+", "0x", "-0X", "0");
    const body = fc
      .array(fc.constantFrom(..."0123456789abcdefghijxyzAFZ"), { maxLength: 30 })
      .map((all) => all.join(""));
    const text = fc.tuple(start, fc.oneof(body, number), tail).map((all) => all.join(""));
    fc.assert(
      fc.property(text, base, (value, radix) => {
        expect(read("parseInt", value, radix)).toBe(Number.parseInt(value, radix));
      }),
      { numRuns: runs(10_000) },
    );
  });

  test("parseInt of many decimal digits is correctly rounded", () => {
    for (const text of texts(runs(3000), (r) => digits(r, 1 + r.below(330))))
      if (read("parseInt", text, 10) !== Number(text)) expect(text).toBe("read as Number reads it");
  });
});
