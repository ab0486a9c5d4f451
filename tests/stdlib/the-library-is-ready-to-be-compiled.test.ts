// The compiler reads the library's own sources: it must find each function's, and know the rest by marks.

import { readFileSync } from "node:fs";
import * as glim from "glim";
import { describe, expect, it } from "vitest";
import { numberFunctions } from "#glim/compiler/ops/math/number-functions.js";
import * as marks from "#glim/runtime/eager/marks.js";
import { isTraining } from "#glim/runtime/eager/training.js";
import { tagOf } from "#glim/runtime/tags.js";

const x = glim.ones([2, 3]);

const functions = Object.entries<unknown>(glim).flatMap(([name, f]) =>
  typeof f === "function" ? [[name, f] as const] : [],
);
const markOf = (f: object, symbol: symbol): unknown => Reflect.get(f, symbol);

it("each exported function has a source or a mark", () => {
  const plain = functions.filter(
    ([, f]) => markOf(f, marks.operatorMark) === undefined && !markOf(f, marks.builtinMark),
  );
  // A class of the runtime, only thrown.
  const unread = plain.filter(([name, f]) => tagOf(f) === undefined && name !== "GlimError");
  expect(unread.map(([name]) => name)).toEqual([]);
});

it("a source is where its tag says", () => {
  const textAt = (f: object): string => {
    const tag = tagOf(f)!;
    return readFileSync(tag.file, "utf8").slice(tag.position);
  };
  expect(textAt(glim.softmax)).toMatch(/^export function softmax\(/);
  // Methods are found inside their class.
  expect(textAt(glim.nn.Linear)).toMatch(/^export class Linear /);
});

it("a method of the library leads to its function", () => {
  const { softmax, matmul, relu } = glim;
  for (const [name, f] of Object.entries({ softmax, matmul, relu })) {
    expect(markOf(Reflect.get(x, name), marks.methodMark)).toBe(f);
    expect(markOf(Reflect.get(x, name), marks.operatorMark)).toBeUndefined();
  }
});

it("builtins say their names", () => {
  const { assert, script, tensor, training, math } = glim;
  for (const [name, f] of Object.entries({ assert, script, tensor, training, isTraining })) {
    expect(markOf(f, marks.builtinMark)).toBe(name);
  }
  for (const [name, f] of Object.entries(math)) {
    expect(markOf(f, marks.builtinMark)).toBe(`math.${name}`);
    expect([...numberFunctions.keys()]).toContain(name);
  }
});

it("cells say what they are", () => {
  expect(markOf(new glim.nn.Parameter(x), marks.cellMark)).toBe("parameter");
  expect(markOf(new glim.nn.Buffer(x), marks.cellMark)).toBe("buffer");
  expect(markOf(x, marks.cellMark)).toBeUndefined();
});

describe("script", () => {
  it("returns the function itself, marked where nobody sees it", () => {
    const f = (a: glim.Tensor<["B", 2]>): glim.Tensor => a;
    const marked = glim.script(f, { dims: { B: [1, 8], T: 4 } });
    expect(marked).toBe(f);
    expect(markOf(f, marks.scriptMark)).toEqual({ dims: { B: [1, 8], T: 4 } });
    expect(Object.keys(f)).toEqual([]);
  });
});
