// MNIST comes as idx files, big-endian and usually still compressed.

import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { parseIdx } from "#glim/runtime/files/idx.js";
import { toTypedArray } from "#glim/runtime/files/widen.js";
import { shared } from "../shared-material.ts";
import { refusal } from "./tensor-file-material.ts";

const idx = (...bytes: number[]): Uint8Array => Uint8Array.from(bytes);

describe("reading", () => {
  test("bytes, as a view", () => {
    const file = idx(0, 0, 8, 2, 0, 0, 0, 2, 0, 0, 0, 3, 1, 2, 3, 4, 5, 6);
    const { dtype, shape, data } = parseIdx(file);
    expect({ dtype, shape, data: [...data] }).toEqual({
      dtype: "u8",
      shape: [2, 3],
      data: [1, 2, 3, 4, 5, 6],
    });
    expect(data.buffer).toBe(file.buffer);
  });

  test.each([
    [0x09, "i8", [0xfe], "i8", -2],
    [0x0b, "i16", [0xff, 0xfe], "i32", -2],
    [0x0c, "i32", [0x01, 0x02, 0x03, 0x04], "i32", 0x01020304],
    [0x0d, "f32", [0x3f, 0xc0, 0, 0], "f32", 1.5],
    [0x0e, "f64", [0x3f, 0xf8, 0, 0, 0, 0, 0, 0], "f64", 1.5],
  ])("the code %i is %s, turned from big-endian", (code, stored, bytes, computed, value) => {
    const t = parseIdx(idx(0, 0, code, 1, 0, 0, 0, 1, ...bytes));
    expect(t.dtype).toBe(stored);
    const { dtype, data } = toTypedArray(t);
    expect({ dtype, data: [...data] }).toEqual({ dtype: computed, data: [value] });
  });

  const images = shared("data/t10k-images.gz");
  const labels = shared("data/t10k-labels-idx1-ubyte");
  test.skipIf(images === undefined || labels === undefined)("MNIST's test digits", () => {
    expect(parseIdx(gunzipSync(readFileSync(images!))).shape).toEqual([10_000, 28, 28]);
    const digits = parseIdx(readFileSync(labels!));
    expect([...digits.data.subarray(0, 5)]).toEqual([7, 2, 1, 0, 4]);
    expect(refusal(() => parseIdx(readFileSync(images!)))).toBe(
      "not an idx file: it is gzip data: decompress it first",
    );
  });
});

describe("a bad file is refused", () => {
  const cutOff = "it was cut off; download it again";
  test.each([
    [idx(0, 0, 8), "the file is 3 bytes long; an idx file begins with 4"],
    [idx(1, 2, 8, 1), "not an idx file: it begins with 0x01 0x02, not with two zeros"],
    [
      idx(0, 0, 10, 1),
      "byte 2 is 0x0a, not the code of a dtype; those read are " +
        "0x08 (u8), 0x09 (i8), 0x0b (i16), 0x0c (i32), 0x0d (f32), 0x0e (f64)",
    ],
    [idx(0, 0, 8, 65), "byte 3 says that the array has 65 dimensions; at most 64 are read"],
    [idx(0, 0, 8, 2, 0), `the file ends after 5 bytes, its header alone ends at 12: ${cutOff}`],
    [
      idx(0, 0, 8, 1, 0, 0, 1, 0),
      `the file ends after 8 bytes, its header promises 264: ${cutOff}`,
    ],
    [
      idx(0, 0, 14, 2, 255, 255, 255, 255, 255, 255, 255, 255),
      "the array has the shape [4294967295,4294967295], too large for any memory",
    ],
    [
      idx(0, 0, 8, 1, 0, 0, 0, 1, 7, 7, 7),
      "the file has 2 bytes after byte 9, where its header says it ends",
    ],
  ])("%o", (file, message) => {
    expect(refusal(() => parseIdx(file))).toBe(message);
  });
});
