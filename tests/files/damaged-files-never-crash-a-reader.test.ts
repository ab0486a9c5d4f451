// Tensor files come from strangers: whatever their bytes, a reader gives tensors that lie inside
// the file, or a FileFormatError, in little memory. For a longer run: GLIM_RUNS=100000, and
// GLIM_SEED to repeat one.

import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { type FileFormat, FileFormatError } from "#glim/runtime/files/file-format-error.js";
import { parseIdx } from "#glim/runtime/files/idx.js";
import { parseNpy, writeNpy } from "#glim/runtime/files/npy.js";
import { dtypeSize, type RawTensor } from "#glim/runtime/files/raw-tensor.js";
import { parseSafetensors, writeSafetensors } from "#glim/runtime/files/safetensors.js";
import { toTypedArray } from "#glim/runtime/files/widen.js";
import { build, plans, product, shapes } from "./safetensors-plan.ts";
import { decodeBytes, npyBytes, references } from "./tensor-file-material.ts";

const runs = Number(process.env.GLIM_RUNS ?? 1000);
const seed = Number(process.env.GLIM_SEED ?? Date.now() % 2 ** 31);
const timeout = 60_000 + runs * 20;
const settings = { numRuns: runs, seed };

beforeAll(() => console.log(`seed ${seed}, ${runs} runs of each property`));

/** What `read` returns, or undefined if it refuses the file properly. All else throws. */
function readOrRefuse<T>(format: FileFormat, file: Uint8Array, read: () => T): T | undefined {
  const before = process.memoryUsage();
  let result: T | undefined;
  try {
    result = read();
  } catch (error) {
    if (!(error instanceof FileFormatError)) throw error;
    expect(error.format).toBe(format);
    expect(error.message).toMatch(/^[\x20-\x7e\u00a0-\u{10ffff}]{10,2000}$/u);
    // What is in quotes is the file's own.
    const own = error.message.replace(/"(?:[^"\\]|\\.)*"/g, "");
    expect(own).not.toMatch(/[\u2028\u2029]|undefined|NaN|\[object/);
  }
  const after = process.memoryUsage();
  expect(after.arrayBuffers - before.arrayBuffers).toBeLessThan(1e6 + 4 * file.length);
  expect(after.heapUsed - before.heapUsed).toBeLessThan(8e6 + 400 * file.length);
  return result;
}

function expectSound(t: RawTensor): void {
  expect(t.data.length).toBe(product(t.shape) * dtypeSize(t.dtype));
  readOrRefuse("tensor", t.data, () => toTypedArray(t));
}

interface StoredEntry {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly data_offsets: readonly [number, number];
}

/** An accepted file says to `JSON.parse` what it says to Glim, and survives being written. */
function checkSafetensors(file: Uint8Array): boolean {
  const read = readOrRefuse("safetensors", file, () => parseSafetensors(file));
  if (read === undefined) return false;
  const start = 8 + Number(new DataView(file.buffer, file.byteOffset).getBigUint64(0, true));
  const header: Record<string, StoredEntry> = JSON.parse(
    new TextDecoder("utf-8", { fatal: true }).decode(file.subarray(8, start)),
  );
  const { __metadata__: metadata = {}, ...entries } = header;
  expect(new Map<string, unknown>(read.metadata)).toEqual(new Map(Object.entries(metadata)));
  expect([...read.tensors.keys()].sort()).toEqual(Object.keys(entries).sort());
  const ranges: [number, number][] = [];
  for (const [name, t] of read.tensors) {
    const { dtype, shape, data_offsets } = entries[name]!;
    expect([t.dtype.toUpperCase(), t.shape]).toEqual([dtype, shape]);
    expect(t.data.buffer).toBe(file.buffer);
    const begin = t.data.byteOffset - file.byteOffset - start;
    ranges.push([begin, begin + t.data.length]);
    expect(ranges.at(-1)).toEqual(data_offsets);
    expectSound(t);
  }
  ranges.sort(([a, b], [c, d]) => a - c || b - d);
  const begins = [...ranges.map(([begin]) => begin), file.length - start];
  expect(begins).toEqual([0, ...ranges.map(([, end]) => end)]);
  const again = parseSafetensors(writeSafetensors(read.tensors, read.metadata));
  expect(new Map(again.tensors)).toEqual(new Map(read.tensors));
  expect(new Map(again.metadata)).toEqual(new Map(read.metadata));
  return true;
}

