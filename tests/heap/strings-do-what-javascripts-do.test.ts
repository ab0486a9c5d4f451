// A compiled model must build the texts that the same program builds when it is run plainly.

import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { HeapFunction } from "#glim/compiler/loop/heap.js";
import { Heap, runs } from "./heap.ts";

const heap = new Heap();
let before = 0;

beforeEach(() => {
  before = heap.call("usedBytes");
});
// What strings take is all given back when their last reference goes.
afterEach(() => {
  expect(heap.call("usedBytes")).toBe(before);
});

/** Lone and paired surrogates, white space of all kinds, what `replace` reads, and the usual. */
const unit = fc.oneof(
  fc.constantFrom(..."aAbzZ0 $&`'<é中,", "\u{1f600}", "\ud83d", "\ude00", "\u2028", "\ufeff", "\n"),
  fc.integer({ min: 0, max: 0xffff }).map((code) => String.fromCharCode(code)),
);
const text = fc.array(unit, { maxLength: 12 }).map((units) => units.join(""));
/** Texts that often lie in each other. */
const bit = fc
  .array(fc.constantFrom("a", "b", "$&", "$", "'"), { maxLength: 4 })
  .map((a) => a.join(""));
const position = fc.oneof(
  fc.integer({ min: -15, max: 15 }),
  fc.double({ min: -20, max: 20 }),
  fc.constantFrom(Number.NaN, -0, 0.5, -0.5, Infinity, -Infinity, 2 ** 31, -(2 ** 40), 2 ** 32 + 1),
);

type Value = string | number;

/** Runs `name` with texts made into strings, and gives up all references that it had to. */
function call<T>(name: HeapFunction, args: readonly Value[], take: (result: number) => T): T {
  const given = args.map((a) => (typeof a === "string" ? heap.text(a) : a));
  const result = take(heap.call(name, ...given));
  for (const [i, a] of args.entries()) if (typeof a === "string") heap.release(given[i]!);
  return result;
}

function takeText(s: number): string | undefined {
  const value = heap.read(s);
  heap.release(s);
  return value;
}

function takeTexts(list: number): (string | undefined)[] {
  const values = heap.readTexts(list);
  heap.releaseTexts(list);
  return values;
}

const asNumber = (x: number): number => x;
const asBoolean = (x: number): boolean => x !== 0;

/** Compares `name` with `oracle` on what the arbitraries draw. */
function compares<A extends readonly Value[], T>(
  name: HeapFunction,
  arbitraries: { [K in keyof A]: fc.Arbitrary<A[K]> },
  take: (result: number) => T,
  oracle: (...args: A) => T,
): void {
  test(name, () => {
    fc.assert(
      fc.property(fc.tuple(...arbitraries), (args) => {
        // @ts-expect-error fast-check's tuple loses that its elements are those of A
        const of: A = args;
        expect(call(name, of, take)).toEqual(oracle(...of));
      }),
      { numRuns: runs(2000) },
    );
  });
}

const two = fc.oneof(fc.tuple(text, text), fc.tuple(bit, bit));

function comparesTexts<T>(
  name: HeapFunction,
  take: (result: number) => T,
  oracle: (s: string, t: string) => T,
): void {
  test(name, () => {
    fc.assert(
      fc.property(two, ([s, t]) => {
        expect(call(name, [s, t], take)).toEqual(oracle(s, t));
        expect(call(name, [s, s], take)).toEqual(oracle(s, s));
      }),
      { numRuns: runs(2000) },
    );
  });
}

