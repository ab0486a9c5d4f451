// Archives come from strangers and hold programs: whatever their bytes, a reader gives tensors that lie inside
// the file, or a FileFormatError, in little memory and time. For a longer run: GLIM_RUNS=100000.
import fc from "fast-check";
import { beforeAll, expect, test } from "vitest";
import { bytesSource } from "#glim/runtime/files/byte-source.js";
import { FileFormatError } from "#glim/runtime/files/file-format-error.js";
import { parseNpz } from "#glim/runtime/files/npz.js";
import { dtypeSize, type RawTensor } from "#glim/runtime/files/raw-tensor.js";
import { parseShardIndex } from "#glim/runtime/files/shard-index.js";
import { parseTorchArchive } from "#glim/runtime/files/torch-archive.js";
import { openZip, readEntryBytes } from "#glim/runtime/files/zip.js";
import { archives, zipOf } from "./archive-material.ts";
import { decodeBytes } from "./tensor-file-material.ts";

const runs = Number(process.env.GLIM_RUNS ?? 1000);
const seed = Number(process.env.GLIM_SEED ?? Date.now() % 2 ** 31);
const timeout = 60_000 + runs * 20;
const settings = { numRuns: runs, seed };

beforeAll(() => console.log(`seed ${seed}, ${runs} runs of each property`));

const formats = ["pt", "npz", "npy", "zip", "safetensors"];

function checkError(error: unknown): void {
  if (!(error instanceof FileFormatError)) throw error;
  expect(formats).toContain(error.format);
  expect(error.message).toMatch(/^[\x20-\x7e\u00a0-\u{10ffff}]{10,2000}$/u);
  const own = error.message.replace(/"(?:[^"\\]|\\.)*"/g, "");
  expect(own).not.toMatch(/[\u2028\u2029]|undefined|NaN|\[object/);
}

function checkTensors(file: Uint8Array, tensors: ReadonlyMap<string, RawTensor>): void {
  let total = 0;
  for (const { dtype, shape, data } of tensors.values()) {
    expect(data.length).toBe(shape.reduce((n, d) => n * d, dtypeSize(dtype)));
    total += data.length;
  }
  expect(total).toBeLessThanOrEqual(1032 * 64 * file.length);
}

async function check(file: Uint8Array): Promise<void> {
  try {
    checkTensors(file, await parseTorchArchive(file));
  } catch (error) {
    checkError(error);
  }
  try {
    checkTensors(file, await parseNpz(file));
  } catch (error) {
    checkError(error);
  }
}

/** Some bytes at a place, given as a fraction of the file, replaced by others. */
const edit = fc.record({
  place: fc.double({ min: 0, max: 1, noNaN: true }),
  removed: fc.constantFrom(0, 1, 1, 1, 2, 8),
  added: fc.oneof(
    fc.uint8Array({ maxLength: 4 }),
    // Instructions of pickles.
    fc.constantFrom(..."()]}tsuaehjqrRQKMJGXN\x85\x86\x87\x88\x93\x94.".split("")),
  ),
});
type Edit = typeof edit extends fc.Arbitrary<infer T> ? T : never;

function applyEdit(file: Uint8Array, { place, removed, added }: Edit): Uint8Array {
  const at = Math.floor(place * file.length);
  const middle = typeof added === "string" ? Buffer.from(added, "latin1") : added;
  return Uint8Array.from(
    Buffer.concat([file.subarray(0, at), middle, file.subarray(at + removed)]),
  );
}

const edits = fc.array(edit, { minLength: 1, maxLength: 6 });
const whole = [
  ...Object.values(archives.torch).map(({ file }) => file),
  ...Object.values(archives.refused),
  ...Object.values(archives.npz),
].map(decodeBytes);

test("blind damage to whole archives", { timeout }, async () => {
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...whole), edits, (file, changes) =>
      check(changes.reduce(applyEdit, file)),
    ),
    settings,
  );
});

/** What lies in an archive, not compressed. */
async function filesOf(file: Uint8Array): Promise<Readonly<Record<string, Uint8Array>>> {
  const archive = await openZip(bytesSource(file));
  const files: Record<string, Uint8Array> = {};
  for (const [name, entry] of archive.entries) files[name] = await readEntryBytes(archive, entry);
  return files;
}

test("damage to files inside of archives whose checksums are right", { timeout }, async () => {
  const parts = await Promise.all(whole.filter((file) => file[0] === 0x50).map(filesOf));
  let read = 0;
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...parts), edits, fc.nat(2), async (files, changes, which) => {
      const names = Object.keys(files);
      const name = names.find((n) => n.endsWith("data.pkl")) ?? names[which % names.length]!;
      const changed = zipOf({ ...files, [name]: changes.reduce(applyEdit, files[name]!) });
      await check(changed);
      try {
        await parseTorchArchive(changed);
        read++;
      } catch {
        // Judged by `check`.
      }
    }),
    settings,
  );
  // Else nothing but refusals would have been tried.
  expect(read).toBeGreaterThan(runs / 50);
});

test("damage to the index of several files", { timeout }, () => {
  const index = Buffer.from(
    JSON.stringify({ metadata: {}, weight_map: { a: "x-1.safetensors", b: "x-2.safetensors" } }),
  );
  fc.assert(
    fc.property(edits, (changes) => {
      try {
        for (const file of parseShardIndex(changes.reduce(applyEdit, index)).keys()) {
          expect(file).toMatch(/^[\w-][\w.-]*\.safetensors$/);
        }
      } catch (error) {
        checkError(error);
      }
    }),
    settings,
  );
});
