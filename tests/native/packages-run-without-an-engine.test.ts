// Packages come from strangers into programs that have no sandbox but ours: with sanitizers of addresses and of
// undefined behaviour, the interpreter in C gives the compiled module's bits, and whatever a package says it is
// refused, runs, or is stopped. GLIM_RUNS=100000 runs longer, GLIM_SEED begins elsewhere: the same packages as in
// tests/package/damaged-packages-stay-within-their-bounds.test.ts.

import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { packageFile } from "#glim/cli/compiler.js";
import { mutatePackage, wholePackages } from "../package/mutate-package.ts";
import { packageText, source } from "../package/sample-package.ts";
import { sampleDigits } from "../samples/digits.ts";
import { buildInterpreter, call, canBuild, makeFolder, removeFolders } from "./native.ts";

const root = path.resolve(import.meta.dirname, "../..");
const runs = Number(process.env.GLIM_RUNS ?? 100);
const seed = Number(process.env.GLIM_SEED ?? 1);

/** So many packages are given to one process. */
const together = 500;
const mostMilliseconds = 600_000;

type Fates = Readonly<Record<"refused" | "stopped" | "ran", number>>;

/** What became of the packages, or how the program that opened them ended. */
function fatesIn(program: string, packages: readonly Uint8Array[]): Fates | string {
  const input = Buffer.concat(
    packages.flatMap((bytes) => {
      const length = Buffer.alloc(4);
      length.writeUInt32LE(bytes.length);
      return [length, bytes];
    }),
  );
  const ended = spawnSync(program, { input, encoding: "utf8", timeout: mostMilliseconds });
  if (ended.status === 0) return JSON.parse(ended.stdout);
  return `ended with ${ended.status ?? ended.signal}: ${ended.stderr}`;
}

describe.skipIf(!canBuild)("the interpreter in C, with sanitizers", { timeout: 0 }, () => {
  const folder = makeFolder();
  afterAll(removeFolders);

  beforeAll(() => {
    buildInterpreter(folder, "call-models.c", true);
  }, 300_000);

  it("gives the compiled module's bits", async () => {
    const table = path.join(root, "tests/digests/digests.json");
    const { lenet } = JSON.parse(readFileSync(table, "utf8"));
    const { bytes } = await packageFile(path.join(root, "samples/mnist/lenet.ts"));
    const images = sampleDigits()
      .images.toTypedArray()
      .slice(0, 64 * 784);
    const program = path.join(folder, "call-models");
    const [answer] = call(program, "logits", [[{ data: images, shape: [64, 784] }]], bytes);
    if (answer === undefined || "code" in answer) throw new Error(answer?.text);
    expect(createHash("sha256").update(answer[0]!.data).digest("hex")).toBe(lenet.logits);
  });

  it("tells what failed, with its line, and goes on", async () => {
    const { bytes } = await packageText(source);
    const x = { data: new Float32Array(3).fill(1), shape: [1, 3] };
    const program = path.join(folder, "call-models");
    const [good, bad, shape, again] = call(
      program,
      "scale",
      [
        [x, 2],
        [x, -1],
        [{ ...x, shape: [3, 1] }, 2],
        [x, 2],
      ],
      bytes,
    );
    expect(bad).toEqual({
      code: 5000,
      text: "the factor must be positive (model.ts:13:3)",
    });
    expect(shape).toEqual({ code: 3002, text: "x: expected f32[B, 3], found f32[3, 1]" });
    expect(again).toEqual(good);
  });

  it(`survives ${runs} damaged packages (seed ${seed})`, () => {
    const program = buildInterpreter(folder, "survive-packages.c", true);
    const whole = wholePackages();
    const all = { refused: 0, stopped: 0, ran: 0 };
    const finds: string[] = [];
    for (let from = seed; from < seed + runs; from += together) {
      const seeds = Array.from(
        { length: Math.min(together, seed + runs - from) },
        (_, i) => from + i,
      );
      const packages = seeds.map((each) => mutatePackage(whole, each));
      const fates = fatesIn(program, packages);
      if (typeof fates === "string") {
        // One by one, to know which it is.
        const ends = packages.map((bytes, i) => `${seeds[i]} ${fatesIn(program, [bytes])}`);
        finds.push(...ends.filter((end) => end.includes(" ended with ")));
        if (finds.length === 0) finds.push(`${from} to ${seeds.at(-1)} together ${fates}`);
        continue;
      }
      for (const [fate, count] of Object.entries(fates)) all[fate as keyof Fates] += count;
      if (runs > 10 * together) console.log(`to ${seeds.at(-1)}:`, all, finds.length, finds);
    }
    console.log(all);
    expect(finds).toEqual([]);
    expect(all.refused + all.stopped + all.ran).toBe(runs);
    expect(Math.min(all.refused, all.ran)).toBeGreaterThan(0);
  });
});
