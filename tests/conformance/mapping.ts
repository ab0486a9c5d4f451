/** Owns how a sample of a PyTorch operator becomes the text of a call of Glim. */

import { type Argument, isTensor, type Sample, type SampleTensor } from "./samples.ts";

/** The text of each argument by PyTorch's name; what was left out or None is undefined. */
export type Texts = Readonly<Record<string, string | undefined>>;
/** The arguments themselves, for calls that are written otherwise depending on them. */
export type Values = Readonly<Record<string, Argument | undefined>>;

export interface Mapping {
  /** The names of PyTorch's parameters; `*name` takes all that follow as a list. */
  readonly parameters: readonly string[];
  readonly write: (texts: Texts, values: Values) => string;
  /** Looser bounds than usual, and why. */
  readonly tolerance?: { readonly rtol: number; readonly atol: number; readonly why: string };
  /**
   * How results are compared that are fixed only up to signs: `columns` of each matrix, or `rows`, as
   * many as the one that is `exact` has elements.
   */
  readonly signs?: readonly ("columns" | "rows" | "exact")[];
}

export type Mappings = Readonly<Record<string, Mapping>>;

/** A mapping from PyTorch's parameters, separated by spaces, to a text. */
export const map = (
  parameters: string,
  write: Mapping["write"],
  more: Pick<Mapping, "tolerance" | "signs"> = {},
): Mapping => ({ parameters: parameters.split(" "), write, ...more });

/** `x.name()`. */
export const unary = (name: string): Mapping => map("x", ({ x }) => `${x}.${name}()`);

/** `x.name(y)`. */
export const binary = (name: string): Mapping => map("x y", ({ x, y }) => `${x}.${name}(${y})`);

/** `name(a, b)`, without what is undefined at the end. */
export function call(name: string, ...args: readonly (string | undefined)[]): string {
  const last = args.findLastIndex((arg) => arg !== undefined);
  return `${name}(${args.slice(0, last + 1).join(", ")})`;
}

/** `{ a: 1, b: 2 }` of the fields that have a value; undefined if none has. */
export function options(fields: Texts): string | undefined {
  const given = Object.entries(fields).filter(([, text]) => text !== undefined);
  if (given.length === 0) return undefined;
  return `{ ${given.map(([name, text]) => `${name}: ${text}`).join(", ")} }`;
}

/** The tensors of a sample as parameters of a program, and the call as its result. */
export interface Program {
  readonly inputs: readonly SampleTensor[];
  readonly expression: string;
}

export function programOf(sample: Sample, { parameters, write }: Mapping): Program {
  const inputs: SampleTensor[] = [];
  const texts: Record<string, string | undefined> = {};
  const values: Record<string, Argument | undefined> = {};
  const textOf = (v: Argument): string => {
    if (isTensor(v)) return `x${inputs.push(v) - 1}`;
    if (Array.isArray(v)) return `[${v.map(textOf).join(", ")}]`;
    if (typeof v !== "object" || v === null) return typeof v === "string" ? `"${v}"` : `${v}`;
    if ("dtype" in v) return JSON.stringify(glimDType(v.dtype));
    return "undefined";
  };
  parameters.forEach((parameter, i) => {
    const isRest = parameter.startsWith("*");
    const name = isRest ? parameter.slice(1) : parameter;
    const value = isRest ? sample.args.slice(i) : (sample.args[i] ?? sample.kwargs[name]);
    if (value === undefined || value === null) return;
    values[name] = value;
    texts[name] = textOf(value);
  });
  for (const [name, value] of Object.entries(sample.kwargs)) {
    if (texts[name] !== undefined || value === null) continue;
    values[name] = value;
    texts[name] = textOf(value);
  }
  return { inputs, expression: write(texts, values) };
}

function glimDType(dtype: string): string {
  const found = { float32: "f32", float64: "f32", int32: "i32", int64: "i32", bool: "bool" };
  return Reflect.get(found, dtype) ?? dtype;
}

/** The rank of an argument that must be a tensor. */
export function rankOf(v: Argument | undefined): number {
  if (!isTensor(v)) throw new Error("the argument is no tensor");
  return v.shape.length;
}

/** The sizes of an argument that must be a tensor. */
export function shapeOf(v: Argument | undefined): readonly number[] {
  if (!isTensor(v)) throw new Error("the argument is no tensor");
  return v.shape;
}
