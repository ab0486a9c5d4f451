/** Negation, magnitude, sign. */

import { elementwise, operandX, unarySamples } from "./elementwise.ts";
import { binary, constant, type Expr, select, sub, unary } from "./expr.ts";
import { isInteger, numeric } from "./types.ts";

const negative = (x: Expr): Expr =>
  isInteger(x.type) ? sub(constant(x.type, 0), x) : unary("neg", x);

export const neg = elementwise({
  name: "neg",
  summary: "Minus each element.",
  notes: "Integers wrap around: minus the least i32 is itself, minus the u8 1 is 255.",
  operands: operandX("same"),
  exposed: "method",
  torch: "neg",
  takes: numeric,
  result: "same",
  expr: (x) => negative(x!),
  gradient: [(m, g) => m.neg(g)],
  samples: unarySamples("f32", "i32"),
});

export const abs = elementwise({
  name: "abs",
  summary: "The magnitude of each element.",
  notes: "The gradient at 0 is 0. Integers wrap around: the magnitude of the least i32 is itself.",
  operands: operandX("same"),
  exposed: "method",
  torch: "abs",
  takes: numeric,
  result: "same",
  expr: (x) =>
    isInteger(x!.type) ? select(binary("lt", x!, 0), negative(x!), x!) : unary("abs", x!),
  gradient: [(m, g, _y, x) => m.mul(g, m.apply("sign", [x!]))],
  samples: unarySamples("f32", "i32"),
});

export const sign = elementwise({
  name: "sign",
  summary: "1 for positive elements, −1 for negative ones; zeros stay as they are.",
  notes:
    "As `Math.sign`: −0 gives −0 and NaN gives NaN (PyTorch gives 0 for both). The gradient is 0.",
  operands: operandX("same"),
  exposed: "method",
  torch: "sign",
  takes: numeric,
  result: "same",
  expr: (x) =>
    select(
      binary("gt", x!, 0),
      constant(x!.type, 1),
      select(binary("lt", x!, 0), constant(x!.type, -1), x!),
    ),
  gradient: [undefined],
  samples: unarySamples("f32", "i32"),
});
