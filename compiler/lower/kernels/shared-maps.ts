/**
 * Most of the interpreter's operations on elements: two functions for all of them, one over four lanes and one
 * element by element, which choose the operation in each round. Only what models spend their time in has
 * functions of its own.
 */

import {
  address,
  bits,
  convert,
  FuncBuilder,
  i32,
  lane,
  load,
  loadVector,
  minus,
  plus,
  select,
} from "../../loop/build.ts";
import type { DataObject, LoopExpr, LoopFunc } from "../../loop/ir.ts";
import { arg, binary, type Expr, type ScalarType } from "../../ops/expr.ts";
import { inputsOf, keyExpr } from "../../ops/expr-key.ts";
import { wholeFunction } from "../../ops/expr-steps.ts";
import { bytesOf } from "../../ops/types.ts";
import { boolToInt, intToBool, lowerExpr, wrapped } from "../expression.ts";
import { argTypes, isVectorizable } from "./map-kernel.ts";
import { advance, and, ge, ne, shl, shr, word } from "./memory.ts";
import { caseName, usesCase } from "./uses.ts";

/** Operations whose time shows, in layers and in random numbers: a function for each is worth its bytes. */
const ownOperations = {
  f32: ["add", "sub", "mul", "div", "max"],
  i32: ["add", "mul", "and", "xor"],
} as const;
const ownKeys: ReadonlySet<string> = new Set(
  (["f32", "i32"] as const).flatMap((type) =>
    ownOperations[type].map((op) => keyExpr(binary(op, arg(0, type), arg(1, type))).key),
  ),
);

/** The names of the two functions. */
export const sharedNames = { lanes: "shared lanes", elements: "shared elements" } as const;

/** Whether the function over lanes may go on to the one of elements. */
export const isShift = ({ op, type }: Expr): boolean =>
  type === "i32" && (op === "shl" || op === "shrS" || op === "shrU");

/**
 * The operations that share functions. Shifts come first in both: vectors have one count for all lanes, and those
 * of more counts go on to the elements.
 */
export function sharedOperations(needed: ReadonlyMap<string, Expr>) {
  const shared = [...needed].filter(([key]) => !ownKeys.has(key) && !wholeFunction(key));
  const shifts = shared.filter(([, expr]) => isShift(expr));
  const rest = shared.filter(([, expr]) => !isShift(expr));
  return {
    lanes: [...shifts, ...rest.filter(([, expr]) => isVectorizable(expr))],
    elements: [...shifts, ...rest.filter(([, expr]) => !isVectorizable(expr))],
  };
}

export interface SharedMaps {
  readonly func: LoopFunc;
  /** Two bytes for each operation: what its operands and its result are, and its case. */
  readonly data: DataObject;
  /** For each operation the question whether programs use its case. */
  readonly questions: readonly string[];
}

const mostOperands = 3;
/** Bits of an operation's first byte: which operands are bools, and how many there are. */
const boolOperand = (i: number): number => 1 << i;
const resultBits = 3;
const operandBits = 5;
const shiftBit = 128;

/** Equal statements are one case. What is no case of programs does nothing. */
class Cases {
  readonly #known = new Map<string, number>();
  readonly #of: string;
  readonly writers: (() => void)[] = [];

  constructor(of: string) {
    this.#of = of;
  }

