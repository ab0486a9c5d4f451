/** Puts new nodes at the end of a list that can be changed; gradient rules build with it. */

import { inferResult } from "../../../graph/infer.ts";
import {
  boolType,
  f64Type,
  makeNode,
  type Node,
  type Region,
  type Span,
  type Type,
  tensorOf,
  type Value,
  value,
} from "../../../graph/ir.ts";
import { numberAttr } from "../../../graph/scalars.ts";
import type { Dim } from "../../../ops/dim.ts";
import type { Attrs, OpBuilder } from "../../../ops/op.ts";
import { opByName } from "../../../ops/registry.ts";
import { type DType, type TensorType, tensorType } from "../../../ops/types.ts";

export class Emitter implements OpBuilder<Value> {
  nodes: Node[] = [];
  /** What asked for the nodes. */
  span: Span | undefined;

  /** The nodes that `body` emits, apart from those so far. */
  apart(body: () => void): Node[] {
    const outer = this.nodes;
    this.nodes = [];
    body();
    const made = this.nodes;
    this.nodes = outer;
    return made;
  }

  node(
    op: string,
    operands: readonly Value[],
    attrs: Attrs = {},
    types: readonly Type[] = [],
    regions: readonly Region[] = [],
  ): readonly Value[] {
    const results = types.map((t) => value(t));
    this.nodes.push(makeNode(op, operands, attrs, results, this.span, regions));
    return results;
  }

  apply(name: string, operands: readonly Value[], attrs: Attrs): Value {
    const op = opByName(name);
    if (op === undefined) throw new Error(`there is no operator ${name}`);
    // What the rule demands of named sizes holds, because it held where the operator ran.
    const { type } = inferResult(op, operands.map(tensorOf), attrs);
    return this.node(name, operands, attrs, [type])[0]!;
  }

  scalar(number: number, dtype: DType): Value {
    return this.node("splat", [this.number(number)], {}, [tensorType(dtype, [])])[0]!;
  }

  typeOf(v: Value): TensorType {
    return tensorOf(v);
  }

  number(number: number): Value {
    return this.node("number", [], { value: numberAttr(number) }, [f64Type])[0]!;
  }

  boolean(known: boolean): Value {
    return this.node("boolean", [], { value: known }, [boolType])[0]!;
  }

  fn(name: string, operands: readonly Value[], result: "f64" | "bool"): Value {
    return this.node("scalar", operands, { fn: name }, [result === "f64" ? f64Type : boolType])[0]!;
  }

  full(shape: readonly Dim[], number: number): Value {
    return this.apply("full", [], { shape, value: number, dtype: "f32" });
  }
}
