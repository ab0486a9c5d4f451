// These two are how people look inside, and how a bug in the compiler is reported.

import { rm } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseGraph } from "#glim/compiler/graph/text.js";
import { verifyGraph } from "#glim/compiler/graph/verify.js";
import { parseLoop } from "#glim/compiler/loop/text.js";
import { glimHere, makeFolder } from "./glim.ts";

const source = `
import { script, type Tensor } from "glim";
const totals = { calls: 0 };
/** Adds up rows. */
export const rows = script(
  (x: Tensor<["B", 64]>) => {
    totals.calls += 1;
    return x.mul(2).add(1).sum(-1);
  },
  { dims: { B: [2, 32] } },
);
`;

let folder: string;
beforeAll(async () => {
  folder = await makeFolder({ "model.ts": source });
  await glimHere(folder, "compile", "model.ts", "-o", "out", "--names");
});
afterAll(() => rm(folder, { recursive: true }));

describe("inspect", () => {
  const module = path.join("out", "model.wasm");

  it("says what the module takes, weighs and needs", async () => {
    const { code, stdout } = await glimHere(folder, "inspect", module);
    expect(code).toBe(0);
    expect(stdout).toContain("  rows(x: f32[B, 64]) → f32[B]\n    Adds up rows.\n");
    expect(stdout).toContain("    sizes  B is 2 to 32\n");
    expect(stdout).toMatch(/ {4}arena {2}[\d,]+ bytes for B = 2; [\d,]+ bytes for B = 32\n/);
    expect(stdout).toMatch(/^ {2}code +[\d,]+ +[\d,]+$/m);
    expect(stdout).toContain("state\n  totals.calls: number\n");
    expect(stdout).toMatch(/functions, largest first\n {2}sum#0/);
  });

  it("says it as data, and the arena at given sizes", async () => {
    const { stdout } = await glimHere(folder, "inspect", module, "--size", "B=8", "--json");
    const { entries, functions, sections } = JSON.parse(stdout);
    // For each of B rows x is 64 f32 and the result one, in 16 bytes; each tensor has 64 bytes beside.
    expect(entries[0].arena).toEqual([{ sizes: { B: 8 }, bytes: 8 * (256 + 16) + 2 * 64 }]);
    expect(functions.map((f: { name: string }) => f.name)).toContain("rows_prepare");
    expect(sections.map((s: { name: string }) => s.name)).toContain("glim");
  });

  it("refuses a size that there is not", async () => {
    const { code, stderr } = await glimHere(folder, "inspect", module, "--size", "C=8");
    expect(code).toBe(2);
    expect(stderr).toBe("error: --size C: there is no such open size; those that are: B\n");
  });
});

describe("dump", () => {
  const dump = async (...options: readonly string[]): Promise<string> => {
    const { stdout, stderr } = await glimHere(folder, "dump", "model.ts", ...options);
    expect(stderr).toBe("");
    return stdout;
  };

  it("prints graphs that the compiler's own parser reads", async () => {
    const { dumps } = JSON.parse(await dump("--after", "all", "--json"));
    expect(dumps.length).toBeGreaterThan(8);
    expect(dumps[0].what).toBe("after source");
    for (const { text } of dumps) {
      const module = parseGraph(text, new Map());
      expect(verifyGraph(module)).toEqual([]);
    }
  });

  it("prints one pass, the last graph, without fusion, the loops, the plan", async () => {
    expect(await dump("--after", "source")).toContain("mul ");
    expect(await dump()).toContain("kernel (");
    const single = (await dump("--no-fusion")).match(/kernel \(/g);
    expect(single?.length).toBe(3);
    expect(parseLoop(await dump("--loops")).funcs.length).toBeGreaterThan(4);
    expect(await dump("--plan")).toMatch(/^memory of @rows \{\n {2}slot 0: /);
  });
});
