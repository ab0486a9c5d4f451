/** Reads what a caller wrote for an operator's parameters, and refuses what does not fit. */

import { type Dim, DimExpr } from "./dim.ts";
import type { Argument } from "./op.ts";
import { type DType, dtypes, isDType, type Refusal, type Rule } from "./types.ts";

type Named = { readonly [key: string]: Argument };

/** A size as an argument: a number or an expression of named sizes. */
export const isSize = (v: unknown): v is Dim => typeof v === "number" || v instanceof DimExpr;

export const isList = (v: Argument): v is readonly Argument[] => Array.isArray(v);

/** How a message shows an argument. */
export function showArgument(v: Argument): string {
  if (typeof v === "string") return JSON.stringify(v);
  if (isList(v)) return `[${v.map(showArgument).join(", ")}]`;
  if (v === null || typeof v !== "object" || v instanceof DimExpr) return String(v);
  const fields = Object.entries(v).map(([key, value]) => `${key}: ${showArgument(value)}`);
  return `{ ${fields.join(", ")} }`;
}

/** The parameters of one call. Every method refuses a value of another kind, naming operator and parameter. */
export class Arguments {
  private readonly op: string;
  private readonly args: Named;
  private readonly rule: Rule;

  constructor(op: string, args: Named, rule: Rule) {
    this.op = op;
    this.args = args;
    this.rule = rule;
  }

  has(name: string): boolean {
    return this.args[name] !== undefined;
  }

  get(name: string): Argument {
    return this.args[name];
  }

  fail(kind: Refusal, message: string): never {
    return this.rule.fail(kind, `${this.op}: ${message}`);
  }

  flag(name: string, otherwise: boolean): boolean {
    const value = this.args[name] ?? otherwise;
    return typeof value === "boolean" ? value : this.wrong(name, "true or false", value);
  }

  number(name: string, otherwise?: number): number {
    const value = this.args[name] ?? otherwise;
    return typeof value === "number" ? value : this.wrong(name, "a number", value);
  }

  dtype(name: string, otherwise?: DType): DType {
    const value = this.args[name] ?? otherwise;
    return isDType(value) ? value : this.wrong(name, `one of ${dtypes.join(", ")}`, value);
  }

  list(name: string): readonly Argument[] {
    const value = this.args[name];
    return isList(value) ? value : this.wrong(name, "a list", value);
  }

  /** A size, zero or more. */
  size(name: string, value: Argument = this.args[name]): Dim {
    if (value instanceof DimExpr) return value;
    if (typeof value === "number" && Number.isInteger(value) && value >= 0) return value;
    return this.wrong(name, "a whole number, zero or more", value);
  }

  /** A position on an axis; a negative one counts from the end. */
  position(name: string, value: Argument = this.args[name]): Dim {
    if (value instanceof DimExpr) return value;
    if (typeof value === "number" && Number.isInteger(value)) return value;
    return this.wrong(name, "a whole number", value);
  }

  sizes(name: string): readonly Dim[] {
    return this.list(name).map((v) => this.size(name, v));
  }

  /** A whole number from `least` on that must be known when compiling. */
  whole(name: string, least: number, value: Argument = this.args[name]): number {
    if (typeof value === "number" && Number.isInteger(value) && value >= least) return value;
    return this.wrong(name, `a whole number from ${least} on`, value);
  }

  /** One axis of a tensor of `rank`; negative ones count from the end. */
  axis(name: string, rank: number, value: Argument = this.args[name]): number {
    if (typeof value !== "number" || !Number.isInteger(value)) {
      return this.wrong(name, "an axis (a whole number)", value);
    }
    if (value < -rank || value >= rank) {
      const range = rank === 0 ? "a rank-0 tensor has no axes" : `use ${-rank} … ${rank - 1}`;
      return this.fail("axis", `axis ${value} is outside a tensor of rank ${rank}; ${range}`);
    }
    return value < 0 ? value + rank : value;
  }

  /** Axes in ascending order: one, a list, or all of them when nothing is given. */
  axes(name: string, rank: number): readonly number[] {
    const value = this.args[name];
    if (value === undefined || value === null) return Array.from({ length: rank }, (_, i) => i);
    const axes = (isList(value) ? value : [value]).map((v) => this.axis(name, rank, v));
    if (axes.length === 0) this.fail("axis", `${name} is an empty list; leave it out for all axes`);
    axes.sort((a, b) => a - b);
    const twice = axes.find((a, i) => a === axes[i + 1]);
    if (twice !== undefined) this.fail("axis", `axis ${twice} is given twice`);
    return axes;
  }

  private wrong(name: string, wanted: string, value: Argument): never {
    return this.fail("argument", `${name} must be ${wanted}, not ${showArgument(value)}`);
  }
}
