// What is traced is compiled without its source: eagerly, compiled and inside of script functions it must do what
// the function did, with the parameters as they are now.

import { Rng, tensor, trace } from "glim";
import { describe, expect, it } from "vitest";
import { compile } from "#glim/cli/compiler.js";
import { bothWays } from "../gradients/both-ways.ts";
import { plainValue } from "../gradients/plain-value.ts";
import { plainOf } from "../stdlib/compiled-fixture.ts";

type Traced = typeof import("../fixtures/traced.ts");

const both = bothWays("fixtures/traced.ts");
const eager = (): Traced => both.eager as unknown as Traced;

const rng = new Rng(11);
const x = rng.normal([2, 3]);
const counts = tensor([3, -4], "i32");
const names = ["whole", "slope", "slopes", "again", "rows", "columns"] as const;

const run = (f: unknown, ...args: readonly unknown[]): unknown =>
  plainValue(Reflect.apply(f as () => unknown, undefined, args));

describe("traced functions", { timeout: 120_000 }, () => {
  it.each(names)("%s gives what the function gives", (name) => {
    const args = name === "whole" ? [x, counts] : [x];
    expect(run(eager()[name], ...args)).toEqual(run(eager().plain[name], ...args));
  });

  it.each(names)("%s gives the same bits compiled", (name) => {
    const args = name === "whole" ? [x, counts] : [x];
    const found = run(both.compiled.entries[name], ...args.map(plainOf));
    expect(found).toEqual(run(eager()[name], ...args));
  });

  it("are called and differentiated by script functions", () => {
    const { called, through } = eager();
    const { entries } = both.compiled;
    expect(run(entries.called, plainOf(x), 2)).toEqual(run(called, x, 2));
    expect(run(entries.through, plainOf(x))).toEqual(run(through, x));
    expect(() => run(entries.called, plainOf(rng.normal([4, 3])), 0)).toThrow(
      "argument 1 is f32[B,3], and the example was f32[2,3]",
    );
  });

  it("are trained with the rest, and follow their parameters", async () => {
    const { step, rows, net } = eager();
    const fast = await compile(rows);
    for (let i = 0; i < 3; i++) {
      const wanted = run(step, x);
      expect(run(both.compiled.entries.step, plainOf(x)), `step ${i}`).toEqual(wanted);
      expect(run(fast, x)).toEqual(run(rows, x));
      expect(run(rows, x)).toEqual(run(eager().plain.rows, x));
    }
    expect(net.scale.item()).not.toBe(0.5);
  });

  it("leave the sum of a diagonal its name", () => {
    const m = rng.normal([2, 2]);
    expect(run(both.compiled.entries.diagonalSum, plainOf(m))).toEqual(run(eager().diagonalSum, m));
    expect(trace(m).item()).toBe(m.at(0, 0).add(m.at(1, 1)).item());
  });

  it("take what the examples were", () => {
    const { slope } = eager();
    expect(() => slope(rng.normal([3, 3]))).toThrow(
      "trace: argument 1 is f32[3,3], and the example was f32[2,3]",
    );
  });
});
