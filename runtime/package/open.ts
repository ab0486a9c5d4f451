/**
 * Runs packages in the interpreter, for places where generated code is not wanted: what programs import
 * from "glim/interpreter".
 */

import { type Dim, evaluateDim, parseDim, symbolsOf } from "../../compiler/ops/dim.ts";
import { bindModel, type EntrySignature, type Exports, type Model } from "../bind.ts";
import type { AnyTensor } from "../eager/tensor-types.ts";
import { FileFormatError } from "../files/file-format-error.ts";
import { GlimError } from "../load-error.ts";
import { verifyContent } from "./content-hash.ts";
import { type PackageFile, readPackage } from "./read-package.ts";

export type { Entry, Model, NdArray, Result, State } from "../bind.ts";
export { GlimError };

/** A tensor as hosts have it: elements in row-major order, or with the sizes of the axes. */
interface HostTensor<E> {
  readonly data: E;
  readonly shape: readonly number[];
}

type ElementsOf<T extends AnyTensor> = ReturnType<T["toTypedArray"]>;

/** What a host gives for a parameter. */
export type HostInput<T> = T extends AnyTensor
  ? ElementsOf<T> | HostTensor<ElementsOf<T>>
  : T extends readonly unknown[] | object
    ? { readonly [K in keyof T]: HostInput<T[K]> }
    : T;

/** What a host has for a result. */
export type HostResult<T> = T extends AnyTensor
  ? HostTensor<ElementsOf<T>>
  : T extends readonly unknown[] | object
    ? { readonly [K in keyof T]: HostResult<T[K]> }
    : T;

/** The entries of a model file, by the type of its module. */
export type Opened<M> = {
  readonly [K in keyof M as M[K] extends (...args: never) => unknown ? K : never]: M[K] extends (
    ...args: infer P
  ) => infer R
    ? (...args: { [I in keyof P]: HostInput<P[I]> }) => HostResult<R>
    : never;
} & { readonly state: Model["state"] };

export interface OpenOptions {
  /** The interpreter, compiled; by default it is loaded from beside this file, once. */
  readonly interpreter?: WebAssembly.Module;
  /** How many steps each call may take; by default as many as it wants. */
  readonly fuel?: number;
  /** How many bytes of memory it may take in all, the package included; by default what there is. */
  readonly memory?: number;
}

export interface VerifyOptions {
  /** Whether to refuse a file whose content is not that whose hash it states, or that states none. */
  readonly verify?: boolean;
}

/**
 * Opens a package: `const model = await open<typeof import("./model.ts")>(bytes)`.
 *
 * @throws FileFormatError for what is no lawful package
 */
export async function open<M = Readonly<Record<string, (...args: never[]) => unknown>>>(
  bytes: Uint8Array,
  options: OpenOptions & VerifyOptions = {},
): Promise<Opened<M>> {
  if (options.verify) await verifyContent(bytes);
  const module = options.interpreter ?? (await loadInterpreter());
  // The types of a model are what its source says; the package was made of it.
  return openSync(bytes, module, options) as unknown as Opened<M>;
}

let loading: Promise<WebAssembly.Module> | undefined;

/** The interpreter, compiled once. */
export function loadInterpreter(): Promise<WebAssembly.Module> {
  loading ??= readInterpreter().then((bytes) => WebAssembly.compile(bytes));
  return loading;
}

async function readInterpreter(): Promise<BufferSource> {
  const url = new URL("../interpreter/interpreter.wasm", import.meta.url);
  const fs = url.protocol === "file:" && globalThis.process?.getBuiltinModule?.("node:fs");
  return fs ? new Uint8Array(await fs.promises.readFile(url)) : (await fetch(url)).arrayBuffer();
}

/** As `open`, at once, with the interpreter compiled before. */
export function openSync(
  bytes: Uint8Array,
  interpreter: WebAssembly.Module,
  { fuel, memory }: OpenOptions = {},
): Model {
  const file = readPackage(bytes);
  const wasm = new WebAssembly.Instance(interpreter).exports as Exports;
  if (memory !== undefined) wasm.glim_memory!(memory);
  loadInto(wasm, bytes);
  if (fuel !== undefined) wasm.glim_fuel!(fuel);
  // What lies on the heap has entries instead, and comes last.
  const state = file.signature.state.map((cell, i) =>
    cell.get ? cell : { ...cell, address: wasm.glim_state!(i) },
  );
  return bindModel({ ...file.signature, state }, exportsOf(wasm, file));
}

const refusals = [
  "it is not the start of a package",
  "it has another version of the format",
  "a table is cut off",
  "the header is not the one that the program was made for",
  "a table has what cannot be",
  "it needs a kernel that this interpreter does not have",
  "an operation is not lawful",
  "it needs an operation that this interpreter was made without",
];

