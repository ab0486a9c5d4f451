/**
 * Random programs that differentiate, and where much meets: few tensors with many names, carried through
 * branches, loops, lists, records, state and a function that calls itself, in checkpoints and gradients of gradients.
 */

import fc from "fast-check";
import {
  boolType,
  type Func,
  f64Type,
  type Module,
  makeNode,
  type Node,
  type Region,
  refType,
  type StateCell,
  type Type,
  type Value,
  value,
} from "#glim/compiler/graph/ir.js";
import { printGraph } from "#glim/compiler/graph/text.js";
import type { Attrs } from "#glim/compiler/ops/op.js";
import { tensorType } from "#glim/compiler/ops/types.js";
import { Choices } from "./choices.ts";
import { containerTypes, freshContainer, useContainer } from "./generate-containers.ts";

const tensor = tensorType("f32", [2, 3]);
const scalar = tensorType("f32", []);

const box = refType("held");

/** What instances keep between calls. */
const cells: readonly StateCell[] = ["s", "t"].map((name, n) => {
  const initial = Float32Array.from({ length: 6 }, (_, i) => [0.4, -0.7, 0.9, 0.2][(i + n) % 4]!);
  return { name, type: tensor, initial };
});

const isTensor = (v: Value): boolean => v.type === tensor;

export interface Wanted {
  /** How deep gradients nest. */
  readonly order: number;
  readonly containers: boolean;
  /** Whether it differentiates for its parameters, not for what it computes of them. */
  readonly bare?: boolean;
  /** Whether there is a function that calls itself. */
  readonly recursion?: boolean;
  /** Whether there is state that is written and read. */
  readonly state?: boolean;
}

class Generator {
  readonly #c: Choices;
  readonly #wanted: Wanted;
  #visible: Value[] = [];
  #nodes: Node[] = [];
  #labels = 0;
  #bound = 0;
  #depth = 0;
  #order = 0;
  /** The function that calls itself: whether its own body is made, and what then says how many calls are left. */
  #calls: { readonly depth: Value | undefined; readonly isInside: boolean } | undefined;
  /** The loop around, which gradients do not leave. */
  #loop: { readonly label: string; readonly results: number } | undefined;

  constructor(c: Choices, wanted: Wanted) {
    this.#c = c;
    this.#wanted = wanted;
  }

  module(): Module {
    const params = [tensor, tensor, boolType, f64Type].map((type, i) => ({
      name: `p${i}`,
      value: value(type, `p${i}`),
    }));
    const called = this.#wanted.recursion === true ? [this.#calledFunc()] : [];
    this.#visible = params.map((p) => p.value);
    if (this.#wanted.bare !== true) this.#statements(2);
    const gradients = this.#grad();
    this.#emit("return", gradients);
    const results = gradients.map((v) => v.type);
    const fields = results.map((_, result) => [`r${result}`, { kind: "leaf", result }] as const);
    const body = { params: [], nodes: this.#nodes };
    const shape = { kind: "record", fields } as const;
    const func = { name: "main", entry: true, doc: "", params, results, shape, body };
    return {
      name: "random",
      funcs: [...called, { ...func, span: undefined }],
      constants: new Map(),
      state: new Map(this.#wanted.state === true ? cells.map((c) => [c.name, c]) : []),
      heap: new Map(containerTypes),
      sizes: [],
    };
  }

  /** `up(a, b, n)`: two tensors, after up to n calls of itself. Functions take and give tensors in boxes. */
  #calledFunc(): Func {
    const params = [box, box, f64Type].map((type, i) => ({
      name: `p${i}`,
      value: value(type, `p${i}`),
    }));
    const depth = params[2]!.value;
    this.#calls = { depth, isInside: true };
    // A gradient in it is never the outermost one.
    this.#order = 1;
    const body = this.#region(
      params.map((p) => p.value),
      () => {
        for (const p of params.slice(0, 2)) this.#emit("unbox", [p.value], {}, [tensor]);
        const [isOver] = this.#emit("scalar", [depth, this.#number(0)], { fn: "le" }, [boolType]);
        const leave = this.#region([], () => {
          if (this.#c.oneIn(2)) this.#statements(2);
          this.#emit("return", [this.#boxed(), this.#boxed()]);
        });
        const stay = this.#region([], () => this.#emit("yield", []));
        this.#emit("if", [isOver!], {}, [], [leave, stay]);
        this.#statements(4);
        this.#call();
        this.#statements(3);
        this.#emit("return", [this.#boxed(), this.#boxed()]);
      },
    );
    this.#calls = { depth: undefined, isInside: false };
    this.#order = 0;
    const items = [0, 1].map((result) => ({ kind: "leaf", result }) as const);
    return {
      ...{ name: "up", entry: false, doc: "", params, results: [box, box] },
      shape: { kind: "list", items },
      body: { params: [], nodes: body.nodes },
      span: undefined,
    };
  }

