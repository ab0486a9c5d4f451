// A schedule that is not faster is worth nothing, and noise must not choose one: what is kept wins in the program as a whole.

import { describe, expect, it } from "vitest";
import { type TunedProgram, tuneKernels } from "#glim/cli/profile/tune-kernels.js";
import type { ScheduleChoice, Schedules } from "#glim/compiler/lower/fused/schedule-choice.js";
import type { KernelDescription } from "#glim/compiler/package/describe-kernels.js";

const kernel = (schedule: string | null): KernelDescription => ({
  ...{ caller: "run", functions: [], anchor: null, operators: [], operands: [], weights: [] },
  ...{ result: "", loops: "", tiles: [], operations: 0, bytes: 0, place: null },
  schedule,
});

/** A program whose kernels take as long as `times` say, each with its own schedule. */
const programOf = (
  keys: readonly (string | null)[],
  times: (key: string | null, choice: ScheduleChoice) => number,
): TunedProgram => ({
  kernels: keys.map(kernel),
  milliseconds: 1,
  progress: () => {},
  open: async (schedules: Schedules) => () => {
    let at = 0;
    const calls = keys.map((key, n) => {
      const start = at;
      at += times(key, schedules.get(key ?? "") ?? {});
      return { kernel: n, start, end: at };
    });
    return { milliseconds: at, calls };
  },
});

describe("tuning", () => {
  it("finds the best of each kernel, one thing after another", async () => {
    const program = programOf(["a", null, "b", "a"], (key, { rowElements, depth, tileRows }) => {
      if (key === "a") return 10 - (rowElements === 2 ** 14 ? 2 : 0) - (tileRows === 5 ? 1 : 0);
      return key === "b" && depth === 4096 ? 3 : 4;
    });
    const { schedules, kernels, before, after } = await tuneKernels(program);
    expect([...schedules]).toEqual([
      ["a", { rowElements: 2 ** 14, tileRows: 5 }],
      ["b", { depth: 4096 }],
    ]);
    expect(kernels.map((k) => [k.before, k.after])).toEqual([
      [20, 14],
      [4, 3],
    ]);
    expect([before, after]).toEqual([28, 21]);
  });

  it("keeps what it has where others are hardly faster", async () => {
    const program = programOf(["a"], (_, { depth }) => (depth === 512 ? 98 : 100));
    expect((await tuneKernels(program)).schedules.size).toBe(0);
  });

  it("takes back what does not hold in the end", async () => {
    let runs = 0;
    const program = programOf(["a"], (_, choice) => {
      runs++;
      // Faster while it is tried, slower afterwards.
      return Object.keys(choice).length > 0 && runs < 30 ? 50 : 100;
    });
    const { schedules, before, after } = await tuneKernels({ ...program, milliseconds: 0 });
    expect(schedules.size).toBe(0);
    expect(after).toBe(before);
  });
});
