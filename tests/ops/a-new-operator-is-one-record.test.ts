// The architecture rests on it: an operator is one file and one line, and all else derives from the record.

import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { callOp } from "#glim/compiler/ops/call.js";
import type { OpBuilder } from "#glim/compiler/ops/op.js";
import { opByName } from "#glim/compiler/ops/registry.js";
import { cbrt } from "./cbrt.ts";
import {
  applyOp,
  type ReferenceTensor,
  referenceBuilder,
  referenceHost,
  strictRule,
  tensor,
} from "./reference-host.ts";
import { runSample } from "./sample-call.ts";
import { cotangentsOf } from "./traced-gradient.ts";

const builder: OpBuilder<ReferenceTensor> = {
  ...referenceBuilder,
  apply: (name, operands, attrs) =>
    name === cbrt.name
      ? applyOp(cbrt, operands, attrs)
      : referenceBuilder.apply(name, operands, attrs),
};

it("the registry does not know cbrt", () => {
  expect(opByName("cbrt")).toBeUndefined();
});

it("the page shows the record that is tested here", () => {
  const page = readFileSync(new URL("../../docs/adding-an-operator.md", import.meta.url), "utf8");
  const source = readFileSync(new URL("cbrt.ts", import.meta.url), "utf8");
  const inPlace = source.replace(/"#glim\/compiler\/ops\/(.*)\.js"/g, '"./$1.ts"');
  expect(page).toContain(inPlace);
});

it.each(cbrt.samples.map((s) => [s.operands.join(), s] as const))(
  "computes %s",
  (_text, sample) => {
    const { operands, result } = runSample(cbrt, sample);
    result.data.forEach((y, i) => {
      expect(y).toBeCloseTo(Math.cbrt(operands[0]!.data[i]!), 6);
    });
  },
);

it("is called as all others are", () => {
  const x = tensor("i32", [2, 1], [0, 27]);
  const y = callOp(referenceHost, cbrt, [x], strictRule);
  expect([...y.data]).toEqual([0, 3]);
  expect(() => callOp(referenceHost, cbrt, [x, 2], strictRule)).toThrow("write x.cbrt()");
});

it("is differentiated by its rule", () => {
  const x = tensor("f32", [3], [1, 8, -2]);
  const g = tensor("f32", [3], [1, 2, 1]);
  const [cotangent] = cotangentsOf(cbrt, builder, [x], applyOp(cbrt, [x], {}), g, {});
  x.data.forEach((v, i) => {
    expect(cotangent?.data[i]).toBeCloseTo(g.data[i]! / (3 * Math.cbrt(v) ** 2), 5);
  });
});
