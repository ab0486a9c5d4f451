// Weights come from the network: a damaged or hostile file must be named as such, and why.

import { describe, expect, test } from "vitest";
import { parseSafetensors, writeSafetensors } from "#glim/runtime/files/safetensors.js";
import { latin1, refusal, safetensorsBytes } from "./tensor-file-material.ts";

const entry = (dtype: string, shape: string, offsets: string): string =>
  `{"dtype":${dtype},"shape":${shape},"data_offsets":${offsets}}`;

const of = (header: string, dataLength: number) => () =>
  parseSafetensors(safetensorsBytes(header, dataLength));

/** The refusal of one tensor named a, whose fields are these, in a file with 8 bytes of data. */
const ofTensor = (dtype: string, shape = "[2]", offsets = "[0,8]"): string =>
  refusal(of(`{"a":${entry(dtype, shape, offsets)}}`, 8));

const a = entry('"F32"', "[2]", "[0,8]");
const most = "9,007,199,254,740,991";

describe("the prefix", () => {
  test.each([
    [
      "",
      "the file is 0 bytes long; a safetensors file begins with 8 that give its header's length",
    ],
    [
      "\0\0\0",
      "the file is 3 bytes long; a safetensors file begins with 8 that give its header's length",
    ],
    [
      "<!DOCTYPE html><html>",
      "not a safetensors file: it is a web page or XML: what was downloaded is not the file",
    ],
    [
      "version https://git-lfs.github.com/spec/v1\noid sha256:1\nsize 2\n",
      "not a safetensors file: it is a Git LFS pointer, not the file itself: run `git lfs pull`",
    ],
    [
      "\x1f\x8b\x08\0\0\0\0\0\0\x03",
      "not a safetensors file: it is gzip data: decompress it first",
    ],
    [
      "\x01\xe1\xf5\x05\0\0\0\0{",
      "not a safetensors file: its header would take 100,000,001 bytes; at most 100,000,000 are allowed",
    ],
    ["\x04\0\0\0\0\0\0\0 {} ", 'not a safetensors file: byte 8 is 0x20, not the "{" of a header'],
    ["\0\0\0\0\0\0\0\0", 'byte 8: expected "{" to open the header, found the header\'s end'],
  ])("%j", (text, message) => {
    expect(refusal(() => parseSafetensors(latin1(text)))).toBe(message);
  });

  test("a file cut off in its header, or in its data", () => {
    const file = safetensorsBytes(`{"a":${entry('"F32"', "[101816]", "[0,407264]")}}`, 407_264);
    const cut = (length: number) => refusal(() => parseSafetensors(file.subarray(0, length)));
    expect(cut(40)).toBe(
      "the file ends after 40 bytes, its header alone ends at 72: it was cut off; download it again",
    );
    expect(cut(1000)).toBe(
      "the file ends after 1,000 bytes, its header promises 407,336: it was cut off; download it again",
    );
  });
});

