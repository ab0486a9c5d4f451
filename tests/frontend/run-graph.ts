/** Runs the functions of a graph on numbers and booleans: what lowering means, in the fewest words. */

import type { Func, Module, Node, Region, Value } from "#glim/compiler/graph/ir.js";
import { scalarFns } from "#glim/compiler/graph/scalars.js";
import { type Leaf, runHeapNode } from "./run-heap.ts";

export type Scalar = Leaf;

function plainScalar(leaf: Scalar): number | boolean {
  if (typeof leaf === "number" || typeof leaf === "boolean") return leaf;
  throw new Error("a text or object is no scalar");
}

/** How a region was left. */
type Exit =
  | { readonly kind: "yield" | "return"; readonly values: readonly Scalar[] }
  | {
      readonly kind: "break" | "continue";
      readonly label: unknown;
      readonly values: readonly Scalar[];
    };

export class GraphRun {
  readonly state = new Map<string, Scalar>();
  readonly #module: Module;
  /** Nodes run so far: the budget ends programs that do not end. */
  steps = 0;

  constructor(module: Module) {
    this.#module = module;
    for (const { name, initial } of module.state.values()) {
      if (typeof initial === "object") throw new Error("tensors are not run");
      this.state.set(name, initial);
    }
  }

  call(name: string, args: readonly Scalar[]): readonly Scalar[] {
    const func = this.#module.funcs.find((f) => f.name === name);
    if (func === undefined) throw new Error(`no function ${name}`);
    return this.#call(func, args);
  }

  #call(func: Func, args: readonly Scalar[]): readonly Scalar[] {
    const values = new Map<Value, Scalar>();
    func.params.forEach((p, i) => {
      values.set(p.value, args[i]!);
    });
    const exit = this.#region(func.body, values);
    if (exit.kind !== "return") throw new Error(`${func.name} was left by ${exit.kind}`);
    return exit.values;
  }

  #region(region: Region, values: Map<Value, Scalar>): Exit {
    for (const node of region.nodes) {
      const exit = this.#node(node, values);
      if (exit !== undefined) return exit;
    }
    throw new Error("a region has no end");
  }

  #node(node: Node, values: Map<Value, Scalar>): Exit | undefined {
    if (++this.steps > 1_000_000) throw new Error("too many steps");
    const operands = node.operands.map((v) => {
      const value = values.get(v);
      if (value === undefined) throw new Error(`${node.op}: an operand has no value`);
      return value;
    });
    const give = (results: readonly Scalar[]): void => {
      node.results.forEach((r, i) => {
        values.set(r, results[i]!);
      });
    };
    switch (node.op) {
      case "number":
        give([Number(node.attrs.value)]);
        return undefined;
      case "boolean":
        give([node.attrs.value === true]);
        return undefined;
      case "scalar":
        give([scalarFns.get(String(node.attrs.fn))!.evaluate!(operands.map(plainScalar))]);
        return undefined;
      case "call":
        give(this.call(String(node.attrs.callee), operands));
        return undefined;
      case "state.get":
        give([this.state.get(String(node.attrs.name))!]);
        return undefined;
      case "state.set":
        this.state.set(String(node.attrs.name), operands[0]!);
        return undefined;
      case "check":
        if (operands[0] !== true) throw new Error(String(node.attrs.message));
        return undefined;
      case "throw":
        throw new Error(String(node.attrs.message));
      case "yield":
      case "return":
        return { kind: node.op, values: operands };
      case "break":
      case "continue":
        return { kind: node.op, label: node.attrs.label, values: operands };
      case "if": {
        const exit = this.#region(node.regions[operands[0] === true ? 0 : 1]!, values);
        if (exit.kind !== "yield") return exit;
        give(exit.values);
        return undefined;
      }
      case "loop":
        return this.#loop(node, operands, values, give);
      default: {
        const results = runHeapNode(node, operands, this.#module);
        if (results === undefined) throw new Error(`${node.op} is not run`);
        give(results);
        return undefined;
      }
    }
  }

  #loop(
    node: Node,
    initial: readonly Scalar[],
    values: Map<Value, Scalar>,
    give: (results: readonly Scalar[]) => void,
  ): Exit | undefined {
    const body = node.regions[0]!;
    for (let carried = initial; ; ) {
      body.params.forEach((p, i) => {
        values.set(p, carried[i]!);
      });
      const exit = this.#region(body, values);
      const own = "label" in exit && exit.label === node.attrs.label;
      if (!own) return exit;
      if (exit.kind === "break") {
        give(exit.values);
        return undefined;
      }
      carried = exit.values;
    }
  }
}
