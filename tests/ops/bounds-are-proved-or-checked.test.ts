// A bound that is wrongly taken for proved would read outside a tensor.

import fc from "fast-check";
import { expect, it } from "vitest";
import { demandAtMost } from "#glim/compiler/ops/bounds.js";
import { addDim, type Dim, evaluateDim, floorDim, mulDim, symbol } from "#glim/compiler/ops/dim.js";
import type { Rule } from "#glim/compiler/ops/types.js";

type Verdict = "proved" | "refused" | "checked";

function demand(a: Dim, b: Dim): Verdict {
  let verdict: Verdict = "proved";
  const rule: Rule = {
    fail: () => {
      throw new Error("refused");
    },
    equal: (left) => left,
    atMost: () => {
      verdict = "checked";
    },
  };
  try {
    demandAtMost(a, b, rule, () => "");
  } catch {
    verdict = "refused";
  }
  return verdict;
}

const { dim } = fc.letrec<{ dim: Dim; leaf: Dim }>((tie) => ({
  dim: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    tie("leaf"),
    fc.tuple(tie("dim"), tie("dim")).map(([a, b]) => addDim(a, b)),
    fc.tuple(tie("leaf"), tie("dim")).map(([a, b]) => mulDim(a, b)),
    fc.tuple(tie("dim"), fc.integer({ min: 2, max: 4 })).map(([a, by]) => floorDim(a, by)),
  ),
  leaf: fc.oneof(fc.integer({ min: -4, max: 9 }), fc.constantFrom(symbol("B"), symbol("H"))),
}));
const size = fc.integer({ min: 0, max: 12 });

it("what is proved holds for all sizes, what is refused holds for none", () => {
  fc.assert(
    fc.property(dim, dim, size, size, (a, b, B, H) => {
      const sizes = new Map([
        ["B", B],
        ["H", H],
      ]);
      const holds = evaluateDim(a, sizes) <= evaluateDim(b, sizes);
      const verdict = demand(a, b);
      return verdict === "checked" || holds === (verdict === "proved");
    }),
    { numRuns: 5000 },
  );
});

it("strided reads of a padded axis are proved", () => {
  const H = symbol("H");
  const places = addDim(floorDim(addDim(H, -1), 2), 1);
  const last = addDim(mulDim(addDim(places, -1), 2), 2);
  expect(demand(addDim(last, 1), addDim(H, 2))).toBe("proved");
  expect(demand(addDim(last, 2), addDim(H, 2))).toBe("checked");
  expect(demand(3, H)).toBe("checked");
  expect(demand(3, addDim(H, 3))).toBe("proved");
  expect(demand(H, addDim(H, -1))).toBe("refused");
});
