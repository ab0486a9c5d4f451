// Texts, lists, records and maps of a run must behave as JavaScript's own: aliasing, order, nothing.

import { expect, test } from "vitest";
import { lawful, lowerFixture } from "./lower-model.ts";
import { GraphProgram, outcomeOf } from "./plain-run.ts";

const fixture = await lowerFixture("models/heap.ts");
const module = lawful(fixture);

for (const { name } of module.funcs.filter((f) => f.entry)) {
  const plain = fixture.exports[name];
  if (typeof plain !== "function") continue;
  test.each([-1, 0, 1, 2, 3, 4, 7, 12])(`${name}(%d)`, (n) => {
    const found = outcomeOf(() => new GraphProgram(module).call(name, [n]));
    const wanted = outcomeOf(() => plain(n));
    // Outside of a list a plain run gives undefined, whatever `!` says of it.
    if ("value" in wanted && wanted.value === undefined && "failure" in found) {
      expect(found.failure).toContain("is outside of the list");
    } else expect(found).toEqual(wanted);
  });
}
