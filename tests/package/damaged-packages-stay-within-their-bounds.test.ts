// Packages come from strangers: whatever the bytes, each is refused with a reason, runs, or stops, within the
// fuel and the memory that it was given. GLIM_RUNS=100000 runs longer, GLIM_SEED begins elsewhere;
// GLIM_WRITE_CORPUS=FOLDER only writes the packages to files, for other hosts of the interpreter.

import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import type { ModuleSignature } from "#glim/compiler/package/signature.js";
import { FileFormatError } from "#glim/runtime/files/file-format-error.js";
import { GlimError, openSync } from "#glim/runtime/package/open.js";
import { readPackage } from "#glim/runtime/package/read-package.js";
import { interpreter } from "./compare-package.ts";
import { madeArguments } from "./made-arguments.ts";
import { mutatePackage } from "./mutate-package.ts";

const runs = Number(process.env.GLIM_RUNS ?? 400);
const seed = Number(process.env.GLIM_SEED ?? 1);
const corpus = process.env.GLIM_WRITE_CORPUS;
const bounds = { fuel: 20_000, memory: 64 << 20 };
/** What a package may take in all, much more than its fuel should. */
const mostMilliseconds = 5000;

const folder = fileURLToPath(new URL("../fixtures/packages/", import.meta.url));
const packages = readdirSync(folder)
  .flatMap((version) => readdirSync(path.join(folder, version)).map((f) => path.join(version, f)))
  .filter((file) => file.endsWith(".glim"))
  .sort()
  .map((file) => new Uint8Array(readFileSync(path.join(folder, file))));

type Fate = "refused" | "ran" | "stopped" | "misused";

/** What became of a package; all else throws. */
function fateOf(bytes: Uint8Array): Fate {
  let fate: Fate = "ran";
  try {
    const model = openSync(bytes, interpreter, bounds);
    const { entries, types }: ModuleSignature = JSON.parse(readPackage(bytes).signatureText);
    for (const [i, entry] of entries.entries()) {
      let args: readonly unknown[] = [];
      try {
        args = madeArguments(entry, types, i);
      } catch {
        // The signature is none that arguments can be made for.
        fate = "misused";
        continue;
      }
      try {
        model[entry.name]!(...args);
      } catch (error) {
        if (!(error instanceof GlimError)) throw error;
        fate = error.code === "GLIM5000" ? "stopped" : "misused";
      }
    }
  } catch (error) {
    if (!(error instanceof FileFormatError)) throw error;
    return "refused";
  }
  return fate;
}

function write(to: string): void {
  mkdirSync(to, { recursive: true });
  for (let i = seed; i < seed + runs; i++) {
    writeFileSync(path.join(to, `${i}.glim`), mutatePackage(packages, i));
  }
}

it("one that gives a kind of value that its signature does not list", () => {
  const file = new URL(
    "../fixtures/damaged-packages/gives-a-kind-that-is-not-listed.glim",
    import.meta.url,
  );
  expect(fateOf(new Uint8Array(readFileSync(file)))).toBe("stopped");
});

it(`${runs} packages from seed ${seed} on`, { timeout: 0 }, () => {
  if (corpus) {
    write(corpus);
    return;
  }
  const fates = { refused: 0, ran: 0, stopped: 0, misused: 0 };
  const finds: string[] = [];
  for (let i = seed; i < seed + runs; i++) {
    const bytes = mutatePackage(packages, i);
    const start = performance.now();
    try {
      fates[fateOf(bytes)]++;
    } catch (error) {
      finds.push(`${i}: ${error}`);
    }
    const spent = performance.now() - start;
    if (spent > mostMilliseconds) finds.push(`${i}: took ${Math.round(spent)} ms`);
  }
  console.log(fates, finds.length, finds.slice(0, 20));
  expect(finds).toEqual([]);
  expect(fates.refused).toBeGreaterThan(0);
  expect(fates.ran).toBeGreaterThan(0);
});
