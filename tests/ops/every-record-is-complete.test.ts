// Everything about an operator derives from its record, so a careless one would spread everywhere.

import { describe, expect, it } from "vitest";
import { GraphRule, inferResult } from "#glim/compiler/graph/infer.js";
import { type Dim, substituteDim } from "#glim/compiler/ops/dim.js";
import type { Attr } from "#glim/compiler/ops/op.js";
import { opByName, ops } from "#glim/compiler/ops/registry.js";
import { maxRank, printTensorType, tensorType } from "#glim/compiler/ops/types.js";
import { lengthOf } from "./reference-elements.ts";
import { strictRule } from "./reference-host.ts";
import {
  concreteArgs,
  concreteType,
  isSymbolic,
  parseTensor,
  runSample,
  sampleSizes,
} from "./sample-call.ts";

it("names are unique and lead to their records", () => {
  expect(new Set(ops.map((op) => op.name)).size).toBe(ops.length);
  for (const op of ops) expect(opByName(op.name)).toBe(op);
  expect(opByName("cbrt")).toBeUndefined();
});

const isAttr = (a: unknown): a is Attr =>
  ["number", "string", "boolean"].includes(typeof a) ||
  (typeof a === "object" && a !== null && ("terms" in a || (Array.isArray(a) && a.every(isAttr))));

describe.each(ops.map((op) => [op.name, op] as const))("%s", (_name, op) => {
  it("is described for its users", () => {
    expect(op.name).toMatch(/^[a-z][A-Za-z\d]*$/);
    for (const text of [op.summary, op.notes]) expect(text).toMatch(/^[\p{L}\d`−].*[.)]$/u);
    for (const { doc, name } of [...op.operands, ...op.parameters, ...op.options]) {
      expect(doc, name).not.toBe("");
    }
    expect(op.torch).not.toBe("");
  });

  it("has parameters that can be told apart and placed", () => {
    const names = [...op.operands, ...op.parameters, ...op.options].map((p) => p.name);
    expect(new Set(names).size).toBe(names.length);
    expect(op.parametersAfter).toBeLessThanOrEqual(op.operands.length);
    const optional = op.parameters.map((p) => p.optional);
    expect([...optional].sort()).toEqual(optional);
    if (op.exposed === "method" || op.exposed === "both") {
      expect(op.operands.length).toBeGreaterThan(0);
      expect(op.variadic).toBe(false);
    }
  });

  it("has three samples or more, symbolic and empty ones among them", () => {
    expect(op.samples.length).toBeGreaterThanOrEqual(3);
    const types = op.samples.flatMap((s) => s.operands.map(parseTensor));
    if (types.some((t) => t.shape.length > 0)) expect(types.some(isSymbolic)).toBe(true);
    const results = op.samples.map((s) => runSample(op, s).result);
    if (!["reshape", "permute"].includes(op.name)) {
      expect([...types.map((t) => concreteType(t)), ...results.map((r) => r.type)]).toSatisfy(
        (all: (typeof types)[number][]) => all.some((t) => lengthOf(t.shape) === 0),
      );
    }
  });

  it.each(
    op.samples.map((s) => [`${s.operands.join(", ")} ${JSON.stringify(s.args)}`, s] as const),
  )("infers the same type with symbols as with numbers: %s", (_text, sample) => {
    const types = sample.operands.map(parseTensor);
    const attrs = op.bind(sample.args, types, new GraphRule());
    expect(Object.values(attrs).every(isAttr)).toBe(true);
    const { type } = inferResult(op, types, attrs);
    expect(type.shape.length).toBeLessThanOrEqual(maxRank);

    const numbers = types.map((t) => concreteType(t));
    const numberAttrs = op.bind(concreteArgs(sample.args), numbers, strictRule);
    const by = new Map<string, Dim>(sampleSizes);
    const substituted = tensorType(
      type.dtype,
      type.shape.map((d) => substituteDim(d, by)),
    );
    const direct = op.type(numbers, numberAttrs, strictRule);
    expect(printTensorType(substituted)).toBe(printTensorType(direct));
  });
});
