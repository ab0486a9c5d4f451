/** Owns one model that has every kind of parameter, result and state, compiled once for these tests. */

import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { type CompiledFile, type CompileFileOptions, compileFile } from "#glim/cli/compiler.js";
import type { LoadOptions, loadSync, Model, Source } from "#glim/runtime/load.js";

const source = `
import { assert, nn, script, type Tensor, tensor, zeros } from "glim";

class Tally extends nn.Module {
  calls = 0;
  open = true;
  readonly sums = new nn.Buffer(zeros([3]));
  readonly flags = new nn.Buffer(tensor([true, false]));
}
const tally = new Tally();

/** Multiplies each row. */
export const scale = script(
  (x: Tensor<["B", 3]>, by: number, negate: boolean) => {
    const y = x.mul(by);
    return negate ? y.neg() : y;
  },
  { dims: { B: [0, 64] } },
);

export const rows = script((x: Tensor<["B", 3]>, ids: Tensor<["B"], "i32">) => ({
  sum: x.sum(-1),
  next: ids.add(1),
  inner: { count: x.shape[0], isLarge: x.sum().item() > 10 },
}));

export const pair = script((x: Tensor<["N", "M"]>) => [x.sum(-1), x.sum(0)]);

export const choose = script((mask: Tensor<[4], "bool">, x: Tensor<[4]>) => x.mul(mask.to("f32")));

export const options = script(
  (x: Tensor<[2]>, { by, limit = Infinity, deep = true }: { by: number; limit?: number; deep?: boolean }) =>
    deep ? x.mul(Math.min(by, limit)) : x,
);

export const positive = script((x: Tensor<["B"]>) => {
  assert(x.sum().item() > 0, "the sum must be positive");
  return x;
});

export const count = script((x: Tensor<[3]>) => {
  tally.calls += 1;
  tally.open = !tally.open;
  tally.sums.assign(tally.sums.add(x));
  tally.flags.assign(tally.flags.logicalNot());
  return tally.sums.add(0);
});

export const nothing = script((a: number) => {
  tally.calls += a;
});
`;

export interface Bindings {
  readonly load: (source?: Source | PromiseLike<Source>, options?: LoadOptions) => Promise<Model>;
  readonly loadSync: typeof loadSync;
  readonly GlimError: new (
    ...args: never[]
  ) => Error & { readonly code: string; readonly at: unknown };
}

export interface CompiledModel {
  readonly compiled: CompiledFile;
  /** Has `model.wasm`, `model.js` and `model.d.ts`. */
  readonly folder: string;
  readonly bindings: Bindings;
}

/** Compiles the model, or another source, into a folder that `remove` takes away. */
export async function compileModel(
  text = source,
  options: CompileFileOptions = {},
): Promise<CompiledModel & { readonly remove: () => Promise<void> }> {
  const folder = await mkdtemp(path.join(os.tmpdir(), "glim-bindings-"));
  // Not beside the bindings: TypeScript takes `model.ts` for the source of a `model.js`.
  const file = path.join(folder, "source", "model.ts");
  await mkdir(path.dirname(file));
  await writeFile(file, text);
  const compiled = await compileFile(file, { ...options, name: "model" });
  await writeFile(path.join(folder, "package.json"), '{ "type": "module" }');
  if (!options.inline) await writeFile(path.join(folder, "model.wasm"), compiled.wasm);
  if (compiled.weights) {
    await writeFile(path.join(folder, "model.safetensors"), compiled.weights);
  }
  await writeFile(path.join(folder, "model.js"), compiled.js);
  await writeFile(path.join(folder, "model.d.ts"), compiled.declarations);
  const bindings = await import(pathToFileURL(path.join(folder, "model.js")).href);
  return { compiled, folder, bindings, remove: () => rm(folder, { recursive: true }) };
}

/** An entry of a model, as a host without types calls it. */
export function entryOf(model: Model, name: string) {
  const entry = model[name];
  if (entry === undefined) throw new Error(`there is no entry ${name}`);
  return entry;
}

/** What is thrown by `f`, as one line. */
export function thrownBy(f: () => unknown): string {
  try {
    f();
  } catch (error) {
    const code = error instanceof Error && "code" in error ? `${error.code} ` : "";
    return `${code}${error instanceof Error ? error.message : error}`;
  }
  return "nothing";
}
