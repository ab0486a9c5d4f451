/** The words of a random generator: the one operator that randomness needs. */

import { Arguments } from "./arguments.ts";
import { demandAtMost } from "./bounds.ts";
import { type Dim, symbol } from "./dim.ts";
import { arg, binary, type Expr, select } from "./expr.ts";
import { advance, upperProduct, wordAt } from "./math/philox.ts";
import { type Attrs, defineOp, type OperandSpec } from "./op.ts";
import { printTensorType, tensorType } from "./types.ts";

export interface RandomWordsAttrs extends Attrs {
  readonly count: Dim;
}

const operand = (name: string, doc: string): OperandSpec => ({ name, doc, dtype: "i32" });
const operands = [
  operand(
    "range",
    "The results are below it: the bits of a number up to 2³² − 1; 0 stands for 2³².",
  ),
  operand("seedLow", "The lower word of the key."),
  operand("seedHigh", "The upper word of the key."),
  operand("positionLow", "The lower word of the first position."),
  operand("positionHigh", "The upper word of the first position."),
  operand("domain", "Keeps sequences of one seed apart."),
];

/** The position along the only axis. */
const step: Expr = { op: "index", type: "i32", axis: 0 };

export const randomWords = defineOp<RandomWordsAttrs>({
  name: "randomWords",
  summary: "Random whole numbers below `range`, from Philox 4×32-10.",
  notes:
    "Element i has the bits of ⌊w · range / 2³²⌋, w being the word at position + i of the sequence of key and domain.",
  operands,
  variadic: false,
  parameters: [
    { name: "count", type: "number", optional: false, doc: "How many numbers.", isSize: true },
  ],
  parametersAfter: operands.length,
  options: [],
  exposed: "internal",
  torch: "none",
  bind: (args, _operands, rule) => ({
    count: new Arguments("randomWords", args, rule).size("count"),
  }),
  type(types, { count }, rule) {
    for (const [i, { name }] of operands.entries()) {
      const t = types[i]!;
      if (t.shape.length > 0 || t.dtype !== "i32") {
        rule.fail("shape", `randomWords: ${name} must be i32[], not ${printTensorType(t)}`);
      }
    }
    demandAtMost(0, count, rule, () => `randomWords: there are no ${count} words`);
    return tensorType("i32", [count]);
  },
  gradient: "none",
  lower() {
    const [range, low, high, start, above, domain] = operands.map((_, i) => arg(i, "i32"));
    const position = advance({ low: start!, high: above! }, step);
    const word = wordAt(position, { low: low!, high: high! }, domain!);
    const isWhole = binary("eq", range!, 0);
    return { kind: "map", expr: select(isWhole, word, upperProduct(word, range!)) };
  },
  samples: [5, 0, symbol("B")].map((count) => ({
    operands: operands.map(() => "i32[]"),
    args: { count },
  })),
});
