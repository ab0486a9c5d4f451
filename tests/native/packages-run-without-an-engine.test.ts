// Packages come from strangers into programs that have no sandbox but ours: with sanitizers of addresses and of
// undefined behaviour, the interpreter in C gives the compiled module's bits, and whatever a package says it is
// refused, runs, or is stopped. GLIM_RUNS=100000 runs longer, GLIM_CORPUS=FOLDER takes the files of a folder.

import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { packageFile } from "#glim/cli/compiler.js";
import { packageText, source } from "../package/sample-package.ts";
import { sampleDigits } from "../samples/digits.ts";
import { buildInterpreter, call, canBuild, makeFolder, removeFolders } from "./native.ts";

const root = path.resolve(import.meta.dirname, "../..");
const runs = Number(process.env.GLIM_RUNS ?? 100);
const seed = Number(process.env.GLIM_SEED ?? 20261123);
const corpus = process.env.GLIM_CORPUS;

/** Numbers from 0 up to `below`, the same for each seed. */
function randomNumbers(start: number): (below: number) => number {
  let state = start >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let x = Math.imul(state ^ (state >>> 15), state | 1);
    x ^= x + Math.imul(x ^ (x >>> 7), x | 61);
    return ((x ^ (x >>> 14)) >>> 0) % below;
  };
}

/** Small numbers and the greatest do more harm than random bits. */
const harmful = [0xffffffff, 0x7fffffff, 0x80000000, 0xfffffff0];

/** The package with one word of its program changed, or with bytes anywhere changed or cut off. */
function damage(whole: Uint8Array, random: (below: number) => number): Uint8Array {
  const file = whole.slice();
  const view = new DataView(file.buffer);
  const start = 8 + Number(view.getBigUint64(0, true));
  const kind = random(8);
  if (kind === 0) return file.subarray(0, random(file.length));
  if (kind === 1) file[random(file.length)] = random(256);
  for (let n = 1 + random(2); kind > 1 && n > 0; n--) {
    const at = start + 4 * random(view.getUint32(start + 12, true) >> 2);
    const old = view.getUint32(at, true);
    const word = random(4) === 0 ? harmful[random(harmful.length)]! : random(64);
    // First words of operations keep their length, so that what follows is still read.
    view.setUint32(at, old >= 512 && word < 64 ? (old & ~0xff) | word : word, true);
  }
  return file;
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

  it(`survives ${corpus ?? `${runs} damaged packages (seed ${seed})`}`, async () => {
    const program = buildInterpreter(folder, "survive-packages.c", true);
    const whole = (await packageText(source)).bytes;
    const random = randomNumbers(seed);
    const packages = corpus
      ? readdirSync(corpus).map((file) => readFileSync(path.join(corpus, file)))
      : [whole, ...Array.from({ length: runs }, () => damage(whole, random))];
    const input = Buffer.concat(
      packages.flatMap((bytes) => {
        const length = Buffer.alloc(4);
        length.writeUInt32LE(bytes.length);
        return [length, bytes];
      }),
    );
    const { status, stdout, stderr } = spawnSync(program, { input, encoding: "utf8" });
    expect(status, stderr).toBe(0);
    const fates: Record<string, number> = JSON.parse(stdout);
    console.log(fates);
    expect(fates.refused! + fates.stopped! + fates.ran!).toBe(packages.length);
    if (!corpus) expect(Math.min(fates.refused!, fates.ran!)).toBeGreaterThan(0);
  });
});
