/** Addition, subtraction, multiplication, division. */

import { binarySamples, elementwise, operandsAB } from "./elementwise.ts";
import * as x from "./expr.ts";
import { floats, numeric } from "./types.ts";

export const add = elementwise({
  name: "add",
  summary: "The sum of two tensors, element by element.",
  notes: "Integers wrap around.",
  operands: operandsAB("same"),
  exposed: "both",
  torch: "add",
  takes: numeric,
  result: "same",
  expr: (a, b) => x.add(a!, b!),
  gradient: [(_m, g) => g, (_m, g) => g],
  samples: binarySamples("f32", "i32"),
});

export const sub = elementwise({
  name: "sub",
  summary: "The difference of two tensors, element by element.",
  notes: "Integers wrap around.",
  operands: operandsAB("same"),
  exposed: "both",
  torch: "sub",
  takes: numeric,
  result: "same",
  expr: (a, b) => x.sub(a!, b!),
  gradient: [(_m, g) => g, (m, g) => m.neg(g)],
  samples: binarySamples("f32", "i32"),
});

export const mul = elementwise({
  name: "mul",
  summary: "The product of two tensors, element by element.",
  notes: "Integers wrap around.",
  operands: operandsAB("same"),
  exposed: "both",
  torch: "mul",
  takes: numeric,
  result: "same",
  expr: (a, b) => x.mul(a!, b!),
  gradient: [(m, g, _y, _a, b) => m.mul(g, b!), (m, g, _y, a) => m.mul(g, a!)],
  samples: binarySamples("f32", "i32"),
});

export const div = elementwise({
  name: "div",
  summary: "The quotient of two tensors, element by element.",
  notes:
    "Integers and bools are converted to f32 first, so the quotient is never rounded to an integer. A division by zero gives an infinity or NaN.",
  operands: operandsAB("float"),
  exposed: "both",
  torch: "div",
  takes: floats,
  result: "same",
  expr: (a, b) => x.div(a!, b!),
  gradient: [(m, g, _y, _a, b) => m.div(g, b!), (m, g, y, _a, b) => m.mul(m.neg(g), m.div(y, b!))],
  samples: binarySamples("f32"),
});
