/** Demands `a ≤ b` of sizes, proving what can be proved without knowing the symbols. */

import { type Atom, addDim, type Dim, DimExpr, mulDim, subDim } from "./dim.ts";
import type { Rule } from "./types.ts";

/** Sizes are never negative, so neither is a sum of them with positive coefficients. */
const isNeverNegative = (d: Dim): boolean =>
  typeof d === "number"
    ? d >= 0
    : d.terms.every((t) => t.coefficient > 0 && t.atoms.every(isAtomNeverNegative));

const isAtomNeverNegative = (a: Atom): boolean =>
  a.kind === "symbol" || isNeverNegative(a.numerator);

/**
 * A size that is `factor × d` or less, without floors where they stand alone:
 * `p/c − (c−1)/c ≤ ⌊p/c⌋ ≤ p/c`. The factor makes coefficients whole.
 */
function withoutFloors(d: DimExpr, factor: number): Dim {
  let sum: Dim = 0;
  for (const { coefficient, atoms } of d.terms) {
    const [only] = atoms;
    if (atoms.length === 1 && only?.kind === "floor") {
      const by = (coefficient * factor) / only.divisor;
      const less = coefficient > 0 ? only.divisor - 1 : 0;
      sum = addDim(sum, mulDim(subDim(only.numerator, less), by));
    } else {
      const plain = atoms.reduce<Dim>((p, a) => mulDim(p, atomAsDim(a)), coefficient * factor);
      sum = addDim(sum, plain);
    }
  }
  return sum;
}

const atomAsDim = (atom: Atom): Dim =>
  new DimExpr([{ coefficient: 1, atoms: [atom], key: atom.text }]);

/** The product of all divisors in `d`, which makes coefficients whole. */
const divisorsOf = (d: DimExpr): number =>
  d.terms.reduce(
    (p, t) => t.atoms.reduce((q, a) => (a.kind === "floor" ? q * a.divisor : q), p),
    1,
  );

/** Refuses unless `a ≤ b`; where that depends on symbols it is checked at run time. */
export function demandAtMost(a: Dim, b: Dim, rule: Rule, message: () => string): void {
  const slack = subDim(b, a);
  if (isNeverNegative(slack)) return;
  if (typeof slack === "number") rule.fail("shape", message());
  else if (!isNeverNegative(withoutFloors(slack, divisorsOf(slack)))) rule.atMost(a, b, message);
}
