// What the host may leave out must be told to it: a default is computed when compiling, and recorded.

import { describe, expect, test } from "vitest";
import { parseGraph, printGraph } from "#glim/compiler/graph/text.js";
import { lawful, lowerFixture } from "./lower-model.ts";
import { GraphProgram, type Scalar } from "./plain-run.ts";

const fixture = await lowerFixture("models/defaults.ts");
const module = lawful(fixture);

/** The parameters of an entry, given some by name: the others have their defaults. */
function argumentsOf(name: string, given: Readonly<Record<string, Scalar>>): readonly Scalar[] {
  const func = module.funcs.find((f) => f.name === name);
  return (func?.params ?? []).map((p) => {
    const value = given[p.name] ?? p.default;
    if (value === undefined) throw new Error(`${p.name} has no default`);
    return value;
  });
}

type Call = readonly [name: string, plain: readonly unknown[], given: Record<string, Scalar>];

const calls: readonly Call[] = [
  ["simple", [1], { a: 1 }],
  ["simple", [1, 5], { a: 1, b: 5 }],
  ["simple", [1, undefined, false], { a: 1, on: false }],
  ["pattern", [3], { a: 3 }],
  ["pattern", [3, { on: true }], { a: 3, "options.on": true }],
  ["pattern", [3, { k: 4, on: true }], { a: 3, "options.k": 4, "options.on": true }],
  ["record", [{ scale: 2, flip: false }, 5], { "o.scale": 2, "o.flip": false, n: 5 }],
  ["deep", [{ inner: { a: 2, b: true } }], { "o.inner.a": 2, "o.inner.b": true }],
];

describe("a call that leaves something out computes what the plain call does", () => {
  test.each(calls)("%s(%j)", (name, args, given) => {
    const plain = fixture.exports[name];
    const found = new GraphProgram(module).call(name, argumentsOf(name, given));
    expect(found).toBe(typeof plain === "function" ? plain(...args) : undefined);
  });
});

test("defaults survive the text form", () => {
  const text = printGraph(module);
  expect(text).toContain("%options.k: f64 = 7, %options.on: bool = false");
  expect(printGraph(parseGraph(text))).toBe(text);
});