describe("the header's syntax", () => {
  test.each([
    ['{"a":', 'byte 13: expected "{" to open tensor "a", found the header\'s end'],
    ["{a:1}", 'byte 9: expected a quotation mark to open a key of the header, found "a"'],
    ['{"a" 1}', 'byte 13: expected ":" after the key "a", found "1"'],
    ['{"a":[]}', 'byte 13: expected "{" to open tensor "a", found "["'],
    [`{"a":${a},}`, 'byte 62: expected a quotation mark to open a key of the header, found "}"'],
    [`{"a":${a} "b"`, 'byte 62: expected "}" or a comma in the header, found a quotation mark'],
    [`{"a":${a}}x`, 'byte 62: expected only white space after the header\'s last brace, found "x"'],
    [
      `{"a":${a}}\0`,
      "byte 62: expected only white space after the header's last brace, found 0x00",
    ],
    ['{"a\nb":1}', "byte 11: expected the end of a key of the header, found 0x0a"],
    ['{"a', "byte 11: expected the end of a key of the header, found the header's end"],
    ['{"a\\', "byte 12: expected the end of a key of the header, found the header's end"],
    ['{"a\\x":1}', "byte 9: a key of the header has an escape that JSON does not know"],
    ['{"\\ud800":1}', "byte 9: a key of the header has half of a surrogate pair"],
  ])("%j", (header, message) => {
    expect(refusal(of(header, 8))).toBe(message);
  });

  test("a name that is not UTF-8", () => {
    const file = safetensorsBytes(`{"a":${a}}`, 8);
    file[10] = 0xff;
    expect(refusal(() => parseSafetensors(file))).toBe(
      "byte 10: a key of the header is not valid UTF-8",
    );
  });

  test("a duplicate key on any level, also if it is spelt with an escape", () => {
    expect(refusal(of(`{"a":${a},"\\u0061":${a}}`, 8))).toBe(
      'byte 62: the key "a" appears twice in the header, first at byte 9',
    );
    expect(refusal(of('{"a":{"dtype":"F32","dtype":"F32"}}', 8))).toBe(
      'byte 28: the key "dtype" appears twice in tensor "a", first at byte 14',
    );
    expect(refusal(of('{"__metadata__":{"k":"1","k":"1"}}', 0))).toBe(
      'byte 33: the key "k" appears twice in __metadata__, first at byte 25',
    );
    expect(refusal(of('{"__metadata__":{},"__metadata__":{}}', 0))).toBe(
      'byte 27: the key "__metadata__" appears twice in the header, first at byte 9',
    );
  });

  test("metadata that is not text", () => {
    expect(refusal(of('{"__metadata__":{"k":1}}', 0))).toBe(
      'byte 29: expected a quotation mark to open the text of "k" in __metadata__, found "1"',
    );
  });

  test("a hostile name stays on one readable line", () => {
    expect(refusal(of(`{"\\n\u202e${"x".repeat(1000)}":1}`, 0))).toBe(
      `byte 1,017: expected "{" to open tensor "\\n\\u202e${"x".repeat(78)}…", found "1"`,
    );
  });
});

describe("a tensor's fields", () => {
  test("a missing or unknown one", () => {
    expect(refusal(of('{"a":{}}', 8))).toBe('byte 13: tensor "a" has no dtype');
    expect(refusal(of('{"a":{"dtype":"F32"}}', 8))).toBe('byte 13: tensor "a" has no shape');
    expect(refusal(of('{"a":{"dtype":"F32","shape":[]}}', 8))).toBe(
      'byte 13: tensor "a" has no data_offsets',
    );
    expect(refusal(of('{"a":{"strides":[1]}}', 8))).toBe(
      'byte 14: tensor "a" has the unknown key "strides"',
    );
  });

  test("an unknown dtype", () => {
    expect(ofTensor('"F8_E4M3"')).toBe(
      'byte 22: tensor "a" has the dtype "F8_E4M3"; ' +
        "those read are F64, F32, F16, BF16, I64, I32, I16, I8, U64, U32, U16, U8, BOOL",
    );
    expect(ofTensor('"f32"')).toMatch(/^byte 22: tensor "a" has the dtype "f32"; those read are/);
    expect(ofTensor("4")).toBe(
      'byte 22: expected a quotation mark to open the dtype of tensor "a", found "4"',
    );
  });

  test.each([
    ["-1", "-1"],
    ["1.0", "1.0"],
    ["1e3", "1e3"],
    ["01", "01"],
    ["9007199254740992", "9007199254740992"],
    ["1".repeat(50), `${"1".repeat(40)}…`],
  ])("a size of %s", (size, found) => {
    expect(ofTensor('"F32"', `[${size}]`)).toBe(
      `byte 37: a size of tensor "a" is ${found}; it must be a whole number from 0 to ${most}`,
    );
  });

  test("a shape or offsets that are no list of numbers", () => {
    expect(ofTensor('"F32"', '["2"]')).toBe(
      'byte 37: expected a whole number for a size of tensor "a", found a quotation mark',
    );
    expect(ofTensor('"F32"', "2")).toBe(
      'byte 36: expected "[" to open the list that gives a size of tensor "a", found "2"',
    );
    expect(ofTensor('"F32"', "[2 3]")).toBe(
      'byte 39: expected "]" or a comma after a size of tensor "a", found "3"',
    );
    expect(ofTensor('"F32"', "[2]", "[0]")).toBe('byte 13: tensor "a" has 1 of its 2 data_offsets');
    expect(ofTensor('"F32"', "[2]", "[0,8,9]")).toBe(
      'byte 60: an offset of tensor "a" comes after 2 others, the most allowed',
    );
  });

  test("too many dimensions, or too many elements", () => {
    expect(ofTensor('"F32"', `[${"1,".repeat(64)}1]`)).toBe(
      'byte 165: a size of tensor "a" comes after 64 others, the most allowed',
    );
    const huge = "4294967296";
    expect(ofTensor('"F32"', `[${huge},${huge}]`)).toBe(
      `tensor "a" has the shape [${huge},${huge}], too large for any memory`,
    );
    expect(ofTensor('"F32"', `[0,${huge},${huge}]`, "[0,0]")).toBe(
      `tensor "a" has the shape [0,${huge},${huge}], too large for any memory`,
    );
  });
});

