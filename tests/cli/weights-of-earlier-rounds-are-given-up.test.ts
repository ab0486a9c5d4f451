// Node keeps every module that it has run. A process that compiles at every save would grow by a copy of the weights
// each time, and end in the middle of a long day.

import { writeFile } from "node:fs/promises";
import path from "node:path";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, it } from "vitest";
import { CompileSession, compileFile } from "#glim/cli/compiler.js";
import { loadModel } from "#glim/cli/loader/load-model.js";
import { KeptDraws } from "#glim/stdlib/random/kept-draws.js";
import { testFolder } from "./glim.ts";

setFlagsFromString("--expose-gc");
const collect: unknown = runInNewContext("gc");

async function megabytes(): Promise<number> {
  // Finalizers free more, which only the next collection finds.
  for (let round = 0; round < 4; round++) {
    if (typeof collect === "function") collect();
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  return process.memoryUsage().arrayBuffers / 2 ** 20;
}

const sized = (n: number): string => `import { nn, script, type Tensor } from "glim";
const layer = new nn.Linear(512, ${1024 + n});
export const f = script((x: Tensor<[1, 512]>) => layer.forward(x));
`;

it("a session does not grow while weights change", async () => {
  const folder = await testFolder({});
  const file = path.join(folder, "model.ts");
  const session = new CompileSession();
  let third = 0;
  for (let round = 0; round < 6; round++) {
    await writeFile(file, sized(round));
    await compileFile(file, { session });
    if (round === 2) third = await megabytes();
  }
  // Each round has 2 MB of weights: three of them would be 6. What was made in the last two is kept.
  expect((await megabytes()) - third).toBeLessThan(4);
});

const held = `import { big as imported } from "./other.ts";
import data from "./data.json";
const weak = (value: object) => (globalThis.glimTestRefs ??= []).push(new WeakRef(value));
const make = (): object => { const made = {}; weak(made); return made; };
const constant = make();
let variable = make();
var old = make();
const { a, b: [c] } = { a: make(), b: [make()] };
class Holder { static readonly held = make(); }
function holder(): object { return constant; }
holder.held = make();
weak(data);
export const exported = [variable, old, a, c, imported];
export default make();
console.assert(Holder.held !== holder());
`;
const heldFiles = {
  "model.ts": held,
  "other.ts": "export const big = {};\n",
  "data.json": `{ "many": [1, 2, 3] }`,
};

it("whatever name holds a value gives it up", async () => {
  const folder = await testFolder(heldFiles);
  const refs: WeakRef<object>[] = [];
  Reflect.set(globalThis, "glimTestRefs", refs);
  const { release } = await loadModel(path.join(folder, "model.ts"), undefined, new KeptDraws());
  await megabytes();
  expect(refs.filter((ref) => ref.deref() !== undefined)).toHaveLength(9);
  release();
  await megabytes();
  expect(refs.filter((ref) => ref.deref() !== undefined)).toHaveLength(0);
});

const waits = [
  ["a timer", `new Promise((done) => setTimeout(done, 300))`],
  ["files", `(async () => { for (let i = 0; i < 50; i++) await readdir("."); })()`],
];

it.each(waits)("a program that still waits for %s keeps what it needs", async (_, wait) => {
  const folder = await testFolder({
    "model.ts": `import { readdir } from "node:fs/promises";
      const kept = { answer: 42 };
      export const later = ${wait}.then(() => kept.answer);
      export const unused = readdir;`,
  });
  const { exports, release } = await loadModel(
    path.join(folder, "model.ts"),
    undefined,
    new KeptDraws(),
  );
  const { later } = exports;
  release();
  expect(await later).toBe(42);
});
