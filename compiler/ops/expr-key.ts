/** Scalar expressions by structure: equal ones have one key, and their equal parts become one node. */

import { arg, childrenOf, type Expr, type ScalarType } from "./expr.ts";

export interface KeyedExpr {
  /** The same expression; nodes of equal structure are one object. */
  readonly expr: Expr;
  /** Equal for two expressions exactly when they compute the same operations on the same operands. */
  readonly key: string;
}

export function keyExpr(root: Expr): KeyedExpr {
  const ids = new Map<string, number>();
  const nodes: Expr[] = [];
  const seen = new Map<Expr, number>();
  let hash = fnvStart;
  const visit = (e: Expr): number => {
    const known = seen.get(e);
    if (known !== undefined) return known;
    const children = childrenOf(e).map(visit);
    const text = `${e.op} ${e.type} ${detailOf(e)} ${children.join(" ")};`;
    let id = ids.get(text);
    if (id === undefined) {
      id = nodes.length;
      ids.set(text, id);
      nodes.push(
        withChildren(
          e,
          children.map((c) => nodes[c]!),
        ),
      );
      hash = fnv(hash, text);
    }
    seen.set(e, id);
    return id;
  };
  const expr = nodes[visit(root)]!;
  return { expr, key: hash.map((h) => (h >>> 0).toString(36)).join("") };
}

function detailOf(e: Expr): string {
  switch (e.op) {
    case "arg":
      return String(e.index);
    case "index":
      return String(e.axis);
    case "const":
      return Object.is(e.value, -0) ? "-0" : String(e.value);
    default:
      return "";
  }
}

/** `e` with other operands, in the order of `childrenOf`. */
export function withChildren(e: Expr, children: readonly Expr[]): Expr {
  const [a, b, c] = children;
  if (e.op === "select") return { ...e, c: a!, a: b!, b: c! };
  if ("b" in e) return { ...e, a: a!, b: b! };
  if ("a" in e) return { ...e, a: a! };
  return e;
}

/** Two FNV-1a hashes from different starts: 64 bits keep a few hundred expressions apart. */
const fnvStart: readonly number[] = [0x811c9dc5, 0x23ac1b7d];
const fnv = (hash: readonly number[], text: string): readonly number[] =>
  hash.map((start) => {
    let h = start;
    for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
    return h;
  });

export interface LiftedExpr {
  /** The expression with an operand for each of its constants. */
  readonly expr: Expr;
  /** The constants, in the order of their operands, which follow the others. */
  readonly constants: readonly { readonly type: ScalarType; readonly value: number | bigint }[];
}

/** Makes every constant an operand, except counts of shifts. */
export function liftConstants(root: Expr): LiftedExpr {
  const first = (inputsOf(root).args.at(-1) ?? -1) + 1;
  const constants: { type: ScalarType; value: number | bigint }[] = [];
  const done = new Map<Expr, Expr>();
  const visit = (e: Expr): Expr => {
    const known = done.get(e);
    if (known) return known;
    let result = e;
    if (e.op === "const") {
      result = arg(first + constants.length, e.type);
      constants.push(e);
    } else if (isShift(e.op) && "b" in e && e.b.op === "const") {
      result = withChildren(e, [visit(e.a), e.b]);
    } else result = withChildren(e, childrenOf(e).map(visit));
    done.set(e, result);
    return result;
  };
  return { expr: visit(root), constants };
}

const isShift = (op: string): boolean => op === "shl" || op === "shrS" || op === "shrU";

/** What an expression reads: operands by number, and positions along axes, both ascending. */
export interface ExprInputs {
  readonly args: readonly number[];
  readonly axes: readonly number[];
}

export function inputsOf(root: Expr): ExprInputs {
  const args = new Set<number>();
  const axes = new Set<number>();
  const seen = new Set<Expr>();
  const visit = (e: Expr): void => {
    if (seen.has(e)) return;
    seen.add(e);
    if (e.op === "arg") args.add(e.index);
    else if (e.op === "index") axes.add(e.axis);
    else for (const child of childrenOf(e)) visit(child);
  };
  visit(root);
  const ascending = (s: ReadonlySet<number>): number[] => [...s].sort((a, b) => a - b);
  return { args: ascending(args), axes: ascending(axes) };
}
