/**
 * Computes what is known when compiling, with the kernels that would compute it when running.
 *
 * `op(constants) ⇒ constant`, unless that would make the module much larger;
 * `scalar f(numbers) ⇒ number`, `size 3 ⇒ number 3`, `splat number ⇒ constant`, `item constant ⇒ number`;
 * `if true { A } else { B } ⇒ A`; `check true ⇒ nothing`, and so for sizes that always fit.
 */

import { equalData, makeData } from "../../graph/data-text.ts";
import {
  attrOf,
  type Constant,
  isDim,
  type Node,
  type TensorData,
  type Value,
} from "../../graph/ir.ts";
import { isRowMajor } from "../../graph/layout.ts";
import { printAttr } from "../../graph/print.ts";
import { type Rewriter, rebuildModule } from "../../graph/rebuild.ts";
import { numberAttr, type ScalarValue, scalarFns } from "../../graph/scalars.ts";
import { DimExpr, equalDim } from "../../ops/dim.ts";
import type { Attr, Op } from "../../ops/op.ts";
import { opByName } from "../../ops/registry.ts";
import { bytesOf, isValueOf, printTensorType, type TensorType } from "../../ops/types.ts";
import { KeptTensors } from "./kept-tensors.ts";
import type { GraphPass, PassContext } from "./pass.ts";

export const foldConstants: GraphPass = {
  name: "fold-constants",
  doc: "Computes operators on constants, numbers and conditions that are known when compiling.",
  run(m, context) {
    const folder = new Folder(m.constants, context);
    const folded = rebuildModule(m, (node, rewriter) => folder.fold(node, rewriter));
    return { ...folded, constants: folder.constants };
  },
};

/**
 * A result may exceed its operands by so many bytes. Weights and factors made of them are smaller or
 * little larger; what is larger is repetition (`expand`, masks of `arange`), which costs less to
 * compute than to ship.
 */
const growth = 4096;

class Folder {
  readonly constants: Map<string, Constant>;
  readonly #context: PassContext;
  readonly #kept: KeptTensors;
  readonly #scalars = new Map<Value, ScalarValue>();
  readonly #tensors = new Map<Value, Constant>();
  /** The constants made here, by their types: equal ones are one. */
  readonly #made = new Map<string, Constant[]>();
  #count = 0;

  constructor(constants: ReadonlyMap<string, Constant>, context: PassContext) {
    this.constants = new Map(constants);
    this.#context = context;
    this.#kept = context.kept ?? new KeptTensors();
  }

  fold(node: Node, rewriter: Rewriter): void {
    const known = this.#scalarOf(node);
    if (known !== undefined) {
      this.#scalars.set(node.results[0]!, known);
      rewriter.emit(scalarNode(node, known));
      return;
    }
    const constant = this.#tensorOf(node);
    if (constant) {
      this.#tensors.set(node.results[0]!, constant);
      rewriter.emit({ ...node, op: "const", operands: [], attrs: { name: constant.name } });
      return;
    }
    const condition = node.operands[0] && this.#scalars.get(node.operands[0]);
    if (node.op === "if" && condition !== undefined) {
      takeBranch(node, condition === true ? 0 : 1, rewriter);
    } else if (!alwaysHolds(node, condition)) rewriter.emit(node);
  }

  /** The number or bool that a node gives, where it is known. */
  #scalarOf(node: Node): ScalarValue | undefined {
    switch (node.op) {
      case "number":
        return Number(node.attrs.value);
      case "boolean":
        return node.attrs.value === true;
      case "size":
        return typeof node.attrs.dim === "number" ? node.attrs.dim : undefined;
      case "item": {
        const data = this.#tensors.get(node.operands[0]!)?.data;
        if (data?.length !== 1) return undefined;
        return data instanceof Uint8Array ? data[0] === 1 : data[0];
      }
      case "scalar": {
        const operands = known(node.operands, this.#scalars);
        return operands && scalarFns.get(String(node.attrs.fn))?.evaluate?.(operands);
      }
      default:
        return undefined;
    }
  }

