// Weights trained elsewhere must arrive unchanged, and what Glim writes must open elsewhere.

import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { dtypeSize, fileDTypes, type RawTensor } from "#glim/runtime/files/raw-tensor.js";
import { parseSafetensors, writeSafetensors } from "#glim/runtime/files/safetensors.js";
import { shared } from "../shared-material.ts";
import { decodeBytes, references, referenceTensor } from "./tensor-file-material.ts";

const headerOf = (file: Uint8Array): string => {
  const length = Number(new DataView(file.buffer).getBigUint64(0, true));
  return new TextDecoder().decode(file.subarray(8, 8 + length));
};

const zeros = (dtype: RawTensor["dtype"], ...shape: number[]): RawTensor => ({
  dtype,
  shape,
  data: new Uint8Array(shape.reduce((a, b) => a * b, dtypeSize(dtype))),
});

describe("reading", () => {
  test("a file of the reference library, with every dtype, a scalar and an empty tensor", () => {
    const { tensors, metadata } = parseSafetensors(decodeBytes(references.safetensors.file));
    const expected = Object.entries(references.safetensors.tensors);
    expect(new Map(tensors)).toEqual(new Map(expected.map(([k, t]) => [k, referenceTensor(t)])));
    expect([...metadata]).toEqual([["format", "pt"]]);
  });

  test("gives views of the file, at any alignment, also of a Node Buffer", () => {
    const reference = decodeBytes(references.safetensors.file);
    const buffer = Buffer.concat([Buffer.from("abc"), reference]).subarray(3);
    const scalar = parseSafetensors(buffer).tensors.get("scalar")!;
    expect(scalar.data.buffer).toBe(buffer.buffer);
    expect(scalar.data.constructor).toBe(Uint8Array);
    expect([...scalar.data]).toEqual([0, 0, 0x80, 0x3f]);
  });

  test("from shared memory", () => {
    const reference = decodeBytes(references.safetensors.file);
    const bytes = new Uint8Array(new SharedArrayBuffer(reference.length));
    bytes.set(reference);
    expect(parseSafetensors(bytes).tensors.size).toBe(15);
  });

  const mlp = shared("models/mnist/mlp.safetensors");
  test.skipIf(mlp === undefined)("the MNIST perceptron, in the order of its state_dict", () => {
    const { tensors, metadata } = parseSafetensors(readFileSync(mlp!));
    const shapes = [...tensors].map(([name, t]) => `${name} ${t.dtype} [${t.shape}]`);
    expect(shapes).toEqual([
      "fc1.weight f32 [128,784]",
      "fc1.bias f32 [128]",
      "fc2.weight f32 [10,128]",
      "fc2.bias f32 [10]",
    ]);
    expect(metadata.size).toBe(0);
  });

  const stories = shared("models/stories260K.safetensors");
  test.skipIf(stories === undefined)("stories260K, with its metadata", () => {
    const { tensors, metadata } = parseSafetensors(readFileSync(stories!));
    expect(tensors.get("layers.0.attention.wk.weight")?.shape).toEqual([32, 64]);
    expect(metadata.get("tied")).toBe("output.weight=tok_embeddings.weight");
  });
});

describe("writing", () => {
  test("sorts by falling element size then name, and begins the data at a multiple of 64", () => {
    const file = writeSafetensors(
      new Map([
        ["b", zeros("u8", 3)],
        ["z", zeros("f64", 1)],
        ["a", zeros("f16", 1)],
        ["c", zeros("f32", 2, 1)],
        ["b2", zeros("i32")],
      ]),
      [
        ["two", "2"],
        ["one", "1"],
      ],
    );
    expect(headerOf(file).trimEnd()).toBe(
      '{"__metadata__":{"one":"1","two":"2"},' +
        '"z":{"dtype":"F64","shape":[1],"data_offsets":[0,8]},' +
        '"b2":{"dtype":"I32","shape":[],"data_offsets":[8,12]},' +
        '"c":{"dtype":"F32","shape":[2,1],"data_offsets":[12,20]},' +
        '"a":{"dtype":"F16","shape":[1],"data_offsets":[20,22]},' +
        '"b":{"dtype":"U8","shape":[3],"data_offsets":[22,25]}}',
    );
    expect((8 + headerOf(file).length) % 64).toBe(0);
  });

  test("no tensors gives the smallest file", () => {
    const file = writeSafetensors([]);
    expect(file.length).toBe(64);
    expect(headerOf(file)).toBe("{}".padEnd(56));
    expect(parseSafetensors(file).tensors.size).toBe(0);
  });

  test("keeps names that an object would reorder, hide or escape", () => {
    const names = ["10", "9", "__proto__", 'a"b\\', "\ufeffé🙂\u2028\n", ""];
    const file = writeSafetensors(names.map((name) => [name, zeros("u8", 1)]));
    expect([...parseSafetensors(file).tensors.keys()].sort()).toEqual([...names].sort());
  });

  test.each([
    "models/mnist/mlp.safetensors",
    "models/mnist/lenet.safetensors",
    "models/stories260K.safetensors",
  ])("%s survives being written again", (path) => {
    const found = shared(path);
    if (found === undefined) return;
    const { tensors, metadata } = parseSafetensors(readFileSync(found));
    const again = parseSafetensors(writeSafetensors(tensors, metadata));
    expect([...again.tensors.keys()].sort()).toEqual([...tensors.keys()].sort());
    for (const [name, t] of tensors) {
      const { dtype, shape, data } = again.tensors.get(name)!;
      expect({ dtype, shape }).toEqual({ dtype: t.dtype, shape: t.shape });
      expect(Buffer.compare(data, t.data)).toBe(0);
    }
    expect(new Map(again.metadata)).toEqual(new Map(metadata));
  });

  test("anything written is read back, whatever the order of its entries", () => {
    const name = fc.string({ unit: "grapheme" }).filter((s) => s !== "__metadata__");
    const tensor = fc
      .record({
        dtype: fc.constantFrom(...fileDTypes),
        shape: fc.array(fc.nat(3), { maxLength: 4 }),
      })
      .chain(({ dtype, shape }) => {
        const length = shape.reduce((a, b) => a * b, dtypeSize(dtype));
        const data = fc.uint8Array({ minLength: length, maxLength: length });
        return data.map((bytes): RawTensor => ({ dtype, shape, data: bytes }));
      });
    const entries = fc.uniqueArray(fc.tuple(name, tensor), { selector: ([key]) => key });
    const texts = fc.uniqueArray(fc.tuple(name, name), { selector: ([key]) => key });
    fc.assert(
      fc.property(entries, texts, (tensors, metadata) => {
        const file = writeSafetensors(tensors, metadata);
        const back = parseSafetensors(file);
        expect(new Map(back.tensors)).toEqual(new Map(tensors));
        expect(new Map(back.metadata)).toEqual(new Map(metadata));
        for (const { dtype, data } of back.tensors.values()) {
          expect(data.byteOffset % dtypeSize(dtype)).toBe(0);
        }
        expect(writeSafetensors([...tensors].reverse(), [...metadata].reverse())).toEqual(file);
      }),
      { numRuns: 200 },
    );
  });
});
