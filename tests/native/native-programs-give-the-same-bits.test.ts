// Programs in C ship where no JavaScript engine is: what the compiled module gives in Node, wasm2c and a C
// compiler must give to the bit. GLIM_SAMPLES=all takes every sample of the table of digests: some minutes.

import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import path from "node:path";
import { gunzipSync } from "node:zlib";
import { afterAll, describe, expect, it } from "vitest";
import { compileToC } from "#glim/cli/c/compile-to-c.js";
import { cases } from "../digests/cases.ts";
import { digestOf } from "../digests/three-ways.ts";
import { plainOf } from "../stdlib/compiled-fixture.ts";
import {
  type Answer,
  buildCaller,
  call,
  canBuild,
  type Got,
  make,
  makeCaller,
  makeFolder,
  removeFolders,
  writeFiles,
} from "./native.ts";

afterAll(removeFolders);

const root = path.resolve(import.meta.dirname, "../..");
const table = path.join(root, "tests/digests/architectures.json");
const digests: Record<string, string> = JSON.parse(readFileSync(table, "utf8"));
// It trains, and keeps a state.
const few = ["models/personalize"];
const isAll = process.env.GLIM_SAMPLES === "all";
const due = cases.filter(([name]) => isAll || few.includes(name));

const resultOf = (answer: Answer): Got => {
  if ("code" in answer) throw new Error(`${answer.code}: ${answer.text}`);
  return answer[0]!;
};

describe.skipIf(!canBuild)("the digests of the table", { timeout: 600_000 }, () => {
  it("is not of nothing", () => expect(due.length).toBeGreaterThanOrEqual(few.length));

  it.each(due)("%s", async (name, { file, calls }) => {
    const program = await buildCaller(file, { entries: ["run"] });
    const given = calls.map((c) => c.map((x) => (typeof x === "number" ? x : plainOf(x))));
    expect(digestOf(call(program, "run", given).map(resultOf))).toBe(digests[name]);
  });
});

it.skipIf(!canBuild)(
  "LeNet is one small program that recognises digits",
  { timeout: 120_000 },
  async () => {
    const { files } = await compileToC(path.join(root, "samples/mnist/lenet.ts"));
    const folder = makeFolder();
    writeFiles(folder, files);
    make(folder, "lenet", `MAIN=${path.join(root, "samples/mnist/classify.c")}`);
    const program = path.join(folder, "lenet");
    expect(statSync(program).size).toBeLessThan(1_000_000);
    const mnist = path.join(root, "samples/mnist");
    const pixels = gunzipSync(readFileSync(path.join(mnist, "t10k-1000-images.idx.gz")));
    const said = execFileSync(program, [path.join(mnist, "t10k-1000-labels.idx")], {
      input: pixels,
      encoding: "utf8",
    });
    expect(said).toBe("981 of 1000 real digits recognised.\n");
    // In batches of every size, the last one smaller.
    const { logits } = JSON.parse(
      readFileSync(path.join(root, "tests/digests/digests.json"), "utf8"),
    ).lenet;
    const images = Float32Array.from(pixels.subarray(16, 16 + 64 * 784), (p) => p / 255);
    const caller = makeCaller(folder, "lenet");
    for (const size of [1, 7, 64]) {
      const batches = Array.from({ length: Math.ceil(64 / size) }, (_, i) => {
        const data = images.subarray(i * size * 784, (i + 1) * size * 784);
        return [{ data, shape: [data.length / 784, 784] }];
      });
      const hash = createHash("sha256");
      for (const answer of call(caller, "logits", batches)) hash.update(resultOf(answer).data);
      expect(hash.digest("hex"), `batches of ${size}`).toBe(logits);
    }
    if (process.platform !== "linux") return;
    const libraries = execFileSync("ldd", [program], { encoding: "utf8" });
    const names = [...libraries.matchAll(/^\s*(?:\S*\/)?([\w-]+)\.so/gm)].map(
      ([, library]) => library,
    );
    expect(
      names.filter((library) => !/^(libc|libm|linux-vdso|ld-linux.*)$/.test(library!)),
    ).toEqual([]);
  },
);