  add(b: FuncBuilder, write: () => void): number {
    const text = JSON.stringify(b.body(write), (_, v) => (typeof v === "bigint" ? `${v}n` : v));
    const known = this.#known.get(text);
    if (known !== undefined) return known;
    const number = this.writers.length;
    this.#known.set(text, number);
    this.writers.push(() => b.if(usesCase(this.#of, number), write));
    return number;
  }
}

interface Slots {
  readonly b: FuncBuilder;
  readonly out: LoopExpr;
  readonly count: LoopExpr;
  readonly slots: LoopExpr;
  readonly number: LoopExpr;
  readonly kind: LoopExpr;
  readonly chosen: LoopExpr;
  readonly from: readonly LoopExpr[];
  readonly steps: readonly LoopExpr[];
}

/** The parameters, and what the table has for the operation; operands that it lacks are its first. */
function start(dataName: string, first: number): Slots {
  const b = new FuncBuilder();
  const out = b.param("out", "i32");
  const count = b.param("count", "i32");
  const slots = b.param("slots", "i32");
  const number = b.param("number", "i32");
  const entry = b.let("entry", plus(address(dataName), shl(minus(number, first), 1)));
  const byte = (index: number): LoopExpr => load({ element: "u8", base: entry, index: i32(index) });
  const kind = b.let("kind", byte(0));
  const chosen = b.let("chosen", byte(1));
  const own = (i: number, half: number): LoopExpr => {
    const found = word(slots, 2 * i + half);
    return i === 0 ? found : select(ge(and(kind, 127), i << operandBits), found, word(slots, half));
  };
  const all = Array.from({ length: mostOperands }, (_, i) => i);
  const from = all.map((i) => b.let("from", own(i, 0)));
  const steps = all.map((i) => b.let("step", own(i, 1)));
  return { b, out, count, slots, number, kind, chosen, from, steps };
}

const kindOf = (expr: Expr, result: number): number => {
  const types = argTypes(expr);
  const bools = [...types].reduce((n, [i, type]) => n | (type === "bool" ? boolOperand(i) : 0), 0);
  return bools | (result << resultBits) | ((inputsOf(expr).args.length - 1) << operandBits);
};

const boolsAt = (base: LoopExpr): LoopExpr =>
  intToBool(loadVector({ element: "u8", base, index: i32(0) }));

/** Operations over four lanes, which have the numbers from `first` on; `elements` has the next ones. */
export function buildLaneOperations(
  name: string,
  operations: readonly Expr[],
  first: number,
  elements: string,
): SharedMaps {
  const { b, out, count, slots, number, kind, chosen, from, steps } = start(name, first);
  b.if(and(ge(kind, shiftBit), ne(steps[1]!, 0)), () => {
    b.call(elements, [out, count, slots, plus(number, operations.length)]);
    b.emit({ s: "return", value: undefined });
  });
  const cases = new Cases(name);
  const table: number[] = [];
  b.for("i", 0, count, 4, () => {
    const operands = from.map((base, i) => {
      const all = loadVector({ element: "i32", base, index: i32(0) });
      // Only what chooses has a third operand, and reads it there.
      if (i === 2) return all;
      const x = b.let("x", all);
      b.if(and(kind, boolOperand(i)), () => b.set(x, boolsAt(base)));
      return x;
    });
    const result = b.let("result", operands[0]!);
    for (const expr of operations) {
      const types = argTypes(expr);
      const args = operands.map((x, i) => {
        if (types.get(i) === "f32") return bits(x, "v4f32");
        if (i === 1 && isShift(expr)) return lane(x, 0);
        return i === 2 && types.get(i) === "bool" ? boolsAt(from[2]!) : x;
      });
      const made = cases.add(b, () => {
        const value = lowerExpr(b, expr, { args, lanes: 4, indexOf: noPosition });
        b.set(result, value.type === "v4f32" ? bits(value, "v4i32") : value);
      });
      const kinds = kindOf(expr, expr.type === "bool" ? 1 : 0);
      table.push(kinds | (isShift(expr) ? shiftBit : 0), made);
    }
    b.switch(chosen, cases.writers);
    b.if(
      and(kind, 1 << resultBits),
      () => {
        b.store({ element: "u8", base: out, index: i32(0) }, boolToInt(result));
        advance(b, out, 4);
      },
      () => {
        b.store({ element: "i32", base: out, index: i32(0) }, result);
        advance(b, out, 16);
      },
    );
    for (const [i, base] of from.entries()) advance(b, base, steps[i]!);
  });
  return { func: b.finish(name), ...tableOf(name, table) };
}

/** log2 of the bytes of what an operation gives. */
const shiftOfType = (type: ScalarType): number => (type === "i64" ? 3 : Math.log2(bytesOf[type]));

/**
 * Operations that take one element at a time, which have the numbers from `first` on. Values are eight bytes: of
 * smaller ones the first are read, and what is written after them is written over by the next, or lies past the end.
 */
export function buildElementOperations(
  name: string,
  operations: readonly Expr[],
  first: number,
): SharedMaps {
  const { b, out, count, kind, chosen, from, steps } = start(name, first);
  const bytes = b.let("bytes", shl(i32(1), and(shr(kind, resultBits), 3)));
  const own = steps.map((step) => b.let("step", shr(step, 2)));
  const cases = new Cases(name);
  const table: number[] = [];
  b.for("i", 0, count, 1, () => {
    const [x, y, z] = from.map((base) => load({ element: "i64", base, index: i32(0) }));
    const [result, second] = [b.let("x", x!), b.let("y", y!)];
    for (const expr of operations) {
      const types = argTypes(expr);
      const operands = [result, second, z!];
      const args = operands.map((value, i) => elementOf(value, types.get(i) ?? "i64"));
      const made = cases.add(b, () => {
        const value = lowerExpr(b, expr, { args, lanes: 1, indexOf: noPosition });
        b.set(result, eightBytes(value));
      });
      table.push(kindOf(expr, shiftOfType(expr.type)), made);
    }
    b.switch(chosen, cases.writers);
    b.store({ element: "i64", base: out, index: i32(0) }, result);
    advance(b, out, bytes);
    for (const [i, base] of from.entries()) advance(b, base, own[i]!);
  });
  return { func: b.finish(name), ...tableOf(name, table) };
}

function elementOf(value: LoopExpr, type: ScalarType): LoopExpr {
  if (type === "f64") return bits(value, "f64");
  if (type === "i64") return value;
  const low = convert(value, "i32");
  if (type === "f32") return bits(low, "f32");
  if (type === "i8") return wrapped(low, type);
  return type === "bool" || type === "u8" ? and(low, 255) : low;
}

function eightBytes(value: LoopExpr): LoopExpr {
  if (value.type === "i64") return value;
  if (value.type === "f64") return bits(value, "i64");
  return convert(value.type === "f32" ? bits(value, "i32") : value, "i64");
}

function noPosition(): LoopExpr {
  throw new Error("a step has no positions");
}

function tableOf(name: string, table: readonly number[]): Pick<SharedMaps, "data" | "questions"> {
  const bytes = Uint8Array.from(table);
  const cases = table.filter((_, i) => i % 2 === 1);
  return {
    data: { name, bytes, size: bytes.length },
    questions: cases.map((number) => caseName(name, number)),
  };
}
