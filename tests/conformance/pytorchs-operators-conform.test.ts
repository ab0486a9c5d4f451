// PyTorch's users expect PyTorch's results: its own samples, eagerly and compiled, within the bounds.
import { readFileSync, writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { conform, type Report } from "./conform.ts";
import { mappings } from "./mappings.ts";
import { outOfScope } from "./out-of-scope.ts";
import { readSamples } from "./samples.ts";

const samples = readSamples();
const file = new URL("expected.json", import.meta.url);

const summary = (reports: readonly Report[]): string => {
  const sum = (f: (r: Report) => number): number => reports.reduce((n, r) => n + f(r), 0);
  const all = sum((r) => r.samples);
  const share = (n: number): string => `${n} (${((100 * n) / all).toFixed(1)} %)`;
  return `${all} samples: ${share(sum((r) => r.eager))} eager, ${share(sum((r) => r.passed))} compiled`;
};

const passedShare = (reports: readonly Report[]): number =>
  reports.reduce((n, r) => n + r.passed, 0) / reports.reduce((n, r) => n + r.samples, 0);

describe.skipIf(samples === undefined)("PyTorch's samples", () => {
  it("are of operators that are translated, or left out for a reason: fewer than 15 %", () => {
    const ops = new Set(samples!.map((s) => s.op));
    const isLeftOut = (op: string): boolean => outOfScope[op] !== undefined;
    expect([...ops].filter((op) => !isLeftOut(op) && mappings[op] === undefined)).toEqual([]);
    expect([...ops].filter(isLeftOut).length / ops.size).toBeLessThan(0.15);
  });

  it("pass as before, or more of them", async () => {
    const reports = await conform(samples!);
    console.log(summary(reports));
    const path = process.env.GLIM_REPORT;
    if (path !== undefined) {
      const lines = reports.map(
        (r) => `${r.op}: ${r.samples} samples, ${r.eager} eager, ${r.passed} compiled`,
      );
      const failures = reports.flatMap((r) => r.failures);
      writeFileSync(path, `${[summary(reports), ...lines, "", ...failures].join("\n")}\n`);
    }
    const expected: Readonly<Record<string, number>> = JSON.parse(readFileSync(file, "utf8"));
    if (process.env.GLIM_BLESS !== undefined) {
      // The floor only rises.
      const counts = reports.map((r) => [r.op, Math.max(r.passed, expected[r.op] ?? 0)] as const);
      const passing = Object.fromEntries(counts.filter(([, passed]) => passed > 0));
      writeFileSync(file, `${JSON.stringify(passing, null, 2)}\n`);
    }
    const worse = reports.filter((r) => r.passed < (expected[r.op] ?? 0));
    expect(worse.flatMap((r) => r.failures)).toEqual([]);
    expect(passedShare(reports)).toBeGreaterThanOrEqual(0.98);
  }, 600_000);
});
