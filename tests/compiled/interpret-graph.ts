/**
 * Runs a graph module node by node, as its text says: the meaning that compiled code must have. How
 * operators are carried out is the caller's to say: eager mode, or the reference executor.
 */

import type { Module, Node, Region, TensorData, Value } from "#glim/compiler/graph/ir.js";
import { makerOf, tensorOf } from "#glim/compiler/graph/ir.js";
import { type ScalarValue, scalarFns } from "#glim/compiler/graph/scalars.js";
import { worksOnHeap } from "#glim/compiler/graph/verify-heap.js";
import { type Dim, DimExpr, evaluateDim } from "#glim/compiler/ops/dim.js";
import { evaluateExpr } from "#glim/compiler/ops/evaluate-expr.js";
import { arg } from "#glim/compiler/ops/expr.js";
import { numberFunctions } from "#glim/compiler/ops/math/number-functions.js";
import type { Attr, Attrs, Op, OpBuilder } from "#glim/compiler/ops/op.js";
import { opByName } from "#glim/compiler/ops/registry.js";
import { type TensorType, tensorType } from "#glim/compiler/ops/types.js";
import { cellsOf } from "#glim/compiler/passes/graph/gradient/prepare-region.js";
import { strictRule } from "../ops/reference-host.ts";
import { newData } from "../ops/reference-lowering.ts";
import { GraphTape, NotFollowed } from "./graph-tape.ts";
import { HeapObject, type HeapValue, reaches, runHeapNode } from "./heap/interpret-heap.ts";

export interface TensorValue {
  readonly type: TensorType;
  readonly data: TensorData;
}
export type RunValue = TensorValue | ScalarValue | HeapValue;

export const isTensorValue = (v: RunValue): v is TensorValue =>
  typeof v === "object" && v !== null && "data" in v;

/** Carries out one operator on tensors of known sizes; throws where it refuses their values. */
export type Apply = (
  op: Op,
  operands: readonly TensorValue[],
  attrs: Attrs,
  result: TensorType,
) => TensorData;

/** More nodes than any test's program runs: one that has lost its end stops here. */
const mostSteps = 5_000_000;

/** The call stopped: a check, a throw, an index outside. State written before stays. */
export class Stopped extends Error {}

interface Exit {
  readonly kind: "yield" | "continue" | "break" | "return";
  readonly label: string;
  readonly values: readonly RunValue[];
}

export class GraphRun {
  readonly state = new Map<string, RunValue>();
  /** Whether an object was put into what it can be reached from. */
  madeCycle = false;
  private steps = 0;
  /** What is being differentiated at the moment, outermost first. */
  private readonly tapes: GraphTape[] = [];
  private readonly constants = new Map<string, TensorValue>();
  private readonly module: Module;
  private sizes: Map<string, number>;
  private readonly apply: Apply;

  constructor(module: Module, sizes: ReadonlyMap<string, number>, apply: Apply) {
    this.module = module;
    this.sizes = new Map(sizes);
    this.apply = apply;
    for (const [name, cell] of module.state) {
      const { initial, type } = cell;
      const maker = makerOf(cell);
      if (maker !== undefined) {
        this.state.set(name, this.call(maker, [])[0]!);
        continue;
      }
      this.state.set(
        name,
        typeof initial === "object" && !("maker" in initial) && type.kind === "tensor"
          ? { type, data: initial }
          : (initial as ScalarValue),
      );
    }
  }

  call(name: string, args: readonly RunValue[]): readonly RunValue[] {
    const func = this.module.funcs.find((f) => f.name === name);
    if (!func) throw new Error(`there is no ${name}`);
    const values = new Map<Value, RunValue>();
    func.params.forEach((p, i) => values.set(p.value, args[i]!));
    const outer = this.sizes;
    this.sizes = new Map(outer);
    const results = this.region(func.body, values).values;
    this.sizes = outer;
    return results;
  }

  private region(region: Region, values: Map<Value, RunValue>): Exit {
    for (const node of region.nodes) {
      const exit = this.node(node, values);
      if (exit) return exit;
    }
    throw new Error("a region has no end");
  }