function checkNpy(file: Uint8Array): boolean {
  const t = readOrRefuse("npy", file, () => parseNpy(file));
  if (t === undefined) return false;
  expectSound(t);
  expect(parseNpy(writeNpy(t))).toEqual(t);
  return true;
}

function checkIdx(file: Uint8Array): boolean {
  const t = readOrRefuse("idx", file, () => parseIdx(file));
  if (t === undefined) return false;
  expectSound(t);
  expect(4 + 4 * t.shape.length + t.data.length).toBe(file.length);
  return true;
}

const checkAll = (file: Uint8Array): void => {
  checkSafetensors(file);
  checkNpy(file);
  checkIdx(file);
};

const join = (...parts: Uint8Array[]): Uint8Array => new Uint8Array(Buffer.concat(parts));

/** A replacement of some bytes at a place, given as a fraction of the file. */
const edit = fc.record({
  place: fc.double({ min: 0, max: 1, noNaN: true }),
  removed: fc.oneof(fc.constantFrom(0, 1, 1, 1, 8), fc.nat(200)),
  added: fc.oneof(
    fc.uint8Array({ maxLength: 4 }),
    fc.constantFrom(..."{}[](),:\"'\\019-.eE \n\0".split(""), "0,", "00", "[[", '"a":', "99999999"),
  ),
});

type Edit = typeof edit extends fc.Arbitrary<infer T> ? T : never;

function applyEdit(file: Uint8Array, { place, removed, added }: Edit): Uint8Array {
  const at = Math.floor(place * file.length);
  const middle = typeof added === "string" ? Buffer.from(added, "latin1") : added;
  return join(file.subarray(0, at), middle, file.subarray(at + removed));
}

/** Where the text of the header is. */
function headerRange(file: Uint8Array): readonly [number, number] | undefined {
  const view = new DataView(file.buffer, file.byteOffset, file.length);
  if (file[8] === 0x7b) return [8, 8 + view.getUint32(0, true)];
  if (file[10] === 0x7b) return [10, 10 + view.getUint16(8, true)];
  return file[12] === 0x7b ? [12, 12 + view.getUint32(8, true)] : undefined;
}

/** The file with another header, and the length that the file gives for it made right. */
function withHeader(file: Uint8Array, header: Uint8Array): Uint8Array {
  const [start, end] = headerRange(file)!;
  const changed = join(file.subarray(0, start), header, file.subarray(end));
  const view = new DataView(changed.buffer);
  if (start === 10) view.setUint16(8, header.length, true);
  else view.setUint32(start === 8 ? 0 : 8, header.length, true);
  return changed;
}

/** Places in the first bytes are tried as often as all the others. */
const edits = fc.array(
  fc.oneof(
    edit,
    edit.map((e) => ({ ...e, place: e.place / 20 })),
  ),
  { minLength: 1, maxLength: 6 },
);

