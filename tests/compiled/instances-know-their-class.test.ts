// Which method a call means depends on the class of the instance, which only the run knows where a list holds
// several: `super`, getters and `instanceof` with it.

import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { compareModel } from "./compare-model.ts";

const file = fileURLToPath(new URL("../fixtures/classes/model.ts", import.meta.url));

it("where a list or a variable holds one of several", async () => {
  const model = await compareModel(file);
  for (const n of [0, 1, 2, 3, 4, 7]) {
    for (const name of ["f", "g", "h", "given", "meets"]) model.call(name, n);
  }
  expect(model.call("f", 2)).toEqual({ value: ["square:00s", "(circle:3)6c"] });
});
