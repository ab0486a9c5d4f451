/** The cube root: the worked example of docs/adding-an-operator.md. */

import { elementwise, operandX, unarySamples } from "#glim/compiler/ops/elementwise.js";
import { cbrt as cubeRoot } from "#glim/compiler/ops/math/cbrt.js";

export const cbrt = elementwise({
  name: "cbrt",
  summary: "The cube root of each element.",
  notes: "Within 2 ULP. Roots of negative elements are negative; −0 stays −0.",
  operands: operandX("float"),
  exposed: "method",
  torch: "none",
  takes: ["f32"],
  result: "f32",
  expr: (x) => cubeRoot(x!),
  // cbrt′ x = 1 / (3 cbrt² x)
  gradient: [(m, g, y) => m.div(g, m.mul(m.mul(y, y), 3))],
  samples: unarySamples("f32"),
});
