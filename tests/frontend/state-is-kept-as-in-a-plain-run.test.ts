// A field is constant until some compiled code writes it; a write found late must not leave an old read.

import { expect, test } from "vitest";
import { lawful, lowerFixture } from "./lower-model.ts";
import { GraphProgram, outcomeOf } from "./plain-run.ts";

const fixture = await lowerFixture("models/state.ts");
const module = lawful(fixture);

const calls: readonly (readonly [string, readonly number[]])[] = [
  ["read", []],
  ["add", [4]],
  ["add", [-1]],
  ["guarded", [3]],
  ["guarded", [-3]],
  ["shift", [10]],
  ["loop", [3]],
  ["loop", [30]],
  ...Array.from({ length: 12 }, (_, i) => ["add", [i]] as const),
  ["guarded", [2]],
  ["read", []],
];

test("calls give what plain calls give, one after the other", () => {
  const program = new GraphProgram(module);
  for (const [name, args] of calls) {
    const plain = fixture.exports[name];
    if (typeof plain !== "function") throw new Error(`no ${name}`);
    const found = outcomeOf(() => program.call(name, args));
    expect(found, `${name}(${args.join(", ")})`).toEqual(outcomeOf(() => plain(...args)));
  }
});

test("exactly what is written is state, named by how the program reaches it", () => {
  expect([...module.state.keys()].sort()).toEqual([
    "Meter.made",
    "log.last",
    "log.seen",
    "meter.count",
    "meter.full",
    "meter.inner.depth",
    "meter.marks.1",
    "meter.total",
  ]);
});
