/** Runs the heap by itself: its functions by name, and texts and lists as JavaScript has them. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { HeapFunction } from "#glim/compiler/loop/heap.js";

export const heapFile = join(import.meta.dirname, "../../dist/runtime/heap/heap.wasm");
export const heapBytes = (): Uint8Array<ArrayBuffer> => Uint8Array.from(readFileSync(heapFile));

const compiled = new WebAssembly.Module(heapBytes());

/** The heap's memory begins here in tests, so that address 0 and some above are not its own. */
const base = 1000;

export class Heap {
  readonly memory: WebAssembly.Memory;
  readonly #exports: WebAssembly.Exports;

  /** @param maximum the most pages that its memory may grow to */
  constructor(maximum = 65536) {
    this.memory = new WebAssembly.Memory({ initial: 1, maximum });
    const imports = { env: { memory: this.memory } };
    this.#exports = new WebAssembly.Instance(compiled, imports).exports;
    this.call("heapInit", base);
  }

  call(name: HeapFunction, ...args: readonly number[]): number {
    const f = this.#exports[name];
    if (typeof f !== "function") throw new Error(`no export ${name}`);
    return f(...args);
  }

  global(name: "heapFailure" | "mapAdded"): WebAssembly.Global {
    const global = this.#exports[name];
    if (!(global instanceof WebAssembly.Global)) throw new Error(`no global ${name}`);
    return global;
  }

  /** Why `run` trapped; 0 where it did not. */
  failureOf(run: () => void): number {
    const failure = this.global("heapFailure");
    failure.value = 0;
    try {
      run();
      return 0;
    } catch (error) {
      if (!(error instanceof WebAssembly.RuntimeError)) throw error;
      return failure.value;
    }
  }

  get view(): DataView {
    return new DataView(this.memory.buffer);
  }

  text(value: string): number {
    const s = this.call("strNew", value.length);
    const { view } = this;
    for (let i = 0; i < value.length; i++)
      view.setUint16(s + 16 + 2 * i, value.charCodeAt(i), true);
    return s;
  }

  /** A string of the heap; undefined for 0. */
  read(s: number): string | undefined {
    if (s === 0) return undefined;
    const { view } = this;
    const length = view.getInt32(s + 8, true);
    const units: number[] = [];
    for (let i = 0; i < length; i++) units.push(view.getUint16(s + 16 + 2 * i, true));
    let value = "";
    for (let i = 0; i < length; i += 4096)
      value += String.fromCharCode(...units.slice(i, i + 4096));
    return value;
  }

  count(block: number): number {
    return this.view.getInt32(block, true);
  }

  /** Gives up one reference to a string or another block without children. */
  release(block: number): void {
    if (block === 0) return;
    const count = this.count(block) - 1;
    this.view.setInt32(block, count, true);
    if (count === 0) this.call("free", block);
  }

  /** The texts in a list of strings. */
  readTexts(list: number): (string | undefined)[] {
    const { view } = this;
    const data = view.getInt32(list + 16, true);
    return Array.from({ length: view.getInt32(list + 8, true) }, (_, i) =>
      this.read(view.getInt32(data + 8 + 8 * i, true)),
    );
  }

  releaseTexts(list: number): void {
    const { view } = this;
    const data = view.getInt32(list + 16, true);
    for (let i = 0; i < view.getInt32(list + 8, true); i++)
      this.release(view.getInt32(data + 8 + 8 * i, true));
    this.call("listFree", list);
  }
}

/** How many rounds a test runs: GLIM_RUNS, or as many as usual. */
export const runs = (usual: number): number => Number(process.env.GLIM_RUNS ?? usual);
