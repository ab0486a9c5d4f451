// Who looks for speed needs the line, the rate and the ceiling of each kernel, and what is drawn must open.

import { readFile, rm } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { glimHere, makeFolder } from "./glim.ts";

const source = `
import { nn, script, type Tensor } from "glim";
const layer = new nn.Linear(64, 64);
export const both = script((x: Tensor<["B", 64]>) => {
  const h = layer.forward(x);
  return h.softmax(-1);
});
export const other = script((x: Tensor<[4]>) => x.exp());
`;

let folder: string;
beforeAll(async () => {
  folder = await makeFolder({ "model.ts": source });
});
afterAll(() => rm(folder, { recursive: true }));

interface Kernel {
  readonly kernel: { readonly anchor: string; readonly place: { readonly line: number } };
  readonly calls: number;
  readonly milliseconds: number;
  readonly operations: number;
  readonly ceilingShare: number;
}

describe("profile", { timeout: 60_000 }, () => {
  it("names lines, counts work, and draws", async () => {
    const drawings = ["--svg", "flame.svg", "--trace", "trace.json"];
    const measure = ["--entry", "both", "--size", "B=16", "--seconds", "1"];
    const { code, stdout, stderr } = await glimHere(
      folder,
      ...["profile", "model.ts", ...measure, ...drawings, "--json"],
    );
    expect(stderr).toBe("");
    expect(code).toBe(0);
    const about = JSON.parse(stdout);
    expect(about.entry).toBe("both");
    expect(about.sizes).toEqual({ B: 16 });
    const kernels: readonly Kernel[] = about.kernels;
    const dot = kernels.find((k) => k.kernel.anchor === "dot")!;
    expect(dot.kernel.place.line).toBe(5);
    // The bias is one more addition each.
    expect(dot.operations).toBe(16 * 64 * (2 * 64 + 1));
    expect(kernels.filter((k) => k.kernel.place?.line === 6).length).toBeGreaterThan(0);
    for (const k of kernels) {
      expect(k.calls).toBe(1);
      expect(k.milliseconds).toBeGreaterThan(0);
      expect(k.ceilingShare).toBeGreaterThan(0);
    }
    expect(about.ceilings.operations).toBeGreaterThan(1e8);
    const svg = await readFile(path.join(folder, "flame.svg"), "utf8");
    expect(svg).toContain("<title>both: ");
    expect(svg).toContain("model.ts:5:");
    const { traceEvents } = JSON.parse(await readFile(path.join(folder, "trace.json"), "utf8"));
    expect(traceEvents).toHaveLength(1 + kernels.length);
    expect(traceEvents[0]).toMatchObject({ name: "both", ph: "X", ts: 0 });
  });

  it("takes a module that was compiled with clocks, and says what one without needs", async () => {
    await glimHere(folder, "compile", "model.ts", "-o", "timed", "--profile");
    const timed = await glimHere(
      folder,
      ...["profile", path.join("timed", "model.wasm"), "--entry", "other", "--seconds", "1"],
    );
    expect(timed.stdout).toMatch(
      /model\.wasm: other takes [\d.]+ ms; lower quartiles of \d+ runs\n/,
    );
    expect(timed.stdout).toMatch(/exp f32\[4\]\n +model\.ts:8:/);
    await glimHere(folder, "compile", "model.ts", "-o", "plain");
    const plain = await glimHere(folder, "profile", path.join("plain", "model.wasm"));
    expect(plain.code).toBe(2);
    expect(plain.stderr).toContain("has no clocks: give its TypeScript file, or compile it with");
  });
});

describe("inspect --kernels", { timeout: 60_000 }, () => {
  it("says how each kernel runs, of a source or of a module with names", async () => {
    const ofSource = await glimHere(folder, "inspect", "model.ts", "--kernels");
    expect(ofSource.stderr).toBe("");
    expect(ofSource.stdout).toMatch(/ {2}\d dot \+ add {2}model\.ts:5:\d+\n/);
    expect(ofSource.stdout).toContain(" tiles     4x8, ");
    expect(ofSource.stdout).toMatch(/ code {6}[\d,]+ bytes in dot#0\n/);
    expect(ofSource.stdout).toContain(" work      8256*B operations, ");
    await glimHere(folder, "compile", "model.ts", "-o", "named", "--names");
    const module = path.join("named", "model.wasm");
    const ofModule = await glimHere(folder, "inspect", module, "--kernels", "--json");
    const { kernels } = JSON.parse(ofModule.stdout);
    expect(kernels[0]).toMatchObject({ caller: "both", anchor: "dot", weights: ["layer.bias"] });
    expect(kernels[0].code).toBeGreaterThan(100);
    const ordinary = await glimHere(
      folder,
      "inspect",
      path.join("plain", "model.wasm"),
      "--kernels",
    );
    expect(ordinary.code).toBe(2);
    expect(ordinary.stderr).toContain("compile it with --names");
  });
});
