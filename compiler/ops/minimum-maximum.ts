/** The smaller and the greater of two elements. */

import { binarySamples, elementwise, type OperandGradient, operandsAB } from "./elementwise.ts";
import { binary } from "./expr.ts";
import { numeric } from "./types.ts";

/** `g`, half of it where both sides are equal, 0 where the other side was taken. */
const shared =
  (own: "a" | "b", loses: "lt" | "gt"): OperandGradient =>
  (m, g, _y, a, b) => {
    const [mine, other] = own === "a" ? [a!, b!] : [b!, a!];
    return m.where(m.eq(mine, other), m.mul(g, 0.5), m.where(m[loses](mine, other), 0, g));
  };

export const minimum = elementwise({
  name: "minimum",
  summary: "The smaller of two elements.",
  notes:
    "NaN if either is NaN; −0 is below +0. Where both are equal each gets half of the cotangent.",
  operands: operandsAB("same"),
  exposed: "both",
  torch: "minimum",
  takes: numeric,
  result: "same",
  expr: (a, b) => binary("min", a!, b!),
  gradient: [shared("a", "gt"), shared("b", "gt")],
  samples: binarySamples("f32", "i32"),
});

export const maximum = elementwise({
  name: "maximum",
  summary: "The greater of two elements.",
  notes:
    "NaN if either is NaN; +0 is above −0. Where both are equal each gets half of the cotangent.",
  operands: operandsAB("same"),
  exposed: "both",
  torch: "maximum",
  takes: numeric,
  result: "same",
  expr: (a, b) => binary("max", a!, b!),
  gradient: [shared("a", "lt"), shared("b", "lt")],
  samples: binarySamples("f32", "i32"),
});
