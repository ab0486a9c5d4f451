/** Addresses as linear forms over what does not change in a loop, and the loop's variable. */

import { binary, i32, plus, times } from "../../loop/build.ts";
import type { LoopExpr } from "../../loop/ir.ts";
import { printExpr } from "../../loop/print.ts";
import { operandsOf } from "../../loop/walk.ts";

interface Term {
  readonly e: LoopExpr;
  readonly by: number;
}

/**
 * `constant + Σ by·e + variable × (step + Σ by·e)`, all modulo 2³². Keys are the terms' text; the
 * expressions do not change in the loop.
 */
export interface Linear {
  readonly constant: number;
  readonly terms: ReadonlyMap<string, Term>;
  readonly step: number;
  readonly stepTerms: ReadonlyMap<string, Term>;
}

export interface LoopFacts {
  readonly variable: string;
  /** Locals that the loop's body sets. */
  readonly changed: ReadonlySet<string>;
  readonly globalsChange: boolean;
  /** Forms of locals that the body sets once in every round, before what is asked for. */
  readonly known: ReadonlyMap<string, Linear>;
}

const none: ReadonlyMap<string, Term> = new Map();
const constantOf = (constant: number): Linear => ({
  constant,
  terms: none,
  step: 0,
  stepTerms: none,
});
const termOf = (e: LoopExpr): Linear => ({
  ...constantOf(0),
  terms: new Map([[printExpr(e), { e, by: 1 }]]),
});

/** The form of a constant or of what does not change. */
export const formOf = (e: LoopExpr): Linear =>
  e.k === "const" && typeof e.value === "number" ? constantOf(e.value) : termOf(e);

/** The form of an i32 expression; `undefined` where it is not linear. */
export function linearOf(e: LoopExpr, facts: LoopFacts): Linear | undefined {
  if (e.k === "const") return formOf(e);
  if (e.k === "local") {
    if (e.name === facts.variable) return { ...constantOf(0), step: 1 };
    return facts.known.get(e.name) ?? (facts.changed.has(e.name) ? undefined : termOf(e));
  }
  if (e.k === "binary" && ["add", "sub", "mul", "shl"].includes(e.op)) {
    const [a, b] = [linearOf(e.a, facts), linearOf(e.b, facts)];
    if (!a || !b) return undefined;
    if (e.op === "add") return sumOf(a, b);
    if (e.op === "sub") return sumOf(a, scaled(b, -1));
    if (e.op === "shl") return isConstant(b) ? scaled(a, 1 << b.constant) : fixed(e, facts);
    if (isConstant(b)) return scaled(a, b.constant);
    if (isConstant(a)) return scaled(b, a.constant);
    if (isFixed(a) && isFixed(b)) return fixed(e, facts);
    return isFixed(b) ? product(a, e.b, facts) : isFixed(a) ? product(b, e.a, facts) : undefined;
  }
  return fixed(e, facts);
}

const isFixed = (a: Linear): boolean => a.step === 0 && a.stepTerms.size === 0;
const isConstant = (a: Linear): boolean => isFixed(a) && a.terms.size === 0;

/** `e` as one term, where nothing that it reads changes, and computing it early cannot trap. */
function fixed(e: LoopExpr, facts: LoopFacts): Linear | undefined {
  return doesNotChange(e, facts) ? termOf(e) : undefined;
}

function doesNotChange(e: LoopExpr, facts: LoopFacts): boolean {
  switch (e.k) {
    case "const":
    case "address":
      return true;
    case "local":
      return e.name !== facts.variable && !facts.changed.has(e.name);
    case "global":
      return !facts.globalsChange;
    case "binary":
      if (e.op === "div" || e.op === "rem") return false;
      break;
    case "unary":
    case "compare":
    case "select":
      break;
    default:
      return false;
  }
  return operandsOf(e).every((operand) => doesNotChange(operand, facts));
}

/** `(c + Σ… + variable × step) × factor`, for a factor that does not change. */
function product(a: Linear, factor: LoopExpr, facts: LoopFacts): Linear | undefined {
  if (a.stepTerms.size > 0 || a.terms.size > 0 || !doesNotChange(factor, facts)) return undefined;
  const key = printExpr(factor);
  const by = (n: number): ReadonlyMap<string, Term> =>
    n === 0 ? none : new Map([[key, { e: factor, by: n }]]);
  return { constant: 0, terms: by(a.constant), step: 0, stepTerms: by(a.step) };
}

export function sumOf(a: Linear, b: Linear): Linear {
  return {
    constant: (a.constant + b.constant) | 0,
    terms: sumOfTerms(a.terms, b.terms),
    step: (a.step + b.step) | 0,
    stepTerms: sumOfTerms(a.stepTerms, b.stepTerms),
  };
}

function sumOfTerms(
  a: ReadonlyMap<string, Term>,
  b: ReadonlyMap<string, Term>,
): ReadonlyMap<string, Term> {
  const sum = new Map(a);
  for (const [key, { e, by }] of b) {
    const total = ((sum.get(key)?.by ?? 0) + by) | 0;
    if (total === 0) sum.delete(key);
    else sum.set(key, { e, by: total });
  }
  return sum;
}

export function scaled(a: Linear, by: number): Linear {
  const scaleTerms = (terms: ReadonlyMap<string, Term>): ReadonlyMap<string, Term> =>
    new Map(
      [...terms]
        .map(([key, t]) => [key, { e: t.e, by: Math.imul(t.by, by) }] as const)
        .filter(([, t]) => t.by !== 0),
    );
  return {
    constant: Math.imul(a.constant, by),
    terms: scaleTerms(a.terms),
    step: Math.imul(a.step, by),
    stepTerms: scaleTerms(a.stepTerms),
  };
}

/** What `terms` add up to, with `constant`. */
export function sumExpr(terms: ReadonlyMap<string, Term>, constant: number): LoopExpr {
  // What is taken as it stands goes first: it is the base.
  const ordered = [...terms.values()].sort((a, b) => Number(b.by === 1) - Number(a.by === 1));
  let sum: LoopExpr | undefined;
  for (const { e, by } of ordered) {
    if (sum && by === -1) sum = binary("sub", sum, e);
    else sum = sum ? plus(sum, times(e, by)) : times(e, by);
  }
  return sum ? plus(sum, constant) : i32(constant);
}

/** Equal for forms that differ by a constant. */
export const shapeOf = (a: Linear): string =>
  [a.terms, a.stepTerms]
    .map((terms) =>
      [...terms]
        .map(([key, { by }]) => `${by}·${key}`)
        .sort()
        .join("+"),
    )
    .join(` + ${a.step}·`);

export const plusConstant = (a: Linear, constant: number): Linear => ({
  ...a,
  constant: (a.constant + constant) | 0,
});
