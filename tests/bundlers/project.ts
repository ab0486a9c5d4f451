/** A small app with one model, in a folder of its own. */

import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { onTestFinished } from "vitest";

/** `factor` is what the model multiplies by. */
export const model = (factor: number): string => `
import { script, type Tensor } from "glim";
import { shift } from "./shift.ts";
export const scale = script((x: Tensor<["N"]>) => x.mul(${factor}).add(shift));
`;

/** The third line cannot be compiled. */
export const brokenModel = `
import { script, type Tensor } from "glim";
export const scale = script((x: Tensor<["N"]>) => x.matmull(x));
`;

const files = {
  "package.json": '{ "type": "module" }',
  "index.html": '<!doctype html><script type="module" src="./main.js"></script>',
  "main.js": `
import { load } from "./gen/scale.js";
export const run = async () => Array.from((await load()).scale(Float32Array.of(1, 2, 3)).data);
globalThis.run = run;
`,
  "models/scale.ts": model(2),
  "models/shift.ts": "export const shift = 1;",
};

export interface Project {
  readonly folder: string;
  readonly options: { readonly models: readonly string[] };
  write(name: string, text: string): Promise<void>;
}

export async function makeProject(): Promise<Project> {
  const folder = await mkdtemp(path.join(os.tmpdir(), "glim-bundler-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const write = async (name: string, text: string): Promise<void> => {
    const file = path.join(folder, name);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, text);
  };
  for (const [name, text] of Object.entries(files)) await write(name, text);
  return { folder, options: { models: ["models/scale.ts"] }, write };
}
