// A layer that differs from PyTorch's makes loaded weights useless; one that differs compiled breaks the promise.
import type { AnyTensor } from "glim";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readCases, tensorOf } from "../fixtures/layers/cases.ts";
import * as containers from "../fixtures/layers/containers.ts";
import * as recurrent from "../fixtures/layers/recurrent.ts";
import {
  type CompiledFixture,
  compileFixture,
  expectSameBits,
  plainOf,
} from "../stdlib/compiled-fixture.ts";

type Entry = (...inputs: readonly AnyTensor[]) => AnyTensor;
const groups: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  recurrent,
  containers,
};

describe.each(Object.entries(groups))("%s layers", (group, eager) => {
  const cases = readCases(group);
  const entryOf = (name: string): Entry => eager[name] as Entry;
  let fixture: CompiledFixture;

  beforeAll(async () => {
    fixture = await compileFixture(`fixtures/layers/${group}.ts`);
  }, 120_000);
  afterAll(() => fixture.dispose());

  it("each case has an entry", () => {
    expect(Object.keys(eager).sort()).toEqual(Object.keys(cases).sort());
  });

  it.each(Object.entries(cases))("%s", (name, { inputs, output }) => {
    const given = inputs.map(tensorOf);
    const found = entryOf(name)(...given);
    const wanted = tensorOf(output).toTypedArray();
    expect(found.length).toBe(wanted.length);
    const largest = Math.max(...wanted.map(Math.abs), 1);
    found.toTypedArray().forEach((x, i) => {
      expect(Math.abs(x - wanted[i]!), `element ${i}`).toBeLessThanOrEqual(1e-5 * largest);
    });
    expectSameBits(fixture.entries[name]!(...given.map(plainOf)), found);
  });
});