  private node(node: Node, values: Map<Value, RunValue>): Exit | undefined {
    if (++this.steps > mostSteps) throw new Error("the program does not end");
    const given = node.operands.map((v) => values.get(v)!);
    const text = (name: string): string => String(node.attrs[name]);
    const define = (results: readonly RunValue[]): void => {
      node.results.forEach((v, i) => values.set(v, results[i]!));
    };
    switch (node.op) {
      case "yield":
        return { kind: "yield", label: "", values: given };
      case "continue":
      case "break":
        return { kind: node.op, label: text("label"), values: given };
      case "return":
        return { kind: "return", label: "", values: given };
      case "throw":
        throw new Stopped(typeof given[0] === "string" ? given[0] : text("message"));
      case "check":
        if (given[0] !== true) throw new Stopped(text("message"));
        return undefined;
      case "bind": {
        const size = Number(given[0]);
        if (!Number.isInteger(size) || size < 0 || size > 0x7fffffff)
          throw new Stopped(text("message"));
        this.sizes.set(text("name"), size);
        return undefined;
      }
      case "checkEqual":
      case "checkAtMost": {
        const [l, r] = [this.size(node.attrs.left!), this.size(node.attrs.right!)];
        if (node.op === "checkEqual" ? l !== r : l > r) throw new Stopped(text("message"));
        return undefined;
      }
      case "checkpoint":
      case "if": {
        const index = node.op === "checkpoint" || given[0] === true ? 0 : 1;
        const exit = this.region(node.regions[index]!, values);
        if (exit.kind !== "yield") return exit;
        define(exit.values);
        return undefined;
      }
      case "grad":
        return this.grad(node, given as readonly TensorValue[], values, define);
      case "loop":
        return this.loop(node, given, values, define);
      case "call":
        define(this.call(text("callee"), given));
        return undefined;
      case "state.get":
        define([this.state.get(text("name"))!]);
        return undefined;
      case "state.set":
        this.state.set(text("name"), given[0]!);
        return undefined;
      default:
        if (worksOnHeap(node.op)) {
          if (node.op === "list.ofTensor" && this.isFollowed(given[0]!)) throw new NotFollowed();
          if (node.op === "list.stack" && this.tapes.length > 0) define([this.stacked(given[0]!)]);
          else define(runHeapNode(node, given, this.module, (v, into) => this.stored(v, into)));
        } else define([this.value(node, given)]);
        return undefined;
    }
  }

  /** The tensors of a list along a new axis, of operations that tapes follow. */
  private stacked(list: RunValue): TensorValue {
    if (!(list instanceof HeapObject)) throw new Error("no list");
    const tensors = list.elements.map(([box]) => {
      if (!(box instanceof HeapObject)) throw new Error("no box");
      return box.elements[0]![0] as TensorValue;
    });
    const { shape } = tensors[0]!.type;
    const all = this.applyByName("cat", tensors, { axis: 0 });
    return this.applyByName("reshape", [all], { shape: [tensors.length, ...shape] });
  }

  private stored(v: RunValue, into: HeapObject): void {
    this.madeCycle ||= reaches(v, into);
  }

  private grad(
    node: Node,
    given: readonly TensorValue[],
    values: Map<Value, RunValue>,
    define: (results: readonly RunValue[]) => void,
  ): Exit | undefined {
    const [region] = node.regions;
    const tape = new GraphTape();
    // The variables are tensors of their own, for the tapes around this one too.
    const own = given.map((x) => this.applyByName("reshape", [x], { shape: x.type.shape }));
    const held = cellsOf(node).map((name) => [name, this.cell(name)] as const);
    const cells = held.map(([name, x]) => {
      const alias = this.applyByName("reshape", [x], { shape: x.type.shape });
      this.hold(name, alias);
      return alias;
    });
    for (const x of [...own, ...cells]) tape.follow(x);
    region!.params.forEach((p, i) => values.set(p, own[i]!));
    this.tapes.push(tape);
    const exit = this.region(region!, values);
    this.tapes.pop();
    held.forEach(([name, x], i) => {
      if (this.cell(name) === cells[i]) this.hold(name, x);
    });
    if (exit.kind !== "yield") return exit;
    const [output, seed, ...leaves] = exit.values;
    const build: OpBuilder<TensorValue> = {
      apply: (name, operands, attrs) => this.applyByName(name, operands, attrs),
      scalar: (value, dtype) => splat(value, tensorType(dtype, [])),
      typeOf: (v) => v.type,
    };
    tape.goBack(build, output as TensorValue, seed as TensorValue);
    const gradients = [...own, ...cells].map(
      (x) =>
        tape.cotangentOf(x) ??
        this.applyByName("full", [], { shape: x.type.shape, value: 0, dtype: "f32" }),
    );
    define([...leaves, ...gradients]);
    return undefined;
  }