  /** The constant that a node gives, where it is known and worth having. */
  #tensorOf(node: Node): Constant | undefined {
    if (node.op === "const") return this.constants.get(String(node.attrs.name));
    const result = node.results[0];
    if (result?.type.kind !== "tensor" || !isRowMajor(result.layout)) return undefined;
    if (node.op === "splat") {
      const x = this.#scalars.get(node.operands[0]!);
      return x === undefined ? undefined : this.#splat(x, result.type);
    }
    const op = opByName(node.op);
    return op && this.#apply(op, node, result.type);
  }

  #splat(x: ScalarValue, type: TensorType): Constant | undefined {
    // A fraction has no i32: the check that refuses it stays where it is.
    if (type.dtype !== "bool" && !isValueOf(Number(x), type.dtype)) return undefined;
    const data = makeData(type.dtype, 1);
    data[0] = Number(x);
    return this.#constant(type, withPlainNaNs(data));
  }

  #apply(op: Op, node: Node, type: TensorType): Constant | undefined {
    const { evaluator } = this.#context;
    const operands = known(node.operands, this.#tensors);
    if (!evaluator || !operands?.every((c) => isRowMajor(c.layout))) return undefined;
    if (isSymbolic(type.shape) || Object.values(node.attrs).some(isSymbolic)) return undefined;
    const given = operands.reduce((sum, c) => sum + c.data.byteLength, 0);
    if (bytesIn(type) > given + growth) return undefined;
    const elements = operands.map((c) => c.data);
    const data = this.#kept.of(spell(node, operands, type), elements, () => {
      const computed = evaluator.evaluate(op, operands, node.attrs, type);
      return computed && withPlainNaNs(computed);
    });
    return data && this.#constant(type, data);
  }

  #constant(type: TensorType, data: TensorData): Constant {
    const key = printTensorType(type);
    const made = this.#made.get(key) ?? [];
    this.#made.set(key, made);
    const same = made.find((c) => c.data === data || equalData(c.data, data));
    if (same) return same;
    while (this.constants.has(`folded.${this.#count}`)) this.#count++;
    const name = `folded.${this.#count}`;
    const constant = { name, type, layout: undefined, data };
    made.push(constant);
    this.constants.set(name, constant);
    return constant;
  }
}

/** What a node computes, as text, but for its operands' elements. */
function spell({ op, attrs }: Node, operands: readonly Constant[], type: TensorType): string {
  const given = Object.keys(attrs)
    .sort()
    .map((name) => `${name}=${printAttr(attrs[name]!)}`);
  const types = [...operands.map((c) => c.type), type].map(printTensorType);
  return [op, ...given, ...types].join(" ");
}

/** Every NaN as 0x7fc00000 (f64: 0x7ff8000000000000): engines and processors choose different ones, artefacts must not differ. */
function withPlainNaNs(data: TensorData): TensorData {
  const isFloat = data instanceof Float32Array || data instanceof Float64Array;
  if (!isFloat || !hasNaN(data)) return data;
  const plain = data.slice();
  const words = new Uint32Array(plain.buffer);
  plain.forEach((x, i) => {
    if (!Number.isNaN(x)) return;
    if (plain instanceof Float32Array) words[i] = 0x7fc00000;
    else words.set([0, 0x7ff80000], 2 * i);
  });
  return plain;
}

/** A loop of its own: weights are millions of numbers, and a call for each costs ten times as much. */
function hasNaN(data: Float32Array | Float64Array): boolean {
  for (let i = 0; i < data.length; i++) if (Number.isNaN(data[i])) return true;
  return false;
}

/** What is known of each value; undefined where one is not. */
function known<T>(values: readonly Value[], by: ReadonlyMap<Value, T>): T[] | undefined {
  const found: T[] = [];
  for (const v of values) {
    const x = by.get(v);
    if (x === undefined) return undefined;
    found.push(x);
  }
  return found;
}

function isSymbolic(a: Attr): boolean {
  return a instanceof DimExpr || (Array.isArray(a) && a.some(isSymbolic));
}

const bytesIn = (t: TensorType): number =>
  t.shape.reduce<number>((n, d) => n * Number(d), bytesOf[t.dtype]);

const scalarNode = (node: Node, x: ScalarValue): Node =>
  typeof x === "boolean"
    ? { ...node, op: "boolean", operands: [], attrs: { value: x } }
    : { ...node, op: "number", operands: [], attrs: { value: numberAttr(x) } };

/** Puts one region of an `if` in its place. */
function takeBranch(node: Node, index: 0 | 1, rewriter: Rewriter): void {
  for (const inner of node.regions[index]!.nodes) {
    if (inner.op !== "yield") rewriter.emit(inner);
    else {
      node.results.forEach((r, i) => {
        rewriter.replace(r, inner.operands[i]!);
      });
    }
  }
}

/** Whether the node is a check that passes whatever happens. */
function alwaysHolds(node: Node, condition: ScalarValue | undefined): boolean {
  if (node.op === "check") return condition === true;
  if (node.op !== "checkEqual" && node.op !== "checkAtMost") return false;
  const [left, right] = [attrOf(node, "left", isDim), attrOf(node, "right", isDim)];
  if (equalDim(left, right)) return true;
  const numbers = typeof left === "number" && typeof right === "number";
  return node.op === "checkAtMost" && numbers && left <= right;
}
