/** The kernel module, instantiated: its functions, its memory, and what part of that is taken. */

import {
  type KernelTable,
  mathExport,
  slackBytes,
  storageAlign,
} from "../../compiler/ops/kernel-abi.ts";
import { kernelBytes, kernelTable } from "./kernel-bytes.js";

type Kernel = (...args: readonly number[]) => number;

const pageBytes = 65536;
/** Memory grows by whole multiples of this: growing replaces all views, so it should be rare. */
const growthPages = 16;

/** Thrown where the engine grants no more memory. */
export class OutOfMemory extends Error {
  override readonly name = "OutOfMemory";
}

export class Kernels {
  readonly table: KernelTable;
  readonly memory: WebAssembly.Memory;
  /** Views of the whole memory. Growth replaces them: do not keep them across `allocateStatic`. */
  i32: Int32Array;
  f32: Float32Array;
  u8: Uint8Array;
  readonly map1: Kernel;
  readonly map2: Kernel;
  readonly map3: Kernel;
  readonly mapStrided: Kernel;
  readonly reduce: Kernel;
  readonly contract: Kernel;
  readonly windowMax: Kernel;
  readonly windowSum: Kernel;
  readonly move: Kernel;
  readonly index: Kernel;
  readonly scatter: Kernel;
  readonly sort: Kernel;
  private readonly exports: WebAssembly.Exports;
  private end: number;
  private scratchAddress = 0;
  private scratchBytes = 0;

  constructor(module: WebAssembly.Module, table: KernelTable) {
    this.table = table;
    this.exports = new WebAssembly.Instance(module).exports;
    const { memory } = this.exports;
    if (!(memory instanceof WebAssembly.Memory)) throw new Error("the kernels export no memory");
    this.memory = memory;
    [this.i32, this.f32, this.u8] = viewsOf(memory);
    this.map1 = this.kernel("map1");
    this.map2 = this.kernel("map2");
    this.map3 = this.kernel("map3");
    this.mapStrided = this.kernel("mapStrided");
    this.reduce = this.kernel("reduce");
    this.contract = this.kernel("contract");
    this.windowMax = this.kernel("windowMax");
    this.windowSum = this.kernel("windowSum");
    this.move = this.kernel("move");
    this.index = this.kernel("index");
    this.scatter = this.kernel("scatter");
    this.sort = this.kernel("sort");
    this.end = table.heapStart;
  }

  /** A function of numbers, by its name in `math`. */
  numberFunction(name: string): Kernel {
    return this.kernel(mathExport(name));
  }

  /** A scan, by the name of its function. */
  scan(name: string): Kernel {
    return this.kernel(name);
  }

  /**
   * Bytes that stay taken for ever, at a multiple of 64, with a whole multiple of 64 to themselves and
   * room after the last for vectors that kernels read too far. Memory grows when it must.
   */
  allocateStatic(bytes: number): number {
    const address = this.end;
    const end = address + Math.ceil(bytes / storageAlign) * storageAlign;
    this.ensure(end + slackBytes);
    this.end = end;
    return address;
  }

  /**
   * At least `bytes` of memory that nobody keeps; the next call may give the same. Asking for more
   * than ever before leaves the old stretch unused, so the new one is at least twice as long.
   */
  scratch(bytes: number): number {
    if (bytes > this.scratchBytes) {
      const wanted = Math.max(bytes, 2 * this.scratchBytes);
      this.scratchAddress = this.allocateStatic(wanted);
      this.scratchBytes = wanted;
    }
    return this.scratchAddress;
  }

  private ensure(end: number): void {
    const missing = end - this.u8.length;
    if (missing <= 0) return;
    const pages = Math.ceil(missing / pageBytes / growthPages) * growthPages;
    try {
      this.memory.grow(pages);
    } catch {
      throw new OutOfMemory(`the engine grants no ${pages * pageBytes} more bytes of memory`);
    }
    [this.i32, this.f32, this.u8] = viewsOf(this.memory);
  }

  /** All functions of the module take and return numbers. */
  private kernel(name: string): Kernel {
    const f = this.exports[name];
    if (typeof f !== "function") throw new Error(`the kernels export no function ${name}`);
    return f as Kernel;
  }
}

const viewsOf = ({ buffer }: WebAssembly.Memory): [Int32Array, Float32Array, Uint8Array] => [
  new Int32Array(buffer),
  new Float32Array(buffer),
  new Uint8Array(buffer),
];

let instance: Kernels | undefined;

/** The kernels of this program, instantiated at first use. */
export function kernels(): Kernels {
  instance ??= new Kernels(new WebAssembly.Module(decodeBase64(kernelBytes)), kernelTable);
  return instance;
}

function decodeBase64(text: string): Uint8Array<ArrayBuffer> {
  const characters = atob(text);
  const bytes = new Uint8Array(characters.length);
  for (let i = 0; i < bytes.length; i++) bytes[i] = characters.charCodeAt(i);
  return bytes;
}
