// Inlining and unrolling put hundreds of loops into one function: asking of each what would be integers, of the whole
// function each time, took a minute of compiling.

import { expect, test } from "vitest";
import { parseGraph } from "#glim/compiler/graph/text.js";
import { guardLoops } from "#glim/compiler/passes/graph/guard-loops.js";

const loop = (i: number): string => `
  %r${i} = loop L${i} (%i${i} = %0 : f64, %s${i} = %0 : f64) : f64 {
    %c${i} = scalar lt %i${i} %n : bool
    if %c${i} {
      yield
    } else {
      break L${i} %s${i}
    }
    %t${i} = scalar add %s${i} %i${i} : f64
    %j${i} = scalar add %i${i} %1 : f64
    continue L${i} %j${i} %t${i}
  }`;

const program = (count: number): string =>
  `module many

entry func @f(%n: f64) -> f64 {
  %0 = number 0 : f64
  %1 = number 1 : f64${Array.from({ length: count }, (_, i) => loop(i)).join("")}
  return %r0
}
`;

const guarded = (count: number): number => {
  const [f] = guardLoops.run(parseGraph(program(count)), { evaluator: undefined }).funcs;
  return f!.body.nodes.filter((node) => node.op === "if").length;
};

test("hundreds of loops all get versions in little time", () => {
  expect(guarded(3)).toBe(3);
  const before = process.cpuUsage();
  expect(guarded(400)).toBe(400);
  expect(process.cpuUsage(before).user / 1e6).toBeLessThan(5);
});
