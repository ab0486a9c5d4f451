/**
 * The operator record: everything that the compiler, eager mode, the documentation and the tests know
 * about one operator. Adding an operator is a file with one record and a line in registry.ts.
 */

import type { Dim, DimExpr } from "./dim.ts";
import type { Lowering } from "./lowering.ts";
import type { Rule, TensorType } from "./types.ts";

/** A value that an attribute can hold; all of them print and parse. */
export type Attr = number | string | boolean | Dim | readonly Attr[];
export type Attrs = Readonly<Record<string, Attr>>;
/** What operators without parameters carry. */
export const noAttrs: Attrs = Object.freeze({});

/** What a caller may write for a parameter that is not an operand. Sizes may be symbolic. */
export type Argument =
  | number
  | DimExpr
  | string
  | boolean
  | null
  | undefined
  | readonly Argument[]
  | { readonly [key: string]: Argument };

/** An operand: a tensor, or a number, which takes the dtype of the operator's other tensors. */
export interface OperandSpec {
  readonly name: string;
  readonly doc: string;
  /**
   * `same`: all operands marked so are promoted to one dtype. `float`: as `same`, and integers and
   * bools become f32. `number`: as `same`, and bools become i32. `sum`: as `number`, and u8 and i8
   * become i32, too. A dtype name: exactly that. `any`: whatever it is, by itself.
   */
  readonly dtype: "same" | "float" | "number" | "sum" | "any" | "bool" | "i32" | "f32";
}

export interface ParameterSpec {
  readonly name: string;
  /** TypeScript type in generated documentation and declarations. */
  readonly type: string;
  readonly optional: boolean;
  readonly doc: string;
  /** A size or position: it may be a number that only a run tells. Others are known when compiling. */
  readonly isSize?: true;
}

/** How gradient rules build the operators they need, eagerly or as graph nodes. */
export interface OpBuilder<V> {
  /** Applies the operator called `op`, with attributes as its record defines them. */
  apply(op: string, operands: readonly V[], attrs: Attrs): V;
  /** A scalar of the given dtype. */
  scalar(value: number, dtype: TensorType["dtype"]): V;
  typeOf(v: V): TensorType;
}

export interface GradientInput<V, A extends Attrs> {
  readonly build: OpBuilder<V>;
  readonly operands: readonly V[];
  readonly result: V;
  /** The cotangent of the result. */
  readonly cotangent: V;
  /** The operands whose cotangents are asked for; a rule may leave the others out. */
  readonly wanted: readonly boolean[];
  readonly attrs: A;
}

/** The cotangent of each operand; undefined where none flows. */
export type Gradient<A extends Attrs> = <V>(
  input: GradientInput<V, A>,
) => readonly (V | undefined)[];

/** A sample call: operand types as text, and the arguments a user would write. */
export interface Sample {
  readonly operands: readonly string[];
  readonly args: Readonly<Record<string, Argument>>;
}

export interface Op<A extends Attrs = Attrs> {
  readonly name: string;
  /** One sentence. */
  readonly summary: string;
  /** Special values, ties, non-differentiable points, error bound: what a user must know. */
  readonly notes: string;
  readonly operands: readonly OperandSpec[];
  /** The last operand may be repeated: the call takes a list (`cat`). */
  readonly variadic: boolean;
  /** Positional arguments that are not operands, in order. */
  readonly parameters: readonly ParameterSpec[];
  /** How many operands stand before them: 1 in `gather(x, dim, index)`, else usually all. */
  readonly parametersAfter: number;
  /** Members of the trailing options object. */
  readonly options: readonly ParameterSpec[];
  /** Where users find it. `internal` operators are made by other rules and by gradients only. */
  readonly exposed: "method" | "function" | "both" | "internal";
  /** PyTorch's name, or "none". */
  readonly torch: string;
  /** Turns what the caller wrote into canonical attributes (axes made positive, defaults filled). */
  bind(args: Readonly<Record<string, Argument>>, operands: readonly TensorType[], rule: Rule): A;
  /** The type of the result; refuses what does not fit. */
  type(operands: readonly TensorType[], attrs: A, rule: Rule): TensorType;
  readonly gradient: "none" | Gradient<A>;
  lower(operands: readonly TensorType[], attrs: A, result: TensorType): Lowering;
  readonly samples: readonly Sample[];
}

/**
 * Checks a record against its own attribute type and forgets that type, so that records of all
 * operators fit one list. The one place where attributes are taken on trust: every attribute record
 * that reaches `type`, `gradient` or `lower` was made by the same record's `bind` or parsed and
 * verified against it.
 */
export function defineOp<A extends Attrs>(op: Op<A>): Op {
  return op as unknown as Op;
}