describe("whole strings", () => {
  comparesTexts("strConcat", takeText, (s, t) => s + t);
  comparesTexts("strEqual", asBoolean, (s, t) => s === t);
  comparesTexts("strCompare", asNumber, (s, t) => (s < t ? -1 : s > t ? 1 : 0));
  compares("strLength", [text], asNumber, (s) => s.length);
  compares("strTrim", [text], takeText, (s: string) => s.trim());
  compares("strTrimStart", [text], takeText, (s: string) => s.trimStart());
  compares("strTrimEnd", [text], takeText, (s: string) => s.trimEnd());
  compares("strChars", [text], takeTexts, (s: string) => [...s]);
  compares("boolToStr", [fc.integer({ min: 0, max: 1 })], takeText, (b: number) => String(b === 1));

  test("every unit is white space where JavaScript says so", () => {
    const wrong: number[] = [];
    for (let code = 0; code < 0x10000; code++) {
      const s = `${String.fromCharCode(code)}x`;
      if (call("strTrimStart", [s], takeText) !== s.trimStart()) wrong.push(code);
    }
    expect(wrong).toEqual([]);
  });

  test("strEqual sees a difference in any unit", () => {
    for (let length = 1; length < 40; length++)
      for (let at = 0; at < length; at++) {
        const s = "x".repeat(length);
        const t = `${s.slice(0, at)}y${s.slice(at + 1)}`;
        expect(call("strEqual", [s, t], asBoolean)).toBe(false);
        expect(call("strCompare", [s, t], asNumber)).toBe(-1);
      }
  });

  test("strHash is FNV-1a of the units, and kept", () => {
    const fnv = (s: string): number => {
      let hash = 0x811c9dc5 | 0;
      for (let i = 0; i < s.length; i++) hash = Math.imul(hash ^ s.charCodeAt(i), 0x01000193);
      return hash === 0 ? 1 : hash;
    };
    fc.assert(
      fc.property(text, (value) => {
        const s = heap.text(value);
        expect([1, 2].map(() => heap.call("strHash", s))).toEqual([fnv(value), fnv(value)]);
        expect(heap.view.getInt32(s + 12, true)).toBe(fnv(value));
        heap.release(s);
      }),
    );
  });

  test("strings that are never freed are not changed", () => {
    const s = heap.text("fixed");
    heap.view.setInt32(s, -1, true);
    const bytes = new Uint8Array(heap.memory.buffer, s, 32);
    const old = bytes.slice();
    heap.call("strHash", s);
    heap.call("retain", s);
    expect(heap.call("strSlice", s, 0, Infinity)).toBe(s);
    heap.call("free", s);
    expect(bytes).toEqual(old);
    heap.view.setInt32(s, 1, true);
    heap.release(s);
  });
});

describe("units and code points", () => {
  compares("strAt", [text, position], takeText, (s: string, i: number) => s[i]);
  compares("strCharAt", [text, position], takeText, (s: string, i: number) => s.charAt(i));
  compares("strCodeAt", [text, position], asNumber, (s: string, i: number) => s.charCodeAt(i));
  compares(
    "strCodePointAt",
    [text, position],
    asNumber,
    (s: string, i: number) => s.codePointAt(i) ?? -1,
  );
  const code = fc.oneof(fc.integer(), fc.double(), position);
  compares("strFromCode", [code], takeText, (c: number) => String.fromCharCode(c));

  test("strNextPoint", () => {
    fc.assert(
      fc.property(text, (value) => {
        const s = heap.text(value);
        let at = 0;
        for (const point of value) {
          expect(takeText(heap.call("strNextPoint", s, at))).toBe(point);
          at += point.length;
        }
        heap.release(s);
      }),
    );
  });

  test("strFromCodePoint", () => {
    const point = fc.oneof(fc.integer({ min: -5, max: 0x110005 }), position);
    fc.assert(
      fc.property(point, (p) => {
        const isPoint = Number.isInteger(p) && p >= 0 && p <= 0x10ffff;
        if (isPoint) expect(call("strFromCodePoint", [p], takeText)).toBe(String.fromCodePoint(p));
        else expect(heap.failureOf(() => heap.call("strFromCodePoint", p))).toBe(7);
      }),
      { numRuns: runs(1000) },
    );
  });
});

describe("parts", () => {
  compares("strSlice", [text, position, position], takeText, (s: string, a: number, b: number) =>
    s.slice(a, b),
  );
  compares(
    "strSubstring",
    [text, position, position],
    takeText,
    (s: string, a: number, b: number) => s.substring(a, b),
  );

  const padding = fc.integer({ min: -5, max: 40 });
  compares("strPadStart", [text, padding, text], takeText, (s: string, n: number, fill: string) =>
    s.padStart(n, fill),
  );
  compares("strPadEnd", [text, padding, text], takeText, (s: string, n: number, fill: string) =>
    s.padEnd(n, fill),
  );
  const count = fc.oneof(fc.integer({ min: 0, max: 30 }), fc.constantFrom(-0.9, 2.9, Number.NaN));
  compares("strRepeat", [text, count], takeText, (s: string, n: number) => s.repeat(n));
});

describe("searching", () => {
  const three = fc.oneof(fc.tuple(text, text, position), fc.tuple(bit, bit, position));
  const searches: readonly (readonly [
    HeapFunction,
    (s: string, t: string, at: number) => number | boolean,
  ])[] = [
    ["strIndexOf", (s, t, at) => s.indexOf(t, at)],
    ["strLastIndexOf", (s, t, at) => s.lastIndexOf(t, at)],
    ["strIncludes", (s, t, at) => s.includes(t, at)],
    ["strStarts", (s, t, at) => s.startsWith(t, at)],
    ["strEnds", (s, t, at) => s.endsWith(t, at)],
  ];
  for (const [name, oracle] of searches)
    test(name, () => {
      fc.assert(
        fc.property(three, fc.nat(12), ([s, t, at], cut) => {
          for (const sought of [t, s.slice(cut), s.slice(0, cut), s.slice(cut, cut + 2)])
            expect(call(name, [s, sought, at], Number)).toBe(Number(oracle(s, sought, at)));
        }),
        { numRuns: runs(2000) },
      );
    });
});

