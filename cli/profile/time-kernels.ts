/** Runs a module that has clocks, and keeps when each kernel began and ended. */

import {
  type BoundSignature,
  bindModel,
  decode,
  type Exports,
  type Model,
} from "../../runtime/bind.ts";
import { type HasWeights, putWeights } from "../../runtime/put-weights.ts";

/** A call of a kernel; milliseconds from the start of the run. */
export interface KernelCall {
  /** The number of the place that calls it. */
  readonly kernel: number;
  readonly start: number;
  readonly end: number;
}

export interface TimedRun {
  readonly milliseconds: number;
  readonly calls: readonly KernelCall[];
}

export const isTimed = (module: WebAssembly.Module): boolean =>
  WebAssembly.Module.imports(module).some(({ module: from }) => from === "glim");

/** A model whose kernels are timed, and how its entries are run so that they are. */
export class TimedModel {
  readonly #model: Model;
  #calls: KernelCall[] = [];
  #start = 0;

  /** `weights`: the file, of a module that was compiled without. */
  constructor(module: WebAssembly.Module, weights?: Uint8Array<ArrayBuffer>) {
    let began = 0;
    const clocks = {
      enter: (): void => {
        began = performance.now();
      },
      leave: (kernel: number): void => {
        const end = performance.now();
        this.#calls.push({ kernel, start: began - this.#start, end: end - this.#start });
      },
    };
    const { exports } = new WebAssembly.Instance(module, { glim: clocks });
    const wasm = exports as Exports;
    const [section] = WebAssembly.Module.customSections(module, "glim");
    const about: BoundSignature & HasWeights = JSON.parse(decode(section ?? new ArrayBuffer(0)));
    if (about.external) putWeights(about, wasm)(weights);
    this.#model = bindModel(about, wasm);
  }

  run(entry: string, args: readonly unknown[]): TimedRun {
    this.#calls = [];
    this.#start = performance.now();
    this.#model[entry]?.(...args);
    return { milliseconds: performance.now() - this.#start, calls: this.#calls };
  }
}

export interface Patience {
  readonly milliseconds: number;
  readonly runs: number;
}

/** Runs again and again, after as many warm-up runs as half of the time allows; at least one and then three. */
export function timeRuns(
  run: () => TimedRun,
  { milliseconds, runs }: Patience,
): readonly TimedRun[] {
  const start = performance.now();
  const passed = (): number => performance.now() - start;
  do run();
  while (passed() < milliseconds / 3);
  const timed: TimedRun[] = [];
  while (timed.length < 3 || (passed() < milliseconds && timed.length < runs)) timed.push(run());
  return timed;
}
