// Nobody writes such programs, but generators and slips do: each must end with a message at a line of the source,
// when it is compiled or when it runs, and never with a stack or a wait of the compiler's.

import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CompileFailure, compileFile } from "#glim/cli/compiler.js";
import { loadSync, type Model } from "#glim/runtime/load.js";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "glim-bounds-"));
});
afterAll(() => rm(folder, { recursive: true }));

const head = 'import { script, type Tensor, zeros } from "glim";\n';
/** What is written in several files begins with `// NAME`. */
async function compiled(body: string): Promise<Model> {
  const [model = "", ...others] = body.split(/^\/\/ (?=\w+\.ts$)/m);
  await writeFile(path.join(folder, "model.ts"), head + model);
  for (const other of others) {
    const end = other.indexOf("\n");
    await writeFile(path.join(folder, other.slice(0, end)), other.slice(end + 1));
  }
  const { wasm } = await compileFile(path.join(folder, "model.ts"));
  return loadSync(new WebAssembly.Module(new Uint8Array(wasm)));
}

/** The first diagnostic as `CODE FILE:LINE`. */
async function refused(body: string): Promise<string> {
  try {
    await compiled(body);
  } catch (error) {
    if (!(error instanceof CompileFailure)) throw error;
    const [{ code, span } = expect.unreachable("nothing is said")] = error.diagnostics;
    if (span === undefined) return code;
    const text = head + body;
    const line = text.slice(0, span.start).split("\n").length;
    return `${code} ${path.basename(span.file)}:${span.file.endsWith("model.ts") ? line : "?"}`;
  }
  return "nothing";
}

const numbers = (n: number): string => Array.from({ length: n }, (_, i) => i).join();

describe("refused", { timeout: 60_000 }, () => {
  it.each<readonly [string, string, string]>([
    [
      "a chain of 3,000 calls",
      `export const f = script((x: Tensor<[4]>) =>\n  x${".add(1)".repeat(3000)});`,
      "GLIM4018 model.ts:3",
    ],
    [
      "a sum of 10,000 numbers",
      `export const f = script((n: number) =>\n  n${" + n".repeat(10_000)});`,
      "GLIM4018 model.ts:3",
    ],
    [
      "modules that need each other to begin with",
      'import { a } from "./other.ts";\nexport const b = 2;\nexport const f = script((n: number) => n + a);\n// other.ts\nimport { b } from "./model.ts";\nexport const a = b + 1;\n',
      "GLIM2004 other.ts:?",
    ],
    [
      "an import of nothing",
      'import { a } from "./nothing.ts";\nexport const f = script((n: number) => n + a);',
      "GLIM2005 model.ts:2",
    ],
    ["a malformed line", "export const f = script((n: number) => n + );", "GLIM2005 model.ts:2"],
    [
      "more elements than can be counted",
      "\nexport const f = script((n: number) => zeros([50000, 50000]).sum().item() + n);",
      "GLIM3001 model.ts:3",
    ],
    [
      "more memory than a module has",
      "export const f = script((x: Tensor<[30000]>) =>\n  x.reshape([30000, 1]).mul(x).cumsum(0).at(-1, -1));",
      "GLIM5001 model.ts:3",
    ],
  ])("%s", async (_, body, wanted) => {
    expect(await refused(body)).toBe(wanted);
  });
});

describe("fails when it runs", { timeout: 60_000 }, () => {
  const endless = `function up(n: number): number {
  return up(n + 1) + 1;
}
export const f = script((n: number) => (n > 3 ? up(n) : n));
export const g = script((n: number) => up(n));`;

  it("recursion without end, also where nothing else is left", async () => {
    const { f, g } = await compiled(endless);
    expect(f?.(1)).toBe(1);
    expect(() => f?.(5)).toThrow("calls nest too deeply (model.ts:2:1)");
    expect(() => g?.(1)).toThrow("calls nest too deeply (model.ts:2:1)");
    expect(f?.(2)).toBe(2);
  });

  it("a class that is made longer while it is gone through", async () => {
    const { f } = await compiled(`class Bag {
  readonly items = [1, 2, 3];
  add(n: number): void {
    this.items.push(n);
  }
}
const bag = new Bag();
export const f = script((most: number) => {
  let sum = 0;
  for (const x of bag.items) {
    if (bag.items.length < most) bag.add(x + 1);
    sum += x;
  }
  return sum;
});`);
    const bag = [1, 2, 3];
    let sum = 0;
    for (const x of bag) {
      if (bag.length < 50) bag.push(x + 1);
      sum += x;
    }
    expect(f?.(50)).toBe(sum);
  });

  it("sizes of a run with more elements than can be counted, or than memory has", async () => {
    const { f, g, h } =
      await compiled(`export const f = script((n: number) => zeros([n, 100000]).add(1).sum().item());
export const g = script((x: Tensor<["N"]>) =>
  x.reshape([x.shape[0], 1]).mul(x).exp().sum());
export const h = script((n: number) => zeros([n, 100000]).add(1).cumsum(0).sum().item());`);
    expect(f?.(3)).toBe(300_000);
    expect(() => f?.(30_000)).toThrow("more than 2147483648 elements (model.ts:2");
    expect(() => g?.(new Float32Array(60_000))).toThrow(
      "more than 2147483648 elements (model.ts:4:3",
    );
    expect(() => h?.(15_000)).toThrow("more than a module can have (model.ts:5");
  });
});

it("modules that need each other later, and enormous literals, are as good as others", async () => {
  const { f, g } = await compiled(`import { down } from "./other.ts";
const big = [${numbers(5000)}];
export const k = 3;
export const f = script((n: number) => (n > 0 ? down(n - 1) : k));
export const g = script((n: number) => big[n]! + big.length);
// other.ts
import { f, k } from "./model.ts";
export const down = (n: number): number => (n > 0 ? f(n - 1) + k : 1);
`);
  expect(f?.(4)).toBe(9);
  expect(g?.(4999)).toBe(9999);
}, 60_000);
