// A seed that comes with the call must give the numbers that it gives eagerly, and a bad one must fail.

import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { compareModel } from "./compare-model.ts";

const file = fileURLToPath(new URL("../fixtures/generators-of-a-run.ts", import.meta.url));

it("from a number, from another generator, in lists", async () => {
  const model = await compareModel(file);
  for (const seed of [0, 7, 2 ** 40 + 1]) model.call("draw", seed);
  for (const seed of [-1, 0.5, 2 ** 53]) expect(model.call("draw", seed)).toBe("failed");
  for (const key of [0, 5]) model.call("fork", key);
  model.call("sum", 3);
  for (const x of [0.5, -3, 2 ** 53 - 1, 2 ** 53, Infinity, Number.NaN]) model.call("safe", x);
});