describe("the layout", () => {
  test("offsets that do not fit the shape, or run backwards", () => {
    expect(ofTensor('"F32"', "[3]")).toBe(
      'tensor "a" has the data_offsets [0 to 8], but f32 of shape [3] takes 12 bytes',
    );
    expect(ofTensor('"U8"', "[]", "[8,0]")).toBe(
      'tensor "a" has the data_offsets [8 to 0], but u8 of shape [] takes 1 byte',
    );
  });

  test("an overlap", () => {
    const header = `{"b":${entry('"F32"', "[2]", "[4,12]")},"a":${a}}`;
    expect(refusal(of(header, 12))).toBe(
      'tensor "b" with the data_offsets [4 to 12] overlaps tensor "a"',
    );
    const inside = `{"a":${a},"none":${entry('"F32"', "[0]", "[4,4]")}}`;
    expect(refusal(of(inside, 8))).toBe(
      'tensor "none" with the data_offsets [4 to 4] overlaps tensor "a"',
    );
  });

  test("a hole", () => {
    const header = `{"a":${a},"b":${entry('"F32"', "[1]", "[12,16]")}}`;
    expect(refusal(of(header, 16))).toBe(
      'the data bytes 8 to 12 belong to no tensor; tensor "b" comes next',
    );
  });

  test("bytes after the last tensor", () => {
    expect(refusal(of(`{"a":${a}}`, 9))).toBe(
      "the file has 1 byte after byte 70, where its header says it ends",
    );
    expect(refusal(of("{}", 5))).toBe(
      "the file has 5 bytes after byte 10, where its header says it ends",
    );
  });
});

describe("writing refuses", () => {
  const one = { dtype: "f32", shape: [1], data: new Uint8Array(4) } as const;
  const write = (...args: Parameters<typeof writeSafetensors>) =>
    refusal(() => writeSafetensors(...args));

  test("what could not be read back", () => {
    expect(write([["a", { ...one, shape: [2] }]])).toBe(
      'tensor "a" holds 4 bytes, but f32 of shape [2] takes 8',
    );
    expect(write([["a", { ...one, shape: [-1] }]])).toBe(
      'tensor "a" has the shape [-1]; a size is a whole number from 0',
    );
    expect(write([["__metadata__", one]])).toBe('no tensor may have the name "__metadata__"');
    expect(
      write([
        ["a", one],
        ["a", one],
      ]),
    ).toBe('the name "a" is given twice for a file');
    expect(write([["\ud800", one]])).toBe('the name "\\ud800" has half of a surrogate pair');
    expect(write([], [["k", "\udfff"]])).toBe(
      'the text of "k" in __metadata__ has half of a surrogate pair',
    );
  });
});
