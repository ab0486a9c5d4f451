// A layer that differs from PyTorch's makes loaded weights useless; one that differs compiled breaks the promise.
import { readdirSync, readFileSync } from "node:fs";
import { type AnyTensor, nn } from "glim";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as attention from "../fixtures/layers/attention.ts";
import { readCases, tensorOf } from "../fixtures/layers/cases.ts";
import * as containers from "../fixtures/layers/containers.ts";
import * as convolutions from "../fixtures/layers/convolutions.ts";
import * as images from "../fixtures/layers/images.ts";
import * as losses from "../fixtures/layers/losses.ts";
import * as norms from "../fixtures/layers/norms.ts";
import * as pools from "../fixtures/layers/pools.ts";
import * as recurrent from "../fixtures/layers/recurrent.ts";
import * as simple from "../fixtures/layers/simple.ts";
import {
  type CompiledFixture,
  compileFixture,
  expectSameBits,
  plainOf,
} from "../stdlib/compiled-fixture.ts";

type Entry = (...inputs: readonly AnyTensor[]) => AnyTensor;
const groups: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  recurrent,
  attention,
  containers,
  norms,
  convolutions,
  pools,
  images,
  simple,
  losses,
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

it("each layer that glim exports is in a fixture", () => {
  const folder = new URL("../fixtures/layers/", import.meta.url);
  const sources = readdirSync(folder).filter((name) => name.endsWith(".ts"));
  const text = sources.map((name) => readFileSync(new URL(name, folder), "utf8")).join("");
  const elsewhere = ["Module", "Parameter"];
  const layers = Object.entries<unknown>(nn).filter(([, v]) => typeof v === "function");
  const missing = layers.map(([name]) => name).filter((name) => !text.includes(`nn.${name}(`));
  expect(missing.filter((name) => !elsewhere.includes(name))).toEqual([]);
});
