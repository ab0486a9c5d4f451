// A text is made longer in place where nothing else can see it: elsewhere the old one must stay as it was.

import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, it } from "vitest";
import { compileFile } from "#glim/cli/compiler.js";
import { loadModel } from "#glim/cli/loader/load-model.js";
import { loadSync, type Model } from "#glim/runtime/load.js";
import { outcomeOf } from "../../frontend/plain-run.ts";

const path = fileURLToPath(new URL("../../fixtures/growing-texts.ts", import.meta.url));
let model: Model;
let plain: Readonly<Record<string, unknown>>;
beforeAll(async () => {
  const { wasm } = await compileFile(path);
  model = loadSync(new WebAssembly.Module(new Uint8Array(wasm)));
  plain = (await loadModel(path)).exports;
}, 60_000);

const names = [
  "aliases",
  "twice",
  "branches",
  "keys",
  "logged",
  "integers",
  "failing",
  "naming",
  "units",
  "comparedUnits",
  "lastUnits",
  "lengths",
  "fieldsOfRecords",
  "written",
  "pieces",
  "inBranches",
];
describe.each(names)("%s", (name) => {
  it.each([0, 1, 2, 3, 7, 8, 12, 13, 4])("(%d)", (n) => {
    const f = plain[name];
    const run = (): unknown =>
      typeof f === "function" ? Reflect.apply(f, undefined, [n]) : undefined;
    const found = outcomeOf(() => model[name]?.(n));
    const wanted = outcomeOf(run);
    if ("failure" in wanted && "failure" in found) {
      expect(found.failure).toMatch(
        new RegExp(`^${wanted.failure} \\(.*growing-texts.ts:\\d+:\\d+\\)$`),
      );
    } else expect(found).toEqual(wanted);
  });
});

it.each(["long", "longField"])(
  "takes time as the text is long, and no more: %s",
  (name) => {
    const f = plain[name];
    expect(model[name]?.(20)).toBe(
      typeof f === "function" ? Reflect.apply(f, undefined, [20]) : "",
    );
  },
  10_000,
);
