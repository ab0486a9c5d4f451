// Packages come from strangers, and so do their programs: whatever the words, the interpreter refuses the
// program, runs it, or stops at its fuel; then it is as good as new. GLIM_RUNS=100000 runs longer.

import fc from "fast-check";
import { beforeAll, expect, it } from "vitest";
import { FileFormatError } from "#glim/runtime/files/file-format-error.js";
import { openSync } from "#glim/runtime/package/open.js";
import { interpreter } from "./compare-package.ts";
import { packageText, source } from "./sample-package.ts";

const runs = Number(process.env.GLIM_RUNS ?? 500);
const seed = Number(process.env.GLIM_SEED ?? 144735845);

let whole: Uint8Array;
let dataStart = 0;
let programBytes = 0;
beforeAll(async () => {
  whole = (await packageText(source)).bytes;
  dataStart = 8 + Number(new DataView(whole.buffer).getBigUint64(0, true));
  programBytes = new DataView(whole.buffer).getUint32(dataStart + 12, true);
});

const x = new Float32Array(6).fill(1);

/** How far the package came. */
function fateOf(file: Uint8Array): "refused" | "stopped" | "ran" {
  try {
    const model = openSync(file, interpreter, { fuel: 1e6 });
    model.greet?.("you");
    model.scale?.(x, 2);
    return "ran";
  } catch (error) {
    if (error instanceof FileFormatError) return "refused";
    // What else a call may throw: a failure of the program, or its trap where memory ends.
    const named =
      error instanceof Error && /^(GlimError|TypeError|RangeError|RuntimeError)$/.test(error.name);
    if (!named) throw error;
    return "stopped";
  }
}

it("runs what is sound", () => {
  expect(fateOf(whole)).toBe("ran");
});

it(`survives ${runs} programs with changed words (seed ${seed})`, { timeout: 0 }, () => {
  const fates = { refused: 0, stopped: 0, ran: 0 };
  // Small numbers and words of the program itself do more harm than random bits.
  const value = fc.oneof(
    fc.nat(12),
    fc.nat(64),
    fc.constantFrom(0xffffffff, 0x7fffffff, 0x80000000),
    fc.nat(),
  );
  const change = fc.tuple(fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }), value);
  fc.assert(
    fc.property(fc.array(change, { minLength: 1, maxLength: 2 }), (changes) => {
      const file = whole.slice();
      const view = new DataView(file.buffer);
      // After the signature, which is text that the reader refuses by itself.
      const head = view.getUint32(dataStart + 4 * (8 + 2), true);
      for (const [place, word] of changes) {
        const index = Math.floor((place * (programBytes - head)) / 4);
        const at = dataStart + head + 4 * index;
        // First words of operations keep their length, so that what follows is still read.
        const old = view.getUint32(at, true);
        view.setUint32(at, old >= 512 && word < 64 ? (old & ~0xff) | word : word, true);
      }
      fates[fateOf(file)]++;
    }),
    { numRuns: runs, seed, interruptAfterTimeLimit: 60_000 + runs * 500 },
  );
  console.log(fates);
  expect(fates.refused).toBeGreaterThan(0);
  expect(fates.ran).toBeGreaterThan(0);
});
