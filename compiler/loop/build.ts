/** Builds Loop IR: expressions folded as they are made, and functions statement by statement. */

import type {
  BinaryOp,
  CompareOp,
  Element,
  LoopExpr,
  LoopFunc,
  LoopParam,
  LoopStmt,
  LoopType,
  ScalarLoopType,
  UnaryOp,
} from "./ir.ts";
import { fourOf, isVector, lanesOf } from "./operation-types.ts";

export const i32 = (value: number): LoopExpr => ({
  k: "const",
  type: "i32",
  value,
});
export const constant = (type: LoopType, value: number | bigint): LoopExpr => ({
  k: "const",
  type,
  value: (isVector(type) ? lanesOf[type].type : type) === "i64" ? BigInt(value) : value,
});
export const local = (name: string, type: LoopType): LoopExpr => ({
  k: "local",
  type,
  name,
});
export const global = (name: string): LoopExpr => ({
  k: "global",
  type: "i32",
  name,
});
export const address = (name: string): LoopExpr => ({
  k: "address",
  type: "i32",
  name,
});

/** The value of a constant i32 expression, else undefined. */
export const knownI32 = (e: LoopExpr): number | undefined =>
  e.k === "const" && e.type === "i32" && typeof e.value === "number" ? e.value : undefined;

export const unary = (op: UnaryOp, a: LoopExpr): LoopExpr => ({
  k: "unary",
  type: a.type,
  op,
  a,
});
export const binary = (op: BinaryOp, a: LoopExpr, b: LoopExpr): LoopExpr => ({
  k: "binary",
  type: a.type,
  op,
  a,
  b,
});
export const compare = (op: CompareOp, a: LoopExpr, b: LoopExpr): LoopExpr => ({
  k: "compare",
  type: isVector(a.type) ? "v4i32" : "i32",
  op,
  a,
  b,
});
export const select = (c: LoopExpr, a: LoopExpr, b: LoopExpr): LoopExpr => ({
  k: "select",
  type: a.type,
  c,
  a,
  b,
});
export const convert = (a: LoopExpr, type: LoopType): LoopExpr =>
  a.type === type ? a : { k: "convert", type, a };
export const bits = (a: LoopExpr, type: LoopType): LoopExpr =>
  a.type === type ? a : { k: "bits", type, a };
/** A value in all of four lanes. */
export function splat(a: LoopExpr): LoopExpr {
  const type = fourOf[isVector(a.type) ? "i32" : a.type];
  return a.k === "const" ? constant(type, a.value) : { k: "splat", type, a };
}
export const lane = (a: LoopExpr, n: number): LoopExpr => ({
  k: "lane",
  type: isVector(a.type) ? lanesOf[a.type].type : "i32",
  a,
  lane: n,
});
/** Lanes of `a` (0–3) and `b` (4–7), both of one type of four lanes, in a new order. */
export const shuffle = (
  a: LoopExpr,
  b: LoopExpr,
  lanes: readonly [number, number, number, number],
): LoopExpr => ({
  k: "shuffle",
  type: fourOf[isVector(a.type) ? lanesOf[a.type].type : "i32"],
  a,
  b,
  lanes,
});
export const call = (type: LoopType, callee: string, args: readonly LoopExpr[]): LoopExpr => ({
  k: "call",
  type,
  callee,
  args,
});

/** i32 sum; constants fold and drift to the right. */
export function plus(a: LoopExpr, b: LoopExpr | number): LoopExpr {
  const right = typeof b === "number" ? i32(b) : b;
  const [x, y] = [knownI32(a), knownI32(right)];
  if (x !== undefined && y !== undefined) return i32((x + y) | 0);
  if (x === 0) return right;
  if (y === 0) return a;
  if (x !== undefined) return plus(right, a);
  if (y !== undefined && a.k === "binary" && a.op === "add") {
    const inner = knownI32(a.b);
    if (inner !== undefined) return plus(a.a, inner + y);
  }
  return binary("add", a, right);
}

/** i32 product; constants fold. */
export function times(a: LoopExpr, b: LoopExpr | number): LoopExpr {
  const right = typeof b === "number" ? i32(b) : b;
  const [x, y] = [knownI32(a), knownI32(right)];
  if (x !== undefined && y !== undefined) return i32(Math.imul(x, y));
  if (x === 0 || y === 0) return i32(0);
  if (x === 1) return right;
  if (y === 1) return a;
  if (x !== undefined) return times(right, a);
  return binary("mul", a, right);
}

export const minus = (a: LoopExpr, b: LoopExpr | number): LoopExpr =>
  typeof b === "number"
    ? plus(a, -b)
    : knownI32(b) !== undefined
      ? plus(a, -knownI32(b)!)
      : binary("sub", a, b);