describe("replacing, splitting and joining", () => {
  const three = fc.oneof(fc.tuple(text, text, text), fc.tuple(bit, bit, bit));

  test("strReplace and strReplaceAll fill in the patterns of the new text", () => {
    fc.assert(
      fc.property(three, fc.nat(5), ([s, t, u], cut) => {
        for (const sought of [t, s.slice(cut, cut + 1), s.slice(0, cut), ""]) {
          expect(call("strReplace", [s, sought, u], takeText)).toBe(s.replace(sought, u));
          expect(call("strReplaceAll", [s, sought, u], takeText)).toBe(s.replaceAll(sought, u));
        }
      }),
      { numRuns: runs(3000) },
    );
  });

  test("strSplit", () => {
    const limit = fc.oneof(fc.constant(2 ** 32 - 1), fc.integer({ min: -3, max: 6 }), position);
    fc.assert(
      fc.property(three, limit, fc.nat(5), ([s, t], most, cut) => {
        for (const by of [t, s.slice(cut, cut + 1), ""])
          expect(call("strSplit", [s, by, most], takeTexts)).toEqual(s.split(by, most));
      }),
      { numRuns: runs(3000) },
    );
  });

  test("strJoin takes slots without an object as empty", () => {
    const texts = fc.array(fc.option(text, { nil: undefined }), { maxLength: 8 });
    fc.assert(
      fc.property(texts, text, (values, separator) => {
        const list = heap.call("listNew", 0, 8);
        for (const value of values) {
          const s = value === undefined ? 0 : heap.text(value);
          heap.view.setInt32(heap.call("listPush", list, 8), s, true);
        }
        const between = heap.text(separator);
        expect(takeText(heap.call("strJoin", list, between))).toBe(values.join(separator));
        heap.release(between);
        heap.releaseTexts(list);
      }),
      { numRuns: runs(1000) },
    );
  });
});

describe("case", () => {
  /** Whether a unit alone changes in either case, or is part of a letter that does. */
  const hasCase = (s: string): boolean => s.toUpperCase() !== s || s.toLowerCase() !== s;

  test("ASCII letters change, what has no case stays, and nothing is mapped wrongly", () => {
    const own = new Heap();
    const mapped = (name: HeapFunction, s: string): string | undefined | number => {
      const given = own.text(s);
      let result: string | undefined;
      const failure = own.failureOf(() => {
        const changed = own.call(name, given);
        result = own.read(changed);
        own.release(changed);
      });
      own.release(given);
      return failure === 0 ? result : failure;
    };
    let refused = 0;
    const wrong: string[] = [];
    for (let point = 0; point < 0x110000; point += point < 0x10000 ? 1 : 17) {
      const s = String.fromCodePoint(point);
      const [upper, lower] = [mapped("strUpper", s), mapped("strLower", s)];
      const isRefused = upper === 3 && lower === 3 && point > 0x7f;
      const isRight = upper === s.toUpperCase() && lower === s.toLowerCase();
      if (isRefused) refused++;
      if (!isRefused && !isRight) wrong.push(s);
      if (point > 0x7f && hasCase(s) && !isRefused) wrong.push(s);
    }
    expect(wrong).toEqual([]);
    // A call that fails leaves nothing behind either.
    expect(own.call("usedBytes")).toBe(0);
    expect(refused).toBeGreaterThan(2000);
    expect(mapped("strUpper", "straße")).toBe(3);
    expect(mapped("strUpper", "5 €: 灯")).toBe("5 €: 灯");
    expect(mapped("strUpper", "glim 灯 😀")).toBe("GLIM 灯 😀");
  });
});

describe("failures", () => {
  const failing = (name: HeapFunction, ...args: readonly Value[]): number => {
    const fresh = new Heap();
    const given = args.map((a) => (typeof a === "string" ? fresh.text(a) : a));
    return fresh.failureOf(() => fresh.call(name, ...given));
  };

  test("a text longer than 2^29 units", () => {
    expect(failing("strRepeat", "ab", 2 ** 29)).toBe(2);
    expect(failing("strPadEnd", "ab", 2 ** 30, "x")).toBe(2);
    expect(failing("strNew", 2 ** 29 + 1)).toBe(2);
    expect(failing("strNew", -1)).toBe(2);
    const many = "a".repeat(40_000);
    expect(failing("strReplaceAll", many, "", "$`")).toBe(2);
  });

  test("a count that repeat does not take", () => {
    for (const n of [-1, -5.5, Infinity, -Infinity]) expect(failing("strRepeat", "a", n)).toBe(4);
    expect(failing("strRepeat", "", Infinity)).toBe(4);
    expect(failing("strRepeat", "", 2 ** 40)).toBe(0);
  });
});
