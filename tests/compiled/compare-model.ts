/** Runs the entries of a model file plainly, compiled and in the interpreter, and compares what calls give, bit for bit. */

import { expect } from "vitest";
import type { CompileFileOptions } from "#glim/cli/compiler.js";
import { loadModel } from "#glim/cli/loader/load-model.js";
import { isTensor } from "#glim/runtime/eager/tensor.js";
import type { Model } from "#glim/runtime/load.js";
import { openSync } from "#glim/runtime/package/open.js";
import { tensor } from "#glim/stdlib/index.js";
import { comparing } from "../package/both-ways.ts";
import { interpreter } from "../package/compare-package.ts";
import { compileBothWays } from "../package/package-source.ts";
import { bitsOf } from "./bits.ts";
import { type LoadedGraph, loadHeapModule } from "./heap/load-graph.ts";

/** A tensor as a host hands it over. */
export interface Given {
  readonly data: Float32Array | Int32Array;
  readonly shape: readonly number[];
}

const isGiven = (v: unknown): v is Given =>
  typeof v === "object" && v !== null && "data" in v && "shape" in v;

/** Tensors of both sides as one text each; -0 stays apart from 0. */
function plain(v: unknown): unknown {
  if (isTensor(v)) return `[${v.shape}] ${bitsOf(v.toTypedArray()).join(" ")}`;
  if (isGiven(v)) return `[${v.shape}] ${bitsOf(v.data).join(" ")}`;
  if (Array.isArray(v)) return v.map(plain);
  if (v instanceof Map) return new Map([...v].map(([k, x]) => [k, plain(x)]));
  if (typeof v !== "object" || v === null) return Object.is(v, -0) ? "-0" : v;
  return Object.fromEntries(Object.entries(v).map(([k, x]) => [k, plain(x)]));
}

/** What a call came to; the words of a failure may differ, that it fails may not. */
type Outcome = { readonly value: unknown } | "failed";

function outcomeOf(call: () => unknown): Outcome {
  try {
    return { value: plain(call()) };
  } catch {
    return "failed";
  }
}

export class ComparedModel {
  readonly compiled: Model;
  readonly #plain: Readonly<Record<string, unknown>>;
  readonly #loaded: LoadedGraph;

  constructor(loaded: LoadedGraph, exports: Readonly<Record<string, unknown>>) {
    this.compiled = loaded.model;
    this.#loaded = loaded;
    this.#plain = exports;
  }

  get memoryBytes(): number {
    return this.#loaded.memory().buffer.byteLength;
  }

  /** Expects both to give the same, and gives what that is. */
  call(name: string, ...args: readonly unknown[]): Outcome {
    const [eager, own] = [this.#plain[name], this.compiled[name]];
    if (typeof eager !== "function" || own === undefined) throw new Error(`no entry ${name}`);
    const given = args.map((a) => (isGiven(a) ? asTensor(a) : a));
    const wanted = outcomeOf(() => Reflect.apply(eager, undefined, given));
    const shown = JSON.stringify(args.map((a) => (isGiven(a) ? a.shape : a)));
    expect(
      outcomeOf(() => own(...args)),
      `${name}(${shown})`,
    ).toEqual(wanted);
    return wanted;
  }
}

const asTensor = ({ data, shape }: Given): unknown =>
  data instanceof Float32Array ? tensor(data, shape) : tensor(data, shape);

/** A model file, loaded and compiled. */
export async function compareModel(
  file: string,
  options: CompileFileOptions = {},
): Promise<ComparedModel> {
  const { compiled, packed } = await compileBothWays(file, { train: true, ...options });
  const loaded = loadHeapModule(new WebAssembly.Module(new Uint8Array(compiled.wasm)));
  const { exports } = await loadModel(file);
  const model = comparing(loaded.model, openSync(packed, interpreter));
  return new ComparedModel({ ...loaded, model }, exports);
}

/** Values that differ from each other, in a shape. */
export function someTensor(
  shape: readonly number[],
  of: (i: number) => number = (i) => Math.sin(i * 7.3),
): Given {
  const length = shape.reduce((p, d) => p * d, 1);
  return { data: Float32Array.from({ length }, (_, i) => of(i)), shape };
}