  private isFollowed(v: RunValue): boolean {
    return this.tapes.some((tape) => tape.isActive(v));
  }

  private cell(name: string): TensorValue {
    const state = this.state.get(name);
    return state === undefined ? this.constant(name) : (state as TensorValue);
  }

  private hold(name: string, x: TensorValue): void {
    if (this.state.has(name)) this.state.set(name, x);
    else this.constants.set(name, x);
  }

  private constant(name: string): TensorValue {
    const known = this.constants.get(name);
    if (known) return known;
    const c = this.module.constants.get(name)!;
    const made = { type: c.type, data: c.data };
    this.constants.set(name, made);
    return made;
  }

  private applyByName(name: string, operands: readonly TensorValue[], attrs: Attrs): TensorValue {
    const op = opByName(name)!;
    const types = operands.map((x) => x.type);
    return this.applied(op, operands, attrs, op.type(types, attrs, strictRule));
  }

  private applied(
    op: Op,
    operands: readonly TensorValue[],
    attrs: Attrs,
    type: TensorType,
  ): TensorValue {
    const result = { type, data: this.apply(op, operands, attrs, type) };
    for (const tape of this.tapes) tape.record({ op, operands, attrs, result });
    return result;
  }

  private loop(
    node: Node,
    initial: readonly RunValue[],
    values: Map<Value, RunValue>,
    define: (results: readonly RunValue[]) => void,
  ): Exit | undefined {
    const body = node.regions[0]!;
    for (let carried = initial; ; ) {
      body.params.forEach((p, i) => values.set(p, carried[i]!));
      const exit = this.region(body, values);
      const own = exit.label === String(node.attrs.label);
      if (exit.kind === "continue" && own) carried = exit.values;
      else if (exit.kind === "break" && own) {
        define(exit.values);
        return undefined;
      } else return exit;
    }
  }

  private value(node: Node, given: readonly RunValue[]): RunValue {
    const { attrs } = node;
    switch (node.op) {
      case "const":
        return this.constant(String(attrs.name));
      case "number":
        return Number(attrs.value);
      case "boolean":
        return attrs.value === true;
      case "size":
        return this.size(attrs.dim!);
      case "scalar":
        return scalar(String(attrs.fn), given as readonly ScalarValue[]);
      case "item": {
        if (this.isFollowed(given[0]!)) throw new NotFollowed();
        const { type, data } = given[0] as TensorValue;
        return type.dtype === "bool" ? data[0] !== 0 : data[0]!;
      }
      case "splat":
        return splat(given[0] as ScalarValue, tensorOf(node.results[0]!));
      case "layout":
      case "barrier":
        return given[0]!;
      case "join":
        return this.applyByName("cat", given as readonly TensorValue[], {
          axis: Number(node.attrs.axis),
        });
      default:
        return this.operator(node, given as readonly TensorValue[]);
    }
  }

  private operator(node: Node, operands: readonly TensorValue[]): TensorValue {
    const op = opByName(node.op);
    if (!op) throw new Error(`${node.op} is not known`);
    const { dtype, shape } = tensorOf(node.results[0]!);
    const type = tensorType(
      dtype,
      shape.map((d) => this.size(d)),
    );
    const attrs = Object.fromEntries(Object.entries(node.attrs).map(([k, v]) => [k, this.attr(v)]));
    return this.applied(op, operands, attrs, type);
  }

  private attr(a: Attr): Attr {
    if (a instanceof DimExpr) return this.size(a);
    return Array.isArray(a) ? a.map((x) => this.attr(x)) : a;
  }

  private size(d: Attr): number {
    return evaluateDim(d as Dim, this.sizes);
  }
}

function scalar(fn: string, args: readonly ScalarValue[]): ScalarValue {
  const evaluate = scalarFns.get(fn)?.evaluate;
  if (evaluate) return evaluate(args);
  const own = numberFunctions.get(fn);
  if (!own) throw new Error(`${fn} is not known`);
  const expr = own(...args.map((_, i) => arg(i, "f64")));
  return Number(evaluateExpr(expr, args));
}

function splat(x: ScalarValue, type: TensorType): TensorValue {
  if (type.dtype === "i32" && typeof x === "number" && x !== Math.trunc(x)) {
    throw new Stopped("not a whole number");
  }
  const data = newData(type.dtype, 1);
  const wide = Math.min(Math.max(Number(x), -(2 ** 31)), 2 ** 31 - 1);
  data[0] = type.dtype === "i32" ? wide : Number(x);
  return { type, data };
}
