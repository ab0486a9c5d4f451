// People, and tools that write for them, chain a thousand calls: that is no nesting that anyone sees.

import { expect, it } from "vitest";
import { glim, testFolder } from "./glim.ts";

const head = 'import { script, type Tensor } from "glim";\n';
const programs: readonly (readonly [what: string, body: string])[] = [
  ["a chain of 1,000 calls", `(x: Tensor<[2]>) => x${".add(1)".repeat(1000)}`],
  ["a sum of 3,000 terms", `(n: number) => n${" + n".repeat(2999)}`],
];

it.each(programs)("%s", { timeout: 120_000 }, async (_, body) => {
  const folder = await testFolder({ "model.ts": `${head}export const f = script(${body});\n` });
  const { code, stderr } = await glim(folder, "compile", "model.ts", "-o", "out");
  expect(stderr).toBe("");
  expect(code).toBe(0);
});
