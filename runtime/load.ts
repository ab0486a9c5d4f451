/**
 * Loads compiled modules. `glim compile` writes the JavaScript of this file and of what it imports beside
 * each module, with the module's own answers for own-module.ts. What these make useless is left out, and
 * every byte counts.
 */

import { type BoundSignature, bindModel, decode, type Exports, type Model } from "./bind.ts";
import { fetchBytes, type See, type Source } from "./fetch-bytes.ts";
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
import { checkWeights, type HasWeights, putWeights } from "./put-weights.ts";

export type { Entry, Exports, Model, NdArray, Result, State } from "./bind.ts";
export { GlimError } from "./load-error.ts";
export type { Source };

/** What a module says of itself. */
type Signature = BoundSignature & HasWeights;

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
    ((piece: BufferSource): void => {
      done += piece.byteLength;
      onProgress(done, ownLength);
    });
  const started = start(source, count);
  if (hasExternalWeights)
    await Promise.all([started, takeWeights(started, weights ?? ownWeights(), count)]);
  return bindModel(...(await started));
}

/** Puts weights into memory as they come, so that they are never whole besides. */
async function takeWeights(
  started: Promise<Started>,
  source: Source | PromiseLike<Source>,
  count: ((piece: BufferSource) => void) | undefined,
): Promise<void> {
  let put: ReturnType<typeof putWeights> | undefined;
  let areRight = false;
  await fetchBytes(source, async (piece) => {
    count?.(piece);
    put ??= putWeights(...(await started));
    areRight = put(piece);
    return true;
  });
  checkWeights(areRight);
}

async function start(
  source: Source | PromiseLike<Source>,
  count: See | undefined,
): Promise<Started> {
  const from = await fetchBytes(source, count);
  const module = "byteLength" in from ? await compile(isLarge ? withoutData(from) : from) : from;
  const instance = await (isTimed
    ? WebAssembly.instantiate(module, clocks)
    : WebAssembly.instantiate(module)
  ).catch(noMemory);
  if (isLarge) putData(from, instance.exports);
  return describe(module, instance);
}

/** A new instance of a compiled module, at once. */
export function loadSync(
  source: SyncSource = ownSyncSource(),
  { weights }: { readonly weights?: BufferSource } = {},
): Model {
  const module = isInline && "byteLength" in source ? new WebAssembly.Module(source) : source;
  const [about, wasm] = describe(module, instantiate(module));
  if (hasExternalWeights) checkWeights(putWeights(about, wasm)(weights));
  return bindModel(about, wasm);
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

/** What a module says of itself, and what its instance exports. */
type Started = readonly [Signature, Exports];

function describe(module: WebAssembly.Module, { exports }: WebAssembly.Instance): Started {
  const section = WebAssembly.Module.customSections(module, "glim")[0];
  const about: Signature = section && JSON.parse(decode(section));
  if (about?.version !== 1) refuse("GLIM6003", "not a module of this version of Glim");
  return [about, exports as Exports];
}
