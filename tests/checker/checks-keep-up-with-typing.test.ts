// Diagnostics that come a second late are about code that is gone. The bounds are the product's promises, far
// above what is needed (20 ms and 1 s); time of the processor is measured, which other programs do not lengthen.

import path from "node:path";
import { expect, test } from "vitest";
import { ModelChecker } from "#glim/cli/checker/check-model.js";
import { manyLayers, threeModules } from "./large-model.ts";

const folder = path.resolve("/models");
const model = path.join(folder, "model.ts");

function timed(
  checker: ModelChecker,
  files: Readonly<Record<string, string>>,
  typeErrors: boolean,
) {
  const edited = (file: string): string | undefined => files[path.relative(folder, file)];
  const start = process.cpuUsage();
  const result = checker.check(model, { edited, typeErrors });
  const { user, system } = process.cpuUsage(start);
  return { milliseconds: (user + system) / 1000, ...result };
}

test("a keystroke in three modules of 250 lines takes less than 100 ms", () => {
  const checker = new ModelChecker();
  const times: number[] = [];
  for (let i = 0; i < 40; i++) {
    const edit = i % 4 === 3 ? "y = y.matmul(this.head.weight);" : `y = y.mul(${i});`;
    const { milliseconds, diagnostics, entries } = timed(checker, threeModules(edit), false);
    expect(entries).toHaveLength(3);
    expect(diagnostics.length).toBe(i % 4 === 3 ? 1 : 0);
    times.push(milliseconds);
  }
  const median = times.slice(10).toSorted((a, b) => a - b)[15]!;
  expect(median).toBeLessThan(100);
});

test("a file of 300 layers is checked in 2 s, types included", () => {
  const program = manyLayers(300);
  const { milliseconds, diagnostics } = timed(new ModelChecker(), { "model.ts": program }, true);
  expect(diagnostics).toEqual([]);
  expect(milliseconds).toBeLessThan(2000);
});
