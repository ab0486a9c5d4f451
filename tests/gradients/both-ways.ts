/** A model of tests/fixtures, loaded to run eagerly and compiled: what a test file compares. */

import { fileURLToPath } from "node:url";
import { afterAll, beforeAll } from "vitest";
import { loadModel } from "#glim/cli/loader/load-model.js";
import { type CompiledFixture, compileFixture } from "../stdlib/compiled-fixture.ts";

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
