// A list of labels is no state because something else of the program keeps texts: it must compile, and hosts must not
// be offered to set it. A cell that is written must never be read from a copy.

import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { compareModel, someTensor } from "../compare-model.ts";

const model = await compareModel(
  fileURLToPath(new URL("../../fixtures/kept/constants.ts", import.meta.url)),
);

test("programs with both give what a plain run gives", () => {
  for (const i of [0, 1, 1]) {
    model.call("step", someTensor([2, 4]), { data: Int32Array.of(1, 0), shape: [2] }, i);
    model.call("label", someTensor([1, 4]));
    model.call("shift", someTensor([2]));
    model.call("lasts");
    model.call("pass", i);
  }
});

test("only what is written is state", () => {
  const names = model.compiled.state.names;
  expect(names).toEqual(expect.arrayContaining(["seen", "counts", "cells.0", "opt.steps"]));
  expect(
    names.filter((name) => /names|labels|^opt.(places|groups|parameters).*[^r]$/.test(name)),
  ).toEqual([]);
});
