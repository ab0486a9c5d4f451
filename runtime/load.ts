/**
 * Loads compiled modules. `glim compile` writes the JavaScript of this file and of what it imports beside
 * each module, with the module's own answers for own-module.ts. What these make useless is left out, and
 * every byte counts.
 */

import { type BoundSignature, bindModel, decode, type Exports, type Model } from "./bind.ts";
import { fetchBytes, type Source } from "./fetch-bytes.ts";
import { refuse } from "./load-error.ts";
import {
  hasExternalWeights,
  isInline,
  isLarge,
  isTimed,
  ownLength,
  ownSource,
  ownSyncSource,
  ownWeights,
} from "./own-module.ts";
import { putData, withoutData } from "./part-data.ts";
import { type ExternalWeights, putWeights } from "./put-weights.ts";

export type { Entry, Exports, Model, NdArray, Result, State } from "./bind.ts";
export { GlimError } from "./load-error.ts";
export type { Source };

/** What a module says of itself. */
interface Signature extends BoundSignature {
  /** The weights, if they are in a file by themselves. */
  readonly external?: ExternalWeights;
}

/** What modules for profiles call around each kernel: nothing, unless `glim profile` runs them. */
const clocks = { glim: { enter() {}, leave() {} } };

/** What a module can be made of at once. */
export type SyncSource = BufferSource | WebAssembly.Module;

export interface LoadOptions {
  /** Called with the bytes that have come and how many there will be, 0 if that is not known. */
  readonly onProgress?: (done: number, total: number) => void;
  /** The weights, of a module that was compiled with `--external-weights`. */
  readonly weights?: Source | PromiseLike<Source>;
}

/** Loads a module from a URL, a response, bytes or a compiled module. */
export async function load(
  source: Source | PromiseLike<Source> = ownSource(),
  { onProgress, weights }: LoadOptions = {},
): Promise<Model> {
  let done = 0;
  const count =
    onProgress &&
    ((bytes: number): void => {
      done += bytes;
      onProgress(done, ownLength);
    });
  const [from, file] = await Promise.all([
    fetchBytes(source, count),
    hasExternalWeights && fetchBytes(weights ?? ownWeights(), count),
  ]);
  const module = "byteLength" in from ? await compile(isLarge ? withoutData(from) : from) : from;
  const start = (): Promise<WebAssembly.Instance> =>
    isTimed ? WebAssembly.instantiate(module, clocks) : WebAssembly.instantiate(module);
  const instance = start().catch(noMemory);
  if (isLarge) putData(from, (await instance).exports);
  return bindModule(module, await instance, file);
}

/** A new instance of a compiled module, at once. */
export function loadSync(
  source: SyncSource = ownSyncSource(),
  { weights }: { readonly weights?: BufferSource } = {},
): Model {
  const module = isInline && "byteLength" in source ? new WebAssembly.Module(source) : source;
  return bindModule(module, instantiate(module), weights);
}

async function compile(bytes: BufferSource): Promise<WebAssembly.Module> {
  const start: BufferSource = Object(bytes).slice?.(0, 99);
  if (/^\s*</.test(decode(start))) refuse("GLIM6002", "expected WebAssembly, found a web page");
  return WebAssembly.compile(bytes).catch((e) =>
    refuse(
      "GLIM6002",
      `cut off, or no SIMD, as Chrome 91, Firefox 89, Safari 16.4 have: ${e.message}`,
    ),
  );
}

function instantiate(module: WebAssembly.Module): WebAssembly.Instance {
  try {
    return isTimed ? new WebAssembly.Instance(module, clocks) : new WebAssembly.Instance(module);
  } catch (e) {
    return noMemory(e);
  }
}

/** Compiled modules import nothing but clocks, so nothing else can keep them from being instantiated. */
const noMemory = (e: unknown): never =>
  refuse("GLIM5001", `out of memory: drop other instances (${e})`);

function bindModule(
  module: WebAssembly.Module,
  { exports }: WebAssembly.Instance,
  weights: unknown,
): Model {
  const section = WebAssembly.Module.customSections(module, "glim")[0];
  const about: Signature = section && JSON.parse(decode(section));
  if (about?.version !== 1) refuse("GLIM6003", "not a module of this version of Glim");
  const wasm = exports as Exports;
  if (hasExternalWeights && about.external) putWeights(wasm, about.external, weights);
  return bindModel(about, wasm);
}