describe("blind damage", () => {
  const idx = Uint8Array.of(0, 0, 11, 2, 0, 0, 0, 1, 0, 0, 0, 3, 1, 2, 3, 4, 5, 6);
  const vector: RawTensor = { dtype: "f32", shape: [1], data: Uint8Array.of(0, 0, 128, 63) };
  const flag: RawTensor = { dtype: "bool", shape: [1, 2], data: Uint8Array.of(1, 0) };
  const weights = writeSafetensors(
    [
      ["é", flag],
      ["f", vector],
    ],
    [["k", "v"]],
  );
  const whole = [
    references.safetensors,
    ...references.npy,
    ...references.fortran,
    ...references.versions,
    ...references.refused,
  ].map(({ file }) => decodeBytes(file));
  whole.push(idx, weights, writeSafetensors([]), new Uint8Array());

  test("to whole files of every format", { timeout }, () => {
    fc.assert(
      fc.property(fc.constantFrom(...whole), edits, (file, changes) => {
        checkAll(changes.reduce(applyEdit, file));
      }),
      settings,
    );
  });

  test("to the text of headers whose length is kept right", { timeout }, () => {
    const header = fc.constantFrom(...whole.filter((file) => headerRange(file)));
    fc.assert(
      fc.property(header, edits, (file, changes) => {
        const [start, end] = headerRange(file)!;
        checkAll(withHeader(file, changes.reduce(applyEdit, file.subarray(start, end))));
      }),
      settings,
    );
  });

  test("every prefix; every byte lost or doubled; every bit flipped", () => {
    for (const file of [weights, writeNpy(vector), idx]) {
      for (let at = 0; at < file.length; at++) {
        checkAll(file.subarray(0, at));
        checkAll(join(file.subarray(0, at), file.subarray(at + 1)));
        checkAll(join(file.subarray(0, at + 1), file.subarray(at)));
      }
      const [start, end] = headerRange(file) ?? [0, 0];
      for (let at = start; at < end; at++) {
        const [before, after] = [file.subarray(start, at), file.subarray(at, end)];
        checkAll(withHeader(file, join(before, after.subarray(1))));
        for (const added of [after[0]!, 0x20, 0x0a, 0x30, 0x2c]) {
          checkAll(withHeader(file, join(before, Uint8Array.of(added), after)));
        }
      }
      for (let bit = 0; bit < file.length * 8; bit++) {
        const damaged = file.slice();
        damaged[bit >> 3]! ^= 1 << (bit & 7);
        checkAll(damaged);
      }
    }
  });

  test("bytes that never were a file", { timeout }, () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 400 }), checkAll), settings);
  });
});

describe("damage to the meaning of a safetensors file", () => {
  test("is refused, and what is sound is accepted", { timeout }, () => {
    let accepted = 0;
    fc.assert(
      fc.property(plans, (plan) => {
        const { file, verdict } = build(plan);
        const wasAccepted = checkSafetensors(file);
        if (verdict !== undefined) expect(wasAccepted ? "accept" : "refuse").toBe(verdict);
        if (wasAccepted) accepted++;
      }),
      settings,
    );
    // Else the test would have tried nothing but refusals.
    expect(accepted).toBeGreaterThan(runs / 10);
  });
});

describe("damage to the meaning of a .npy file", () => {
  const descr = fc.constantFrom("<f4", "|u1", "|b1", "<f2", "<i8", ">f4", "<c8", "|O", "", "<f4'");
  const order = fc.constantFrom("True", "False", "False ", "true", "0");
  const comma = fc.constantFrom(",", ",", ", ", "", ",,");
  const by = fc.constantFrom(0, 0, 0, 0, -1, 1, 1000);
  const plan = fc.record({ descr, order, shape: shapes, comma, by });

  test("is refused, and what is sound is accepted", { timeout }, () => {
    let accepted = 0;
    fc.assert(
      fc.property(plan, (p) => {
        const header = `{'descr':'${p.descr}','fortran_order':${p.order},'shape':(${p.shape}${p.comma})}`;
        const due = product(p.shape) * Number(p.descr[2] ?? 0);
        const length = Math.max(0, due + p.by);
        if (checkNpy(npyBytes(header, length < 1e5 ? length : 64))) accepted++;
      }),
      settings,
    );
    expect(accepted).toBeGreaterThan(runs / 50);
  });
});
