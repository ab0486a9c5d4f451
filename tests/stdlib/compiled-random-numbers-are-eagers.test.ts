// Dropout and sampling are compiled: their numbers, and how far they have come, must be eager mode's.
import * as glim from "glim";
import { afterAll, beforeAll, it } from "vitest";
import * as eager from "../fixtures/stdlib/random-numbers.ts";
import {
  type CompiledFixture,
  compileFixture,
  expectSameBits,
  plainOf,
} from "./compiled-fixture.ts";

let fixture: CompiledFixture;
beforeAll(async () => {
  fixture = await compileFixture("fixtures/stdlib/random-numbers.ts");
}, 120_000);
afterAll(() => fixture.dispose());

it("calls one after another draw the same numbers", () => {
  const entries = Object.entries<(x: glim.Tensor) => glim.AnyTensor>(eager);
  for (const batch of [3, 1, 5]) {
    for (const [name, run] of entries) {
      const x = new glim.Rng(batch).uniform([batch, 4], -2, 2);
      expectSameBits(fixture.entries[name]!(plainOf(x)), run(x));
    }
  }
});