function loadInto(wasm: Exports, bytes: Uint8Array): void {
  try {
    const at = wasm.glim_package!(bytes.length);
    new Uint8Array(Object(wasm.memory).buffer).set(bytes, at);
    wasm.glim_load!(bytes.length);
  } catch (error) {
    if (!(error instanceof WebAssembly.RuntimeError)) throw error;
    const why = refusals[wasm.glim_refusal!() - 1] ?? "there is no memory for it";
    throw new FileFormatError("glim", `the interpreter refuses the program: ${why}`);
  }
}

/** The exports of a compiled module, made of the interpreter's. */
function exportsOf(wasm: Exports, { signature }: PackageFile): Exports {
  const exports: Record<string, Exports[string]> = {
    memory: wasm.memory!,
    glim_error: wasm.glim_error!,
    glim_room: wasm.glim_room!,
    glim_failure: wasm.glim_failure!,
    glim_reset: wasm.glim_reset!,
  };
  const accessors = signature.state.flatMap(({ get, set }) => [get ?? [], set ?? []].flat());
  for (const entry of [...signature.entries, ...accessors]) {
    const { name, params } = entry;
    const number = findEntry(wasm, name);
    const scalars = params.flatMap((p, i) => (p.shape ? [] : [{ i, isNumber: isNumber(p) }]));
    const lengths = lengthsOf(entry);
    exports[`${name}_prepare`] = (...sizes) =>
      failureOf(wasm, () => {
        sizes.forEach((size, i) => {
          wasm.glim_size!(number, i, size);
        });
        const failure = wasm.glim_prepare!(number);
        if (failure === 0) lengths(sizes, (i) => wasm.glim_length!(i));
        return failure;
      });
    exports[`${name}_in`] = (i) => wasm.glim_in!(i!);
    exports[`${name}_out`] = (i) => {
      const at = wasm.glim_out!(i!);
      // It is asked for because no other result says that it is not there.
      if (entry.results[i!]?.shape || new DataView(Object(wasm.memory).buffer).getInt32(at, true))
        return at;
      throw new FileFormatError("glim", `the program does not give what "${name}" gives`);
    };
    exports[name] = (...given) => {
      const { buffer } = Object(wasm.memory);
      const view = new DataView(buffer);
      scalars.forEach((scalar, n) => {
        const at = wasm.glim_arg!(scalar.i);
        if (scalar.isNumber) view.setFloat64(at, given[n]!, true);
        else view.setInt32(at, given[n]!, true);
      });
      return failureOf(wasm, () => wasm.glim_run!());
    };
  }
  return exports;
}

function sizeOf(text: string): Dim {
  try {
    return parseDim(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new FileFormatError("glim", error.message);
  }
}

/** Refuses a program whose tensors have not as many elements as the signature says, which hosts write. */
function lengthsOf({ name, params, sizes }: EntrySignature) {
  const shapes = params.flatMap(({ shape }, i) => {
    if (!shape) return [];
    const dims = shape.map((d) => (typeof d === "number" ? d : sizeOf(d)));
    return [{ i, dims, names: new Set(dims.flatMap((d) => [...symbolsOf(d)])) }];
  });
  return (given: readonly number[], lengthOf: (i: number) => number): void => {
    const known = new Map(sizes.map((size, i) => [size.name, given[i] ?? 0]));
    for (const { i, dims, names } of shapes) {
      const isKnown = [...names].every((n) => known.has(n));
      const due = isKnown ? dims.reduce<number>((n, d) => n * evaluateDim(d, known), 1) : -1;
      if (due === lengthOf(i)) continue;
      throw new FileFormatError("glim", `the program and its signature differ about "${name}"`);
    }
  };
}

const isNumber = (p: object): boolean => "dtype" in p && p.dtype === "f64";

function findEntry(wasm: Exports, name: string): number {
  const bytes = new TextEncoder().encode(name);
  const at = wasm.glim_name!(bytes.length);
  new Uint8Array(Object(wasm.memory).buffer).set(bytes, at);
  const number = wasm.glim_find!(at, bytes.length);
  if (number < 0) throw new FileFormatError("glim", `the program has no entry "${name}"`);
  return number;
}

/** The number of the failure for which `run` trapped. */
function failureOf(wasm: Exports, run: () => number): number {
  try {
    return run();
  } catch (error) {
    // Engines throw a RangeError where their stack ends.
    if (!(error instanceof WebAssembly.RuntimeError || error instanceof RangeError)) throw error;
    const id = wasm.glim_failure!();
    if (id === 0) throw error;
    return id;
  }
}