  #boxed(): Value {
    return this.#emit("box", [this.#tensor()], {}, [box])[0]!;
  }

  /** From outside with a few calls to go, from inside with one less. */
  #call(): void {
    if (this.#calls === undefined) return;
    const { depth, isInside } = this.#calls;
    const one = () => this.#number(1);
    const left = isInside
      ? this.#emit("scalar", [depth!, one()], { fn: "sub" }, [f64Type])[0]!
      : this.#number(this.#c.below(4));
    const operands = [this.#boxed(), this.#boxed(), left];
    for (const given of this.#emit("call", operands, { callee: "up" }, [box, box]))
      this.#emit("unbox", [given], {}, [tensor]);
  }

  /** Reads or writes a cell. */
  #useState(): void {
    const { name } = this.#c.pick(cells);
    if (this.#c.oneIn(2)) this.#emit("state.get", [], { name }, [tensor]);
    else this.#emit("state.set", [this.#tensor()], { name });
  }

  /** Statements whose results gradients may compute again. */
  #checkpoint(): void {
    const types = this.#carried();
    const loop = this.#loop;
    this.#loop = undefined;
    const region = this.#region([], () => {
      this.#statements(4);
      this.#emit(
        "yield",
        types.map((t) => this.#some(t)),
      );
    });
    this.#loop = loop;
    this.#emit("checkpoint", [], {}, types, [region]);
  }

  #emit(
    op: string,
    operands: readonly Value[],
    attrs: Attrs = {},
    types: readonly Type[] = [],
    regions: readonly Region[] = [],
  ): readonly Value[] {
    const results = types.map((t) => value(t));
    this.#nodes.push(makeNode(op, operands, attrs, results, undefined, regions));
    this.#visible.push(...results);
    return results;
  }

  #tensor(): Value {
    // The newest first: what is not looked at contributes nothing.
    const all = this.#visible.filter(isTensor).toReversed();
    return this.#c.pick(this.#c.oneIn(2) ? all : all.slice(0, 3));
  }

  #some(type: Type): Value {
    const isIt = (v: Value): boolean =>
      type.kind === "ref"
        ? v.type.kind === "ref" && v.type.name === type.name
        : v.type.kind === type.kind;
    if (type.kind === "tensor") return this.#tensor();
    const known = this.#visible.filter(isIt);
    if (known.length > 0 && !this.#c.oneIn(5)) return this.#c.pick(known);
    if (type.kind === "bool")
      return this.#emit("boolean", [], { value: this.#c.oneIn(2) }, [type])[0]!;
    if (type.kind === "ref") return freshContainer(this.#scope, type.name);
    return this.#number(this.#c.below(4));
  }

  readonly #scope = {
    emit: (
      op: string,
      operands: readonly Value[],
      attrs: Attrs = {},
      types: readonly Type[] = [],
    ) => this.#emit(op, operands, attrs, types),
    some: (type: Type) => this.#some(type),
    below: (n: number) => this.#c.below(n),
    bound: () => `n${this.#bound++}`,
  };

  #number(x: number): Value {
    return this.#emit("number", [], { value: x }, [f64Type])[0]!;
  }

  #region(params: readonly Value[], fill: () => void): Region {
    const [visible, nodes] = [this.#visible, this.#nodes];
    this.#visible = [...visible, ...params];
    this.#nodes = [];
    this.#depth++;
    fill();
    const region = { params, nodes: this.#nodes };
    this.#depth--;
    [this.#visible, this.#nodes] = [visible, nodes];
    return region;
  }

  #statements(most: number): void {
    const count = 1 + this.#c.below(most);
    for (let i = 0; i < count && !this.#c.spent; i++) this.#statement();
  }

  #statement(): void {
    const { containers, state, order } = this.#wanted;
    const choice = this.#c.below(22);
    if (choice < 6) this.#binary();
    else if (choice < 8) this.#emit(this.#c.pick(["sin", "tanh"]), [this.#tensor()], {}, [tensor]);
    else if (choice < 11 && containers) useContainer(this.#scope);
    else if (choice < 14 && state === true) this.#useState();
    else if (this.#depth > 2) this.#binary();
    else if (choice === 14 && this.#order < order) this.#grad();
    else if (choice < 16) this.#if();
    else if (choice < 18) this.#loops();
    else if (choice < 20) this.#checkpoint();
    // A second call inside would make exponentially many.
    else if (this.#calls?.isInside === false) this.#call();
    else this.#binary();
  }

  #binary(): void {
    const op = this.#c.pick(["mul", "add", "sub"]);
    this.#emit(op, [this.#tensor(), this.#tensor()], {}, [tensor]);
  }

  #carried(): Type[] {
    const kinds: readonly Type[] = this.#wanted.containers
      ? [tensor, tensor, tensor, refType("list"), refType("pair")]
      : [tensor];
    return Array.from({ length: 1 + this.#c.below(2) }, () => this.#c.pick(kinds));
  }

  #if(): void {
    const types = this.#carried();
    const [condition] = this.#c.oneIn(3)
      ? [this.#some(boolType)]
      : this.#emit("scalar", [this.#some(f64Type), this.#some(f64Type)], { fn: "lt" }, [boolType]);
    const arm = (): Region =>
      this.#region([], () => {
        this.#statements(3);
        const loop = this.#loop;
        if (loop && this.#c.oneIn(5)) {
          const left = Array.from({ length: loop.results }, () => this.#tensor());
          this.#emit("break", left, { label: loop.label });
        } else
          this.#emit(
            "yield",
            types.map((t) => this.#some(t)),
          );
      });
    this.#emit("if", [condition!], {}, types, [arm(), arm()]);
  }

  #loops(): void {
    const label = `L${this.#labels++}`;
    const carried = this.#carried();
    const results = 1 + this.#c.below(2);
    const initial = [this.#number(0), ...carried.map((t) => this.#some(t))];
    const params = initial.map((v) => value(v.type));
    const outer = this.#loop;
    this.#loop = { label, results };
    const body = this.#region(params, () => {
      const limit = this.#number(this.#c.below(4));
      const [done] = this.#emit("scalar", [params[0]!, limit], { fn: "ge" }, [boolType]);
      const leave = this.#region([], () => {
        const left = Array.from({ length: results }, () => this.#tensor());
        this.#emit("break", left, { label });
      });
      const stay = this.#region([], () => this.#emit("yield", []));
      this.#emit("if", [done!], {}, [], [leave, stay]);
      this.#statements(5);
      const [next] = this.#emit("scalar", [params[0]!, this.#number(1)], { fn: "add" }, [f64Type]);
      this.#emit("continue", [next!, ...carried.map((t) => this.#some(t))], { label });
    });
    this.#loop = outer;
    const types = Array.from({ length: results }, () => tensor);
    this.#emit("loop", initial, { label }, types, [body]);
  }

  /** The gradient of a sum; the outermost one gives the sum, too. */
  #grad(): readonly Value[] {
    const operands = Array.from({ length: 1 + this.#c.below(2) }, () => this.#tensor());
    const params = operands.map((v) => value(v.type));
    const loop = this.#loop;
    this.#loop = undefined;
    const isOutermost = this.#order++ === 0;
    const region = this.#region(params, () => {
      // What does not depend on the variables has no gradient to look at.
      if (isOutermost)
        this.#visible = this.#visible.filter((v) => !isTensor(v) || params.includes(v));
      this.#statements(8);
      if (isOutermost && this.#c.oneIn(2)) this.#call();
      if (this.#wanted.state === true && this.#c.oneIn(2)) this.#useState();
      for (let i = 0; i < 3; i++) this.#binary();
      const axes = { axes: [0, 1], keepDim: false, lanes: 16 };
      const [output] = this.#emit("sum", [this.#visible.at(-1)!], axes, [scalar]);
      const [seed] = this.#emit("full", [], { shape: [], value: 1, dtype: "f32" }, [scalar]);
      this.#emit("yield", [output!, seed!, ...(isOutermost ? [output!] : [])]);
    });
    this.#order--;
    this.#loop = loop;
    const types = [...(isOutermost ? [scalar] : []), ...operands.map((v) => v.type)];
    return this.#emit("grad", operands, { cells: [] }, types, [region]);
  }
}

/** Random programs whose entry gives back gradients; a failing one prints as text. */
export const entangledGradients = (wanted: Wanted, length = 400): fc.Arbitrary<Module> =>
  fc.array(fc.nat(0xffff), { maxLength: length, size: "max" }).map((numbers) => {
    const m = new Generator(new Choices(numbers), wanted).module();
    return Object.defineProperty(m, fc.toStringMethod, { value: () => printGraph(m) });
  });