export interface Access {
  readonly element: Element;
  readonly base: LoopExpr;
  /** In elements. */
  readonly index: LoopExpr;
}

/** Splits a constant part off an index, so that it becomes the access's immediate offset. */
function splitOffset(index: LoopExpr): { index: LoopExpr; offset: number } {
  const known = knownI32(index);
  if (known !== undefined && known >= 0) return { index: i32(0), offset: known };
  if (index.k === "binary" && index.op === "add") {
    const offset = knownI32(index.b);
    if (offset !== undefined && offset >= 0) return { index: index.a, offset };
  }
  return { index, offset: 0 };
}

const scalarTypeOf: Readonly<Record<Element, ScalarLoopType>> = {
  f32: "f32",
  f64: "f64",
  i32: "i32",
  i64: "i64",
  u8: "i32",
  i8: "i32",
  u16: "i32",
};

export const load = (at: Access): LoopExpr => ({
  k: "load",
  type: scalarTypeOf[at.element],
  element: at.element,
  base: at.base,
  ...splitOffset(at.index),
  splat: false,
});
export const loadVector = (at: Access, isSplat = false): LoopExpr => ({
  ...load(at),
  k: "load",
  element: at.element,
  base: at.base,
  ...splitOffset(at.index),
  type: fourOf[scalarTypeOf[at.element]],
  splat: isSplat,
});

/** Collects the statements of one function. Nested bodies are written through the same builder. */
export class FuncBuilder {
  private statements: LoopStmt[] = [];
  private readonly taken = new Map<string, number>();
  private readonly params: LoopParam[] = [];

  /** A name not used before in this function. */
  fresh(hint: string): string {
    const n = this.taken.get(hint) ?? 0;
    this.taken.set(hint, n + 1);
    return n === 0 ? hint : `${hint}.${n}`;
  }

  param(hint: string, type: LoopType): LoopExpr {
    const name = this.fresh(hint);
    this.params.push({ name, type });
    return local(name, type);
  }

  /** A new local holding `value`. */
  let(hint: string, value: LoopExpr): LoopExpr {
    const name = this.fresh(hint);
    this.emit({ s: "set", name, value });
    return local(name, value.type);
  }

  /** Gives a local made by `let` another value. */
  set(target: LoopExpr, value: LoopExpr): void {
    if (target.k !== "local") throw new Error("only a local can be set");
    this.emit({ s: "set", name: target.name, value });
  }

  emit(s: LoopStmt): void {
    this.statements.push(s);
  }

  store(at: Access, value: LoopExpr): void {
    this.emit({
      s: "store",
      element: at.element,
      base: at.base,
      ...splitOffset(at.index),
      value,
    });
  }

  /** The statements that `write` emits. */
  body(write: () => void): LoopStmt[] {
    const outer = this.statements;
    this.statements = [];
    try {
      write();
      return this.statements;
    } finally {
      this.statements = outer;
    }
  }

  /** A counted loop. A range known to be empty emits nothing. */
  for(
    hint: string,
    from: LoopExpr | number,
    to: LoopExpr | number,
    step: number,
    write: (i: LoopExpr) => void,
  ): void {
    const start = typeof from === "number" ? i32(from) : from;
    const end = typeof to === "number" ? i32(to) : to;
    const [first, last] = [knownI32(start), knownI32(end)];
    const known = first !== undefined && last !== undefined;
    if (known && first >= last) return;
    if (known && first + step >= last) {
      write(start);
      return;
    }
    const name = this.fresh(hint);
    const body = this.body(() => write(local(name, "i32")));
    this.emit({
      s: "for",
      name,
      from: start,
      to: end,
      step,
      atLeastOnce: known,
      body,
    });
  }

  if(c: LoopExpr, whenTrue: () => void, whenFalse?: () => void): void {
    const body = this.body(whenTrue);
    this.emit({
      s: "if",
      c,
      whenTrue: body,
      whenFalse: whenFalse ? this.body(whenFalse) : [],
    });
  }

  /** What is written for the case with the number that `value` is. */
  switch(value: LoopExpr, cases: readonly (() => void)[]): void {
    this.emit({ s: "switch", value, cases: cases.map((write) => this.body(write)) });
  }

  call(callee: string, args: readonly LoopExpr[]): void {
    this.emit({ s: "call", callee, args });
  }

  finish(name: string, options: { exported?: string; result?: LoopType } = {}): LoopFunc {
    return {
      name,
      exported: options.exported,
      params: this.params,
      result: options.result,
      body: this.statements,
    };
  }
}
