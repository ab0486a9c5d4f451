/**
 * Expressions as steps: what the interpreter runs block by block, one kernel a step. A step is one
 * operation, or one of the few whole functions that are worth a kernel of their own.
 */

import { arg, binary, childrenOf, constant, type Expr, type ScalarType, select } from "./expr.ts";
import { inputsOf, keyExpr, withChildren } from "./expr-key.ts";
import { exp } from "./math/exp.ts";
import { log } from "./math/log.ts";
import { sigmoid } from "./math/sigmoid.ts";
import { tanh } from "./math/tanh.ts";

/** What a step reads: an input, a constant, or what an earlier step made, by their numbers. */
export interface StepValue {
  readonly from: "input" | "constant" | "step";
  readonly index: number;
  readonly type: ScalarType;
}

export interface Step {
  /** Over arguments 0, 1 …, which are the operands. */
  readonly kernel: Expr;
  readonly key: string;
  readonly operands: readonly StepValue[];
}

const x = arg(0, "f32");
const relu = select(binary("lt", x, constant("f32", 0)), constant("f32", 0), x);

/**
 * A function that packages name: its bits are what the name stands for, however it is computed. One whose bits
 * change gets the next version, and its old expression stays as another function.
 */
export interface WholeFunction {
  readonly name: string;
  readonly version: number;
  readonly expr: Expr;
  /** The hash of its name in packages of format 2, the low word first: there, that of its expression's key. */
  readonly hash2: readonly [low: number, high: number];
}

const whole = (name: string, expr: Expr, hash2: readonly [number, number]) => {
  const keyed = keyExpr(expr);
  return [keyed.key, { name, version: 1, expr: keyed.expr, hash2 }] as const;
};

/** Models spend their time in these; all others run operation by operation. */
const wholeFunctions: ReadonlyMap<string, WholeFunction> = new Map([
  whole("exp", exp(x), [0xdc4b0b6e, 0x3f7656a5]),
  whole("log", log(x), [0x9d393616, 0x520471a2]),
  whole("tanh", tanh(x), [0x467aad00, 0xef4a86a6]),
  whole("sigmoid", sigmoid(x), [0xac5d88c5, 0xb57f7f57]),
  whole("relu", relu, [0x91c9b58d, 0xb68e4a41]),
]);

/** The function that the expression with this key is, if it is one that packages name. */
export const wholeFunction = (key: string): WholeFunction | undefined => wholeFunctions.get(key);

export class StepList {
  readonly steps: Step[] = [];
  readonly constants: { readonly type: ScalarType; readonly value: number | bigint }[] = [];
  readonly #constants = new Map<string, StepValue>();

  /** The value of `root`, whose arguments and positions along axes are these. */
  add(
    root: Expr,
    argument: (index: number, type: ScalarType) => StepValue,
    position: (axis: number) => StepValue,
  ): StepValue {
    const { expr, key } = keyExpr(root);
    const known = wholeFunctions.get(key);
    if (known) {
      const operands = inputsOf(known.expr).args.map((i) => argument(i, "f32"));
      return this.#step(known.expr, key, operands);
    }
    const done = new Map<Expr, StepValue>();
    const visit = (e: Expr): StepValue => {
      const known = done.get(e);
      if (known) return known;
      const made = this.#valueOf(e, argument, position, visit);
      done.set(e, made);
      return made;
    };
    return visit(expr);
  }

  /** Makes `v` the result: what the last step gives. */
  end(v: StepValue): void {
    if (v.from === "step" && v.index === this.steps.length - 1) return;
    const { expr, key } = keyExpr(arg(0, v.type));
    this.#step(expr, key, [v]);
  }

  #valueOf(
    e: Expr,
    argument: (index: number, type: ScalarType) => StepValue,
    position: (axis: number) => StepValue,
    visit: (e: Expr) => StepValue,
  ): StepValue {
    if (e.op === "arg") return argument(e.index, e.type);
    if (e.op === "index") return position(e.axis);
    if (e.op === "const") return this.#constant(e.type, e.value);
    const children = childrenOf(e);
    const operands = children.map(visit);
    const alone = withChildren(
      e,
      children.map((child, i) => arg(i, child.type)),
    );
    const { expr, key } = keyExpr(alone);
    return this.#step(expr, key, operands);
  }

  #constant(type: ScalarType, value: number | bigint): StepValue {
    const name = `${type} ${Object.is(value, -0) ? "-0" : value}`;
    const known = this.#constants.get(name);
    if (known) return known;
    const index = this.constants.push({ type, value }) - 1;
    const made: StepValue = { from: "constant", index, type };
    this.#constants.set(name, made);
    return made;
  }

  #step(kernel: Expr, key: string, operands: readonly StepValue[]): StepValue {
    const index = this.steps.push({ kernel, key, operands }) - 1;
    return { from: "step", index, type: kernel.type };
  }
}

/** The steps of one expression by itself. */
function listOf(root: Expr): StepList {
  const list = new StepList();
  const input = (index: number, type: ScalarType): StepValue => ({ from: "input", index, type });
  list.end(list.add(root, input, (axis) => input(axis, "i32")));
  return list;
}

/** How many steps and constants an expression has. */
export function stepsOf(root: Expr): { readonly steps: number; readonly constants: number } {
  const { steps, constants } = listOf(root);
  return { steps: steps.length, constants: constants.length };
}

/** The kernels that the steps of these expressions need, by their keys. */
export const stepKernels = (expressions: Iterable<Expr>): ReadonlyMap<string, Expr> =>
  new Map(
    Array.from(expressions, (e) => listOf(e).steps)
      .flat()
      .map(({ key, kernel }) => [key, kernel] as const),
  );

/**
 * The place that each step's result lies in until its last use; a step's operands are still
 * there while it writes. The last one writes the result of all: its place means nothing.
 */
export function placeResults(steps: readonly Step[]): readonly number[] {
  const lastUse = steps.map((_, i) => i);
  for (const [i, { operands }] of steps.entries()) {
    for (const v of operands) if (v.from === "step") lastUse[v.index] = i;
  }
  const places: number[] = [];
  const free: number[] = [];
  let count = 0;
  for (const [i, { operands }] of steps.entries()) {
    places.push(i === steps.length - 1 ? 0 : (free.pop() ?? count++));
    const ended = operands.filter((v) => v.from === "step" && lastUse[v.index] === i);
    for (const index of new Set([...ended.map((v) => v.index)])) free.push(places[index]!);
    if (lastUse[i] === i && i < steps.length - 1) free.push(places[i]!);
  }
  return places;
}
