/**
 * What the machine can do at best, measured on the spot: multiplications and additions of numbers that stay in
 * registers, and reading memory of several sizes. Shares of a ceiling are shares of these.
 */

import {
  address,
  binary,
  constant,
  FuncBuilder,
  loadVector,
  plus,
} from "../../compiler/loop/build.ts";
import type { LoopExpr, LoopFunc } from "../../compiler/loop/ir.ts";
import { emitModule } from "../../compiler/wasm/emit-module.ts";

export interface Ceilings {
  /** Operations per second, of four lanes at once. */
  readonly operations: number;
  /** Bytes per second by the size of what is read again and again, smallest first. */
  readonly reading: readonly { readonly bytes: number; readonly rate: number }[];
}

/** A product and its sum take eight cycles, in which up to 24 can begin; more chains than these need more registers. */
const chains = 12;
/** Of each chain in one round of the loop, so that the loop itself costs nothing. */
const steps = 4;
const loads = 8;
/** First-level cache, second-level cache, last-level cache, memory: no more, so that a pass is seldom interrupted. */
const readSizes = [2 ** 14, 2 ** 18, 2 ** 21, 2 ** 23, 2 ** 25];
const largest = readSizes.at(-1)!;
/** Four of it are a small number. */
const byte = 0x3c;
const rounds = 5;
const seconds = 0.002;
/** Seconds, so that the engine has its best code for the last rounds. */
const patience = 0.1;

export async function measureCeilings(): Promise<Ceilings> {
  const data = [{ name: "memory", bytes: undefined, size: largest }];
  const bytes = await emitModule({ funcs: [compute(), read()], data, globals: [], table: [] });
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes));
  // Pages that were never written are all one page, which stays in the cache.
  new Uint8Array((exports.memory as WebAssembly.Memory).buffer).fill(byte);
  const { compute: run, read: pass } = exports as Readonly<
    Record<string, (count: number, times: number) => number>
  >;
  const operations = rateOf((n) => run!(1000, n), 1000 * steps * chains * 4 * 2);
  const reading = readSizes.map((size) => ({
    bytes: size,
    rate: rateOf((n) => pass!(size / 4, n), size),
  }));
  return { operations, reading };
}

/** The best of a few rounds, in units per second; a call does `unit` of them so often as it is told. */
function rateOf(run: (times: number) => unknown, unit: number): number {
  let times = 1;
  for (; secondsOf(() => run(times)) < seconds && times < 2 ** 24; times *= 2);
  let best = Number.POSITIVE_INFINITY;
  for (let passed = 0, n = 0; n < rounds || passed < patience; n++) {
    const time = secondsOf(() => run(times));
    best = Math.min(best, time);
    passed += time;
  }
  return (unit * times) / best;
}

function secondsOf(run: () => unknown): number {
  const start = performance.now();
  run();
  return (performance.now() - start) / 1000;
}

/** Runs a loop over `count` as often as `times`, and returns the sum of what `write` adds up. */
function repeated(
  name: string,
  step: number,
  sumCount: number,
  write: (b: FuncBuilder, sums: readonly LoopExpr[]) => (i: LoopExpr) => void,
): LoopFunc {
  const b = new FuncBuilder();
  const count = b.param("count", "i32");
  const times = b.param("times", "i32");
  const sums = Array.from({ length: sumCount }, () => b.let("sum", constant("v4f32", 0)));
  const body = write(b, sums);
  b.for("t", 0, times, 1, () => b.for("i", 0, count, step, body));
  const sum = sums.reduce((x, y) => binary("add", x, y));
  b.emit({ s: "return", value: { k: "lane", type: "f32", a: sum, lane: 0 } });
  return b.finish(name, { exported: name, result: "f32" });
}

/** x ← x / 2 + 1/2, of several that do not wait for each other. */
const compute = (): LoopFunc =>
  repeated("compute", 1, chains, (b, sums) => {
    const half = b.let("half", constant("v4f32", 0.5));
    return () => {
      for (let step = 0; step < steps; step++) {
        for (const x of sums) b.set(x, binary("add", binary("mul", x, half), half));
      }
    };
  });

const read = (): LoopFunc =>
  repeated("read", 4 * loads, loads, (b, sums) => (i) => {
    sums.forEach((sum, n) => {
      const at = { element: "f32", base: address("memory"), index: plus(i, 4 * n) } as const;
      b.set(sum, binary("add", sum, loadVector(at)));
    });
  });

/** The least seconds in which so much can be computed and read, whichever takes longer. */
export function leastSeconds(
  { operations, reading }: Ceilings,
  work: { readonly operations: number; readonly bytes: number },
): number {
  const fits = reading.find(({ bytes }) => work.bytes <= bytes) ?? reading.at(-1)!;
  return Math.max(work.operations / operations, work.bytes / fits.rate);
}
