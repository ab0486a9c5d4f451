// A training script is a program of its own: it must run as written, compile what it asks for, and say what is wrong.

import { mkdtemp, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { glim } from "./glim.ts";

const tests = fileURLToPath(new URL("..", import.meta.url));
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tests, "fixtures", ".start-"));
});
afterAll(() => rm(folder, { recursive: true }));

async function start(program: string, ...args: readonly string[]) {
  const file = path.join(folder, "program.ts");
  await writeFile(file, program);
  return glim(folder, "start", file, ...args);
}

describe("glim start", { timeout: 120_000 }, () => {
  it("runs a program, which compiles its functions", async () => {
    const { stdout, code } = await start(
      `
import { script, type Tensor, tensor } from "glim";
import { compile } from "glim/compiler";
const twice = script((x: Tensor<["N"]>) => x.add(x));
const fast = await compile(twice);
console.log(String(fast(tensor([1, 2, 3]))), process.argv.slice(2).join(" "));
console.log(Reflect.get(globalThis, Symbol.for("glim.compiling")));
`,
      "a",
      "--b",
    );
    expect(stdout).toBe("tensor([2., 4., 6.]) a --b\nfalse\n");
    expect(code).toBe(0);
  });

  it("shows diagnostics with their places", async () => {
    const { stderr, code } = await start(`
import { script, type Tensor } from "glim";
import { compile } from "glim/compiler";
await compile(script((x: Tensor<[2, 3]>) => x.matmul(x)));
`);
    expect(stderr).toContain("error[GLIM3001]");
    expect(stderr).toContain("program.ts:4:");
    expect(code).toBe(1);
  });
});
