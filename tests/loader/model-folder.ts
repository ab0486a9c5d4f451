/** Owns the temporary folders in which tests write models, and a stand-in for the package `glim`. */
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { onTestFinished } from "vitest";
import { type LoadedModel, loadModel } from "#glim/cli/loader/load-model.js";
import { type Tag, tagOf } from "#glim/runtime/tags.js";
import { KeptDraws } from "#glim/stdlib/random/kept-draws.js";

export type Files = Readonly<Record<string, string>>;

const GLIM = `
  export class Tensor {}
  export const script = (f) => f;
  export const nn = { Module: class Module {} };
  export const peek = (f, name) => globalThis[Symbol.for("glim.tags")].get(f).read(name);
  export const compiling = () => globalThis[Symbol.for("glim.compiling")] === true;
`;

/** Writes files into a new folder, which goes away with the test. */
export async function modelFolder(files: Files): Promise<string> {
  const folder = await mkdtemp(path.join(os.tmpdir(), "glim loader-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  for (const [name, text] of Object.entries({ ...files, "glim-stand-in.mjs": GLIM })) {
    const file = path.join(folder, name);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, text);
  }
  return folder;
}

/** Loads `model.ts` of a folder as sessions do, with the stand-in for `glim`. */
export function loadFrom(folder: string, name = "model.ts"): Promise<LoadedModel> {
  const glim = pathToFileURL(path.join(folder, "glim-stand-in.mjs")).href;
  return loadModel(path.join(folder, name), { glim }, new KeptDraws());
}

/** Loads a model of a single file. */
export async function loadText(text: string): Promise<LoadedModel> {
  return loadFrom(await modelFolder({ "model.ts": text }));
}

/** The tag of a value, which must have one. */
export function mustBeTagged(value: unknown): Tag {
  const isObject = typeof value === "function" || (typeof value === "object" && value !== null);
  const tag = isObject ? tagOf(value) : undefined;
  if (tag === undefined) throw new Error(`no tag: ${String(value)}`);
  return tag;
}

/** The source text at which a value's tag points. */
export function taggedText(model: LoadedModel, value: unknown, length: number): string {
  const { file, position } = mustBeTagged(value);
  return model.sourceOf(file).slice(position, position + length);
}
