/** The cosine: the worked example of docs/adding-an-operator.md. */

import { elementwise, operandX, unarySamples } from "#glim/compiler/ops/elementwise.js";
import { cos as cosine } from "#glim/compiler/ops/math/sin-cos.js";

export const cos = elementwise({
  name: "cos",
  summary: "The cosine of each element, in radians.",
  notes: "Within 2 ULP for angles of any size; NaN for infinities. Integers are converted to f32.",
  operands: operandX("float"),
  exposed: "method",
  torch: "cos",
  takes: ["f32"],
  result: "f32",
  expr: (x) => cosine(x!),
  // cos′ x = −sin x = cos(x + π/2)
  gradient: [(m, g, _y, x) => m.mul(g, m.apply("cos", [m.add(x!, Math.PI / 2)]))],
  samples: unarySamples("f32"),
});
