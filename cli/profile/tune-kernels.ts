/**
 * Tries other schedules for the contractions of a program. Kernels are measured where they stand, in runs of the
 * whole entry, by turns: so each finds the caches as it will find them, and what disturbs one disturbs all.
 */

import type { ScheduleChoice, Schedules } from "../../compiler/lower/fused/schedule-choice.ts";
import type { KernelDescription } from "../../compiler/package/describe-kernels.ts";
import { quiet } from "./kernel-rates.ts";
import type { TimedRun } from "./time-kernels.ts";

/** What is tried: one thing after another, each with the best of those before. */
const stages: readonly (readonly ScheduleChoice[])[] = [
  [2 ** 12, 2 ** 14, 2 ** 16, 2 ** 18].map((rowElements) => ({ rowElements })),
  [512, 1536, 4096].map((depth) => ({ depth })),
  [3, 5, 6].map((tileRows) => ({ tileRows })),
];

/** A choice must win by so much of the time, or noise would choose. */
const margin = 0.03;

export interface TunedProgram {
  readonly kernels: readonly KernelDescription[];
  /** One run with these schedules. */
  readonly open: (schedules: Schedules) => Promise<() => TimedRun>;
  /** How long to measure, in each of the stages and at the end. */
  readonly milliseconds: number;
  readonly progress: (text: string) => void;
}

export interface Tuned {
  readonly schedules: Schedules;
  /** Of the contractions with these keys, all calls of one run together. */
  readonly kernels: readonly TunedKernel[];
  /** Of a run, without schedules and with them. */
  readonly before: number;
  readonly after: number;
}

export interface TunedKernel {
  readonly key: string;
  readonly choice: ScheduleChoice;
  readonly before: number;
  readonly after: number;
}

export async function tuneKernels(program: TunedProgram): Promise<Tuned> {
  let chosen: Schedules = new Map();
  for (const [number, stage] of stages.entries()) {
    program.progress(`trying other schedules: ${number + 1} of ${stages.length}`);
    chosen = await bestOf(program, chosen, stage);
  }
  program.progress("comparing");
  const [plain, tuned] = await measure(program, [new Map(), chosen]);
  const kernels = [...chosen].map(([key, choice]) => ({
    key,
    choice,
    before: plain!.byKey.get(key) ?? 0,
    after: tuned!.byKey.get(key) ?? 0,
  }));
  // What was faster beside other choices need not be so in the end.
  const kept = kernels.filter(({ before, after }) => after < (1 - margin) * before);
  const schedules = new Map(kept.map(({ key, choice }) => [key, choice]));
  const saved = kept.reduce((sum, { before, after }) => sum + before - after, 0);
  return { schedules, kernels: kept, before: plain!.run, after: plain!.run - saved };
}

/** Each contraction's best choice of a stage, where one is clearly better than what it has. */
async function bestOf(
  program: TunedProgram,
  chosen: Schedules,
  stage: readonly ScheduleChoice[],
): Promise<Schedules> {
  const keys = keysOf(program.kernels);
  const tried = stage.map(
    (choice) => new Map(keys.map((key) => [key, { ...chosen.get(key), ...choice }])),
  );
  const [now, ...others] = await measure(program, [chosen, ...tried]);
  const best = new Map(chosen);
  for (const key of keys) {
    const times = others.map(({ byKey }) => byKey.get(key) ?? Number.POSITIVE_INFINITY);
    const least = Math.min(...times);
    if (least < (1 - margin) * (now!.byKey.get(key) ?? 0)) {
      best.set(key, tried[times.indexOf(least)]!.get(key)!);
    }
  }
  return best;
}

const keysOf = (kernels: readonly KernelDescription[]): readonly string[] => [
  ...new Set(kernels.flatMap(({ schedule }) => schedule ?? [])),
];

interface Measured {
  /** Milliseconds of a run. */
  readonly run: number;
  readonly byKey: ReadonlyMap<string, number>;
}

/** Runs each of the ways by turns. */
async function measure(
  { kernels, open, milliseconds }: TunedProgram,
  ways: readonly Schedules[],
): Promise<readonly Measured[]> {
  const runners = await Promise.all(ways.map(open));
  const runs = runners.map((): TimedRun[] => []);
  const turn = (keep: boolean): void => {
    runners.forEach((run, i) => {
      const timed = run();
      if (keep) runs[i]!.push(timed);
    });
  };
  const start = performance.now();
  const passed = (): number => performance.now() - start;
  do turn(false);
  while (passed() < milliseconds / 4);
  do turn(true);
  while (passed() < milliseconds || runs[0]!.length < 5);
  return runs.map((of) => ({
    run: quiet(of.map((r) => r.milliseconds)),
    byKey: timesByKey(kernels, of),
  }));
}

function timesByKey(
  kernels: readonly KernelDescription[],
  runs: readonly TimedRun[],
): ReadonlyMap<string, number> {
  const all = new Map<string, number[]>();
  runs.forEach(({ calls }, n) => {
    for (const { kernel, start, end } of calls) {
      const key = kernels[kernel]?.schedule;
      if (key === null || key === undefined) continue;
      const times = all.get(key) ?? runs.map(() => 0);
      times[n]! += end - start;
      all.set(key, times);
    }
  });
  return new Map([...all].map(([key, times]) => [key, quiet(times)]));
}
