// Packages come from strangers: whatever the bytes, the reader gives a package whose header and program
// agree, or a FileFormatError with a reason. For a longer run: GLIM_RUNS=100000, and GLIM_SEED to repeat one.

import fc from "fast-check";
import { beforeAll, expect, test } from "vitest";
import { fnv64 } from "#glim/compiler/ops/fnv64.js";
import { FileFormatError } from "#glim/runtime/files/file-format-error.js";
import { readPackage } from "#glim/runtime/package/read-package.js";
import { packageText, source } from "./sample-package.ts";

const runs = Number(process.env.GLIM_RUNS ?? 1000);
const seed = Number(process.env.GLIM_SEED ?? Date.now() % 2 ** 31);
const settings = { numRuns: runs, seed };

let whole: Uint8Array;
let dataStart = 0;
beforeAll(async () => {
  whole = (await packageText(source)).bytes;
  dataStart = 8 + Number(new DataView(whole.buffer).getBigUint64(0, true));
  console.log(`seed ${seed}, ${runs} runs of each property`);
});

/** Why the file is refused; undefined if it is not. All else throws. */
function reasonOf(file: Uint8Array): string | undefined {
  try {
    readPackage(file);
    return undefined;
  } catch (error) {
    if (!(error instanceof FileFormatError)) throw error;
    expect(error.message).toMatch(/^[\x20-\x7e\u00a0-\u{10ffff}]{10,2000}$/u);
    return error.message;
  }
}

/** The file with one word of its program changed. */
function withWord(index: number, value: number): Uint8Array {
  const file = whole.slice();
  new DataView(file.buffer).setUint32(dataStart + index * 4, value, true);
  return file;
}

test("each field of the head is checked", () => {
  expect(reasonOf(whole)).toBeUndefined();
  expect(reasonOf(withWord(0, 1))).toMatch(/does not begin with "glimprog"/);
  expect(reasonOf(withWord(2, 9))).toMatch(/version 9 of the format; versions 2 to \d+ are read/);
  expect(reasonOf(withWord(3, 64))).toMatch(/says that it is 64 bytes long/);
  expect(reasonOf(withWord(4, 1))).toMatch(/its hash differs/);
  expect(reasonOf(withWord(6, 3))).toMatch(/has 3 sections/);
  expect(reasonOf(withWord(8, 4))).toMatch(/section 0 .* has no such place/);
  expect(reasonOf(withWord(11, 2 ** 31))).toMatch(/section 1 .* has no such place/);
});

test("a header that says something else of a tensor is found, even if its hash is made right", () => {
  const text = new TextDecoder().decode(whole.subarray(8, dataStart));
  const changed = text.replace('"weight":{"dtype":"F32"', '"weight":{"dtype":"I32"');
  expect(changed).not.toBe(text);
  const file = whole.slice();
  file.set(new TextEncoder().encode(changed), 8);
  expect(reasonOf(file)).toMatch(/its hash differs/);
  const view = new DataView(file.buffer);
  fnv64(file.subarray(8, dataStart)).forEach((word, i) => {
    view.setUint32(dataStart + 16 + 4 * i, word, true);
  });
  expect(reasonOf(file)).toMatch(/differ about tensor "weight"/);
});

test("the hash is FNV-1a of 64 bits", () => {
  const words = (text: string) => fnv64(new TextEncoder().encode(text));
  expect(words("")).toEqual([0x84222325, 0xcbf29ce4]);
  expect(words("a")).toEqual([0x8601ec8c, 0xaf63dc4c]);
  expect(words("foobar")).toEqual([0xf73967e8, 0x85944171]);
});

test("every prefix and every lost byte of the first kilobyte is refused or read", () => {
  for (let at = 0; at < Math.min(whole.length, 1024); at++) {
    expect(reasonOf(whole.subarray(0, at))).toBeDefined();
    reasonOf(new Uint8Array(Buffer.concat([whole.subarray(0, at), whole.subarray(at + 1)])));
  }
});

test("blind damage to any bytes never crashes the reader", () => {
  const change = fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.nat(255));
  fc.assert(
    fc.property(
      fc.array(change, { minLength: 1, maxLength: 8 }),
      fc.boolean(),
      (changes, early) => {
        const file = whole.slice();
        const length = early ? dataStart + 256 : file.length;
        for (const [place, byte] of changes) file[Math.floor(place * (length - 1))] = byte;
        reasonOf(file);
      },
    ),
    settings,
  );
});
