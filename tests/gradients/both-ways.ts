/** A model of tests/fixtures, loaded to run eagerly and compiled: what a test file compares. */

import { fileURLToPath } from "node:url";
import { tensor } from "glim";
import { afterAll, beforeAll, expect } from "vitest";
import { loadModel } from "#glim/cli/loader/load-model.js";
import { type CompiledFixture, compileFixture } from "../stdlib/compiled-fixture.ts";
import { plainValue } from "./plain-value.ts";

export interface BothWays {
  readonly eager: Readonly<Record<string, unknown>>;
  readonly compiled: CompiledFixture;
}

/** Both are there once the tests of the file run. */
export function bothWays(file: string): BothWays {
  let eager: BothWays["eager"];
  let compiled: CompiledFixture;
  beforeAll(async () => {
    compiled = await compileFixture(file);
    const path = fileURLToPath(new URL(`../${file}`, import.meta.url));
    eager = (await loadModel(path)).exports;
  }, 120_000);
  afterAll(() => compiled.dispose());
  return {
    get eager() {
      return eager;
    },
    get compiled() {
      return compiled;
    },
  };
}

/** The entry `name` of both, with the same arguments: lists of numbers are tensors. */
export function expectSameBits(both: BothWays, name: string, args: readonly unknown[]): void {
  const run = both.eager[name];
  if (typeof run !== "function") throw new Error(`no entry ${name}`);
  const tensors = args.map((a) => (Array.isArray(a) ? tensor(a) : a));
  const arrays = args.map((a) => (Array.isArray(a) ? new Float32Array(a) : a));
  const wanted = plainValue(Reflect.apply(run, undefined, tensors));
  expect(plainValue(both.compiled.entries[name]!(...arrays))).toEqual(wanted);
}
