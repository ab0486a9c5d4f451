// Control flow is rebuilt from syntax: every statement must do what JavaScript does with it.

import { describe, expect, test } from "vitest";
import { lawful, lowerFixture } from "./lower-model.ts";
import { GraphProgram, outcomeOf, type Scalar } from "./plain-run.ts";

const numbers = [-7, -1, -0, 0, 0.5, 1, 2, 3, 4, 6, 7, 11, 12, 25, 99, 1234, Number.NaN];
const few = [-2, 0, 0.5, 3];

type Kind = "f64" | "bool" | "tensor";

/** Every combination of sample values of the parameters. */
function inputsOf(kinds: readonly Kind[]): readonly (readonly Scalar[])[] {
  const values = kinds.length === 1 ? numbers : few;
  return kinds.reduce<readonly (readonly Scalar[])[]>(
    (lists, kind) =>
      lists.flatMap((list) => (kind === "bool" ? [false, true] : values).map((v) => [...list, v])),
    [[]],
  );
}

for (const name of ["scalars", "expressions"]) {
  const fixture = await lowerFixture(`models/${name}.ts`);
  const module = lawful(fixture);
  describe(name, () => {
    for (const { name: entry, params } of module.funcs.filter((f) => f.entry)) {
      const plain = fixture.exports[entry];
      if (typeof plain !== "function") continue;
      const inputs = inputsOf(params.map((p) => (p.value.type.kind === "bool" ? "bool" : "f64")));
      // Only whole numbers reach 1.
      const ending = inputs.filter(([n]) => entry !== "collatz" || Number.isInteger(n));
      test(entry, () => {
        for (const args of ending) {
          const found = outcomeOf(() => new GraphProgram(module).call(entry, args));
          const wanted = outcomeOf(() => plain(...args));
          expect(withoutInputs(found), args.join()).toEqual(withoutInputs(wanted));
        }
      });
    }
  });
}

/** A message names inputs by their expressions where a plain run has their values. */
const withoutInputs = (outcome: object): object =>
  "failure" in outcome
    ? { failure: String(outcome.failure).replace(/(\{\w+\}|-?\d+)/g, "…") }
    : outcome;
