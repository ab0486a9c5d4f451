// `.npy` is how tensors travel between Glim's command line and Python: both must mean the same.

import { describe, expect, test } from "vitest";
import { parseNpy, writeNpy } from "#glim/runtime/files/npy.js";
import {
  decodeBytes,
  latin1,
  npyBytes,
  references,
  referenceTensor,
  refusal,
} from "./tensor-file-material.ts";

describe("reading what NumPy wrote", () => {
  const { npy, fortran, versions } = references;
  test.each([...npy, ...fortran, ...versions])("$name", (reference) => {
    expect(parseNpy(decodeBytes(reference.file))).toEqual(referenceTensor(reference));
  });

  test("gives a view of the file", () => {
    const file = decodeBytes(references.npy[0]!.file);
    expect(parseNpy(file).data.buffer).toBe(file.buffer);
  });

  test("in any order of keys, with any byte-order mark on single bytes", () => {
    const file = npyBytes(`{"shape":(2,),"fortran_order":True,"descr":">u1"}`, 2);
    expect(parseNpy(file)).toEqual({ dtype: "u8", shape: [2], data: new Uint8Array(2) });
  });
});

describe("writing", () => {
  test.each(references.npy)("the very bytes of NumPy: $name", (reference) => {
    expect(writeNpy(referenceTensor(reference))).toEqual(decodeBytes(reference.file));
  });

  test("refuses what NumPy cannot hold", () => {
    const data = new Uint8Array(2);
    expect(refusal(() => writeNpy({ dtype: "bf16", shape: [1], data }))).toBe(
      "NumPy has no bf16; widen the tensor to f32 first",
    );
    expect(refusal(() => writeNpy({ dtype: "f16", shape: [2], data }))).toBe(
      "the tensor holds 2 bytes, but f16 of shape [2] takes 4",
    );
  });
});

describe("a bad file is refused", () => {
  const dtypes = "f8, f4, f2, i8, i4, i2, i1, u8, u4, u2, u1, b1";
  const [bigEndian, complex, structured] = references.refused;
  test.each([
    [bigEndian!, `byte 20: the descr is ">f4", which is big-endian; save it with a.astype("<f4")`],
    [complex!, `byte 20: the descr is "<c8"; the dtypes read are ${dtypes}`],
    [
      structured!,
      "byte 20: the array is structured; save each of its fields as an array of its own",
    ],
  ])("$name", (reference, message) => {
    expect(refusal(() => parseNpy(decodeBytes(reference.file)))).toBe(message);
  });

  test.each([
    ["", "not a .npy file: it does not begin with \\x93NUMPY and is 0 bytes long"],
    [
      "PK\x03\x04 and more",
      "not a .npy file: it is a zip archive, as PyTorch's .pt and NumPy's .npz are",
    ],
    ["\x93NUMPY\x04\0", "the .npy version is 4.0 (byte 6); 1.0, 2.0 and 3.0 are read"],
    [
      "\x93NUMPY\x01\0",
      "the file ends after 8 bytes, its header alone ends at 10: it was cut off; download it again",
    ],
    [
      "\x93NUMPY\x02\0\xff\xff\xff\xff{",
      "the file ends after 13 bytes, its header alone ends at 4,294,967,307: " +
        "it was cut off; download it again",
    ],
  ])("%j", (text, message) => {
    expect(refusal(() => parseNpy(latin1(text)))).toBe(message);
  });

  const header = (shape: string, order = "False", descr = "'<f4'") =>
    `{'descr': ${descr}, 'fortran_order': ${order}, 'shape': ${shape}, }`;
  test.each([
    ["[]", 'byte 10: expected "{" to open the header, found "["'],
    ["{}", "the header has no descr, the array's dtype"],
    ["{'descr':'<f4'}", "the header has no fortran_order"],
    ["{'descr':'<f4','fortran_order':False}", "the header has no shape"],
    ["{'descr':'<f4','descr':'<f4'}", 'byte 25: the key "descr" appears twice'],
    ["{'strides':(1,)}", 'byte 11: the header has the unknown key "strides"'],
    ["{descr:'<f4'}", 'byte 11: expected a string for a key of the header, found "d"'],
    ["{'descr' '<f4'}", `byte 19: expected ":" after the key "descr", found "'"`],
    ["{'descr':'<f4' 'shape'", `byte 25: expected "}" or a comma in the header, found "'"`],
    ["{'de\\x73cr':'<f4'}", 'byte 14: expected the end of a key of the header, found "\\"'],
    [
      header("(3,)", "False", "'=f4'"),
      'byte 20: the descr is "=f4", which has no byte order; save it with a.astype("<f4")',
    ],
    [header("(3,)", "False", "'|O'"), `byte 20: the descr is "|O"; the dtypes read are ${dtypes}`],
    [header("(3,)", "None"), 'byte 44: expected True or False for fortran_order, found "N"'],
    [header("3"), 'byte 60: expected "(" to open the shape, found "3"'],
    [header("(3)"), 'byte 62: expected "," after the only size of the shape, found ")"'],
    [header("(3 4)"), 'byte 63: expected "," after the only size of the shape, found "4"'],
    [header("(3, 4 5)"), 'byte 66: expected ")" or a comma in the shape, found "5"'],
    [header("(3L,)"), 'byte 62: expected "," after the only size of the shape, found "L"'],
    [
      header("(-1,)"),
      "byte 61: a size of the shape is -1; it must be a whole number from 0 to 9,007,199,254,740,991",
    ],
    [
      header(`(${"1,".repeat(65)})`),
      "byte 189: the shape has more than 64 sizes, the most that are read",
    ],
    [
      header("(4294967296, 4294967296)", "True"),
      "the array has the shape [4294967296,4294967296], too large for any memory",
    ],
    [
      `${header("()")}x`,
      'byte 65: expected only white space after the header\'s last brace, found "x"',
    ],
    [
      header("(1000000000,)", "True"),
      "the file ends after 83 bytes, its header promises 4,000,000,075: it was cut off; download it again",
    ],
    [header("()"), "the file has 4 bytes after byte 69, where its header says it ends"],
  ])("%s", (text, message) => {
    expect(refusal(() => parseNpy(npyBytes(text, 8)))).toBe(message);
  });
});
