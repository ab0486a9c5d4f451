/** What a profile says of each kernel: its time, its rates, and the share of what the machine can do. */

import { evaluateDim, parseDim } from "../../compiler/ops/dim.ts";
import type { KernelDescription } from "../../compiler/package/describe-kernels.ts";
import { type Ceilings, leastSeconds } from "./measure-ceilings.ts";
import type { TimedRun } from "./time-kernels.ts";

/** All calls from one place, in one run of the entry. */
export interface KernelRates {
  readonly kernel: KernelDescription;
  readonly calls: number;
  /** Of one run, the lower quartile over the runs. */
  readonly milliseconds: number;
  /** Of the run's time, from 0 to 1. */
  readonly share: number;
  /** Operations and bytes of all calls. */
  readonly operations: number;
  readonly bytes: number;
  readonly gflops: number;
  readonly gigabytesPerSecond: number;
  /** The least time on this machine over the time, from 0 to 1. */
  readonly ceilingShare: number;
}

export interface Profile {
  readonly entry: string;
  readonly sizes: Readonly<Record<string, number>>;
  readonly runs: number;
  /** The sum of the kernels' times and of what is outside of them. */
  readonly milliseconds: number;
  /** The lower quartile over the runs. */
  readonly outsideKernels: number;
  readonly ceilings: Ceilings;
  /** By time, the longest first. */
  readonly kernels: readonly KernelRates[];
}

export interface ProfileInput {
  readonly entry: string;
  readonly sizes: ReadonlyMap<string, number>;
  readonly kernels: readonly KernelDescription[];
  readonly runs: readonly TimedRun[];
  readonly ceilings: Ceilings;
}

export function profileOf({ entry, sizes, kernels, runs, ceilings }: ProfileInput): Profile {
  const perRun = runs.map(timesOf);
  const outsideKernels = quiet(
    runs.map(({ milliseconds, calls }) =>
      calls.reduce((left, { start, end }) => left - (end - start), milliseconds),
    ),
  );
  const rates = kernels.flatMap((kernel, number) => {
    const times = perRun.map((of) => of.get(number)?.milliseconds ?? 0);
    const calls = perRun[0]?.get(number)?.calls ?? 0;
    if (calls === 0) return [];
    const time = quiet(times);
    const operations = calls * sizeAt(kernel.operations, sizes);
    const bytes = calls * sizeAt(kernel.bytes, sizes);
    const one = { operations: operations / calls, bytes: bytes / calls };
    const seconds = time / 1000;
    return {
      kernel,
      calls,
      milliseconds: time,
      operations,
      bytes,
      gflops: operations / seconds / 1e9,
      gigabytesPerSecond: bytes / seconds / 1e9,
      ceilingShare: (calls * leastSeconds(ceilings, one)) / seconds,
    };
  });
  // What disturbs a run disturbs one kernel of it: the sum of the quartiles is quieter than the quartile of the sums.
  const milliseconds = rates.reduce((sum, r) => sum + r.milliseconds, outsideKernels);
  return {
    entry,
    sizes: Object.fromEntries(sizes),
    runs: runs.length,
    milliseconds,
    outsideKernels,
    ceilings,
    kernels: rates
      .map((r) => ({ ...r, share: r.milliseconds / milliseconds }))
      .toSorted((a, b) => b.milliseconds - a.milliseconds),
  };
}

/** The lower quartile: what others do on the machine only adds to times. */
export const quiet = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[values.length >> 2]!;

const sizeAt = (size: number | string, sizes: ReadonlyMap<string, number>): number =>
  typeof size === "number" ? size : evaluateDim(parseDim(size), sizes);

interface Times {
  readonly calls: number;
  readonly milliseconds: number;
}

function timesOf({ calls }: TimedRun): ReadonlyMap<number, Times> {
  const times = new Map<number, Times>();
  for (const { kernel, start, end } of calls) {
    const before = times.get(kernel) ?? { calls: 0, milliseconds: 0 };
    times.set(kernel, {
      calls: before.calls + 1,
      milliseconds: before.milliseconds + end - start,
    });
  }
  return times;
}
