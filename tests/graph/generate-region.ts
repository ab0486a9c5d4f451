/** Random regions: statements that use what is visible, and an end that the surroundings allow. */

import { GraphRule, inferResult, RefusedCall } from "#glim/compiler/graph/infer.js";
import {
  boolType,
  f64Type,
  makeNode,
  type Node,
  type Region,
  type Type,
  tensorOf,
  type Value,
  value,
} from "#glim/compiler/graph/ir.js";
import { rowMajor } from "#glim/compiler/graph/layout.js";
import { parseTypeText } from "#glim/compiler/graph/parse-type.js";
import { numberAttr, scalarFns } from "#glim/compiler/graph/scalars.js";
import { SizeNames } from "#glim/compiler/graph/sizes.js";
import { equalType } from "#glim/compiler/graph/type.js";
import { symbol, symbolsOf } from "#glim/compiler/ops/dim.js";
import type { Attrs, Op } from "#glim/compiler/ops/op.js";
import { ops } from "#glim/compiler/ops/registry.js";
import { dtypes, type TensorType, tensorType } from "#glim/compiler/ops/types.js";
import type { Choices } from "./choices.ts";
import { type ContainerScope, freshContainer, useContainer } from "./generate-containers.ts";
import { type ModuleGenerator, someNumber } from "./generate-graph.ts";

interface Loop {
  readonly label: string;
  readonly carried: readonly Type[];
  readonly results: readonly Type[];
}

/** Operators on sizes up to this are generated: samples that probe long reductions are left out. */
const mostElements = 100;

/** Integers are what passes make; so are guards, whose limit is a number that is known. */
const plainFns = [...scalarFns].filter(
  ([name, { operands, result }]) =>
    name !== "isIntWithin" && ![...operands, result].includes("i32"),
);

export class RegionGenerator {
  readonly #m: ModuleGenerator;
  readonly #c: Choices;
  #visible: Value[];
  #nodes: Node[] = [];
  #loops: readonly Loop[] = [];
  #results: readonly Type[] = [];
  #labels = 0;
  /** The bound sizes that are visible here. */
  #sizes: readonly string[] = [];
  #bound = 0;
  #depth = 0;
  /** Nothing returns from inside of what is differentiated. */
  #mayReturn = true;

  constructor(m: ModuleGenerator, params: readonly Value[]) {
    this.#m = m;
    this.#c = m.choices;
    this.#visible = [...params];
  }

  /** The body of a function with these results. */
  body(results: readonly Type[]): Region {
    this.#results = results;
    this.#statements(12);
    this.#emit(
      "return",
      results.map((t) => this.#some(t)),
    );
    return { params: [], nodes: this.#nodes };
  }

  /** A body that gives back gradients, and the types of what it gives. */
  gradients(): { readonly body: Region; readonly results: readonly Type[] } {
    this.#mayReturn = false;
    this.#statements(4);
    this.#grad();
    const given = this.#nodes.at(-1)!.results;
    this.#emit("return", given);
    return { body: { params: [], nodes: this.#nodes }, results: given.map((v) => v.type) };
  }

  #emit(
    op: string,
    operands: readonly Value[],
    attrs: Attrs = {},
    types: readonly Type[] = [],
    regions: readonly Region[] = [],
  ): Value[] {
    const results = types.map((t) => value(t, this.#c.oneIn(3) ? "x" : undefined));
    this.#nodes.push(makeNode(op, operands, attrs, results, undefined, regions));
    this.#visible.push(...results);
    return results;
  }

  #one(op: string, operands: readonly Value[], attrs: Attrs, type: Type): Value {
    return this.#emit(op, operands, attrs, [type])[0]!;
  }

  /** The nodes that `fill` emits, in a scope of their own. */
  #region(params: readonly Value[], fill: () => void): Region {
    const [visible, nodes, sizes] = [this.#visible, this.#nodes, this.#sizes];
    this.#visible = [...visible, ...params];
    this.#nodes = [];
    this.#depth++;
    fill();
    const region = { params, nodes: this.#nodes };
    this.#depth--;
    this.#visible = visible;
    this.#nodes = nodes;
    this.#sizes = sizes;
    return region;
  }

  #statements(most: number): void {
    const count = this.#c.below(most);
    for (let i = 0; i < count && !this.#c.spent; i++) this.#statement();
  }

  #statement(): void {
    if (this.#m.isMixed && this.#c.oneIn(5)) {
      this.#convert();
      return;
    }
    const choice = this.#c.below(this.#m.ofGradients ? 26 : 21);
    if (choice < 7) this.#operator();
    else if (choice < 10) this.#scalar();
    else if (choice === 10) this.#state();
    else if (choice === 11) this.#item();
    else if (choice === 12) this.#check();
    else if (choice === 13) this.#call();
    else if (choice === 14) this.#kernel();
    else if (choice === 15) this.#layout();
    else if (choice === 16) this.#fresh(this.#someVisibleType());
    else if (choice === 20) this.#bind();
    else if (choice > 21) this.#container();
    else if (this.#depth > 2) this.#operator();
    else if (choice === 17) this.#loop();
    else if (choice === 21) this.#grad();
    else this.#if();
  }

  #someVisibleType(): Type {
    return this.#c.pick(this.#visible).type;
  }

  /** A visible value of that type, or a new one. */
  #some(type: Type): Value {
    const known = this.#visible.filter((v) => v.layout === undefined && equalType(v.type, type));
    return known.length > 0 && !this.#c.oneIn(6) ? this.#c.pick(known) : this.#fresh(type);
  }

  #fresh(type: Type): Value {
    if (type.kind === "bool") return this.#one("boolean", [], { value: this.#c.oneIn(2) }, type);
    if (type.kind === "ref") return freshContainer(this.#scope, type.name);
    if (type.kind === "f64") {
      if (this.#c.oneIn(5)) return this.#one("size", [], { dim: symbol("B") }, type);
      return this.#one("number", [], { value: numberAttr(someNumber(this.#c)) }, type);
    }
    if (type.kind !== "tensor") throw new Error(`nothing makes a ${type.kind}`);
    const named = type.shape.some((d) => symbolsOf(d).size > 0);
    const isSplat = type.dtype === "f32" || type.dtype === "bool";
    if (!named && (!isSplat || !this.#c.oneIn(4))) {
      const { name } = this.#m.constant(type);
      return this.#one("const", [], { name }, type);
    }
    const rank0 = tensorType(type.dtype, []);
    const filled = !isSplat
      ? this.#fresh(rank0)
      : this.#one("splat", [this.#some(type.dtype === "bool" ? boolType : f64Type)], {}, rank0);
    return this.#one("expand", [filled], { shape: type.shape }, type);
  }

  #operator(): void {
    const op = this.#c.pick(ops);
    const call = this.#sampleCall(op);
    if (!call) return;
    const { attrs, types } = call;
    const chained = this.#chained(op, attrs, types.length);
    const operands = chained ?? types.map((t) => this.#some(t));
    const { type } = inferResult(op, operands.map(tensorOf), attrs);
    this.#one(op.name, operands, attrs, type);
  }

  /** Attributes and operand types of one of the operator's samples, operands converted as it asks. */
  #sampleCall(op: Op): { attrs: Attrs; types: readonly TensorType[] } | undefined {
    const sample = this.#c.pick(op.samples);
    // A bound size may stand where a sample has a named one.
    const name = this.#sizes.length === 0 || this.#c.oneIn(2) ? "B" : this.#c.pick(this.#sizes);
    const sizes = new SizeNames(new Map([["B", name]]));
    const given = sample.operands.map((text) => tensorOf(value(sizes.type(parseTensor(text)))));
    const attrs = op.bind(sample.args, given, new GraphRule());
    const others = this.#m.isMixed ? [this.#c.pick(dtypes)] : [];
    for (const dtype of [...others, undefined, "f32", "i32"] as const) {
      const types = dtype === undefined ? given : given.map((t) => ({ ...t, dtype }));
      const type = accepted(op, types, attrs);
      if (type && [...types, type].every((t) => this.#isSmall(t))) return { attrs, types };
    }
    return undefined;
  }

  /** Visible tensors that the operator takes with these attributes, where two tries find them. */
  #chained(op: Op, attrs: Attrs, count: number): Value[] | undefined {
    const all = this.#visible.filter((v) => v.type.kind === "tensor");
    // Mostly of the newest, so that operators stand on one another.
    const tensors = this.#c.oneIn(3) ? all : all.slice(-3);
    for (let i = 0; i < 2 && tensors.length > 0; i++) {
      const operands = Array.from({ length: count }, () => this.#c.pick(tensors));
      const type = accepted(op, operands.map(tensorOf), attrs);
      if (type && this.#isSmall(type)) return operands;
      const converted = this.#m.isMixed && this.#converted(op, attrs, operands);
      if (converted) return converted;
    }
    return undefined;
  }

  /** The operands in the dtype of one of them, if the operator takes them so. */
  #converted(op: Op, attrs: Attrs, operands: readonly Value[]): Value[] | undefined {
    const { dtype } = tensorOf(this.#c.pick(operands));
    const types = operands.map((v) => ({ ...tensorOf(v), dtype }));
    const result = operands.every((v) => v.layout === undefined) && accepted(op, types, attrs);
    if (!result || !this.#isSmall(result)) return undefined;
    return operands.map((v, i) =>
      tensorOf(v).dtype === dtype ? v : this.#one("to", [v], { dtype }, types[i]!),
    );
  }

  /** A tensor in another dtype. */
  #convert(): void {
    const tensors = this.#visible.filter((v) => v.type.kind === "tensor" && v.layout === undefined);
    if (tensors.length === 0) return;
    const x = this.#c.pick(tensors);
    const dtype = this.#c.pick(dtypes);
    this.#one("to", [x], { dtype }, { ...tensorOf(x), dtype });
  }

  #isSmall(t: TensorType): boolean {
    const names = ["B", ...this.#sizes];
    return (
      t.shape.length <= 4 &&
      t.shape.reduce<number>((n, d) => n * (typeof d === "number" ? d : 4), 1) <= mostElements &&
      t.shape.every((d) => [...symbolsOf(d)].every((name) => names.includes(name)))
    );
  }

  readonly #scope: ContainerScope = {
    emit: (op, operands, attrs = {}, types = []) => this.#emit(op, operands, attrs, types),
    some: (type) => this.#some(type),
    below: (n) => this.#c.below(n),
    bound: () => {
      const name = `n${this.#bound++}`;
      this.#sizes = [...this.#sizes, name];
      return name;
    },
  };

  #container(): void {
    useContainer(this.#scope);
  }

  #scalar(): void {
    const [fn, { operands, result }] = this.#c.pick(plainFns);
    this.#one(
      "scalar",
      operands.map((kind) => this.#some({ kind })),
      { fn },
      { kind: result },
    );
  }

  /** The gradient of a sum, for some of the tensors of floats that are visible, and for a cell. */
  #grad(): void {
    const isFloat = (v: Value): boolean =>
      v.type.kind === "tensor" && v.type.dtype === "f32" && v.layout === undefined;
    const floats = this.#visible.filter(isFloat);
    if (floats.length === 0) return;
    const operands = Array.from({ length: 1 + this.#c.below(2) }, () => this.#c.pick(floats));
    const params = operands.map((v) => value(v.type));
    const cells = this.#c.oneIn(3) ? ["cell"] : [];
    const leaves = Array.from({ length: this.#c.below(2) }, () => this.#someVisibleType()).filter(
      (type) => type.kind !== "ref",
    );
    const [loops, mayReturn] = [this.#loops, this.#mayReturn];
    this.#loops = [];
    this.#mayReturn = false;
    const region = this.#region(params, () => {
      this.#statements(8);
      const last = this.#visible.filter(isFloat).at(-1)!;
      const axes = tensorOf(last).shape.map((_, i) => i);
      const attrs = { axes, keepDim: false, lanes: axes.length > 0 ? 16 : 1 };
      const scalar = tensorType("f32", []);
      const output = this.#one("sum", [last], attrs, scalar);
      const seed = this.#one("full", [], { shape: [], value: 1, dtype: "f32" }, scalar);
      this.#emit("yield", [output, seed, ...leaves.map((t) => this.#some(t))]);
    });
    this.#loops = loops;
    this.#mayReturn = mayReturn;
    const held = cells.map(() => tensorType("f32", [2, 3]));
    const types = [...leaves, ...operands.map((v) => v.type), ...held];
    this.#emit("grad", operands, { cells }, types, [region]);
  }

  #state(): void {
    const cell = this.#c.pick([...this.#m.state.values()]);
    const attrs = { name: cell.name };
    if (this.#c.oneIn(2)) this.#one("state.get", [], attrs, cell.type);
    else this.#emit("state.set", [this.#some(cell.type)], attrs);
  }

  #item(): void {
    const dtype = this.#c.pick(["f32", "bool", "i32"] as const);
    const operand = this.#some(tensorType(dtype, []));
    this.#one("item", [operand], {}, dtype === "bool" ? boolType : f64Type);
  }

  #check(): void {
    const message = `it is ${this.#c.below(3)}`;
    if (this.#c.oneIn(3)) {
      const op = this.#c.pick(["checkEqual", "checkAtMost"]);
      this.#emit(op, [], { left: this.#c.pick([symbol("B"), 3]), right: symbol("B"), message });
    } else this.#emit("check", [this.#some(boolType)], { message });
  }

  /** A size that a number tells, mostly a small one, and a tensor that has it. */
  #bind(): void {
    const few = (): Value => this.#one("number", [], { value: this.#c.below(5) }, f64Type);
    const operand = this.#c.oneIn(8) ? this.#some(f64Type) : few();
    const name = `n${this.#bound++}`;
    this.#emit("bind", [operand], { name, message: "it is no size" });
    this.#sizes = [...this.#sizes, name];
    const shape = this.#c.oneIn(2) ? [symbol(name), 3] : [symbol(name)];
    this.#fresh(tensorType(this.#c.pick(["f32", "i32", "bool"]), shape));
  }

  #call(): void {
    const helpers = this.#m.funcs.filter((f) => !f.entry);
    if (helpers.length === 0) return;
    const f = this.#c.pick(helpers);
    const operands = f.params.map((p) => this.#some(p.value.type));
    this.#emit("call", operands, { callee: f.name }, f.results);
  }

  #kernel(): void {
    const operands = this.#visible.filter((v) => v.type.kind === "tensor").slice(0, 3);
    const params = operands.map((v) => value(v.type, undefined, v.layout));
    const visible = this.#visible;
    this.#visible = [];
    const results: Type[] = [];
    const region = this.#region(params, () => {
      for (let i = 0; i < 3; i++) {
        const op = this.#c.pick(ops);
        const call = this.#sampleCall(op);
        const chained = call && this.#chained(op, call.attrs, call.types.length);
        if (!chained) continue;
        const { type } = inferResult(op, chained.map(tensorOf), call.attrs);
        this.#one(op.name, chained, call.attrs, type);
      }
      const last = this.#nodes.at(-1)?.results[0] ?? params[0];
      if (last) results.push(last.type);
      this.#emit("yield", last ? [last] : []);
    });
    this.#visible = visible;
    const layouts = region.nodes.at(-1)!.operands.map((v) => v.layout);
    if (layouts.every((l) => l === undefined))
      this.#emit("kernel", operands, {}, results, [region]);
  }

  #layout(): void {
    const operand = this.#c.pick(this.#visible);
    if (operand.type.kind !== "tensor" || operand.layout !== undefined) return;
    const result = value(operand.type, undefined, rowMajor(operand.type.shape.length).toReversed());
    this.#nodes.push(makeNode("layout", [operand], {}, [result]));
    this.#visible.push(result);
  }

  #if(): void {
    const condition = this.#some(boolType);
    const types = Array.from({ length: this.#c.below(3) }, () => this.#someVisibleType());
    const branch = (): Region =>
      this.#region([], () => {
        this.#statements(5);
        if (!this.#c.oneIn(5) || !this.#exit())
          this.#emit(
            "yield",
            types.map((t) => this.#some(t)),
          );
      });
    this.#emit("if", [condition], {}, types, [branch(), branch()]);
  }

  /** A `break`, `return` or `throw`; never a `continue`, which would skip the loop's counting. */
  #exit(): boolean {
    const choice = this.#c.below(3);
    const loop = this.#loops.at(-1);
    if (choice === 0 && loop) {
      this.#emit(
        "break",
        loop.results.map((t) => this.#some(t)),
        { label: loop.label },
      );
    } else if (choice === 1 && this.#mayReturn)
      this.#emit(
        "return",
        this.#results.map((t) => this.#some(t)),
      );
    else this.#emit("throw", [], { message: `thrown ${this.#c.below(3)}` });
    return true;
  }

  /** A loop whose first carried value counts to a small number. */
  #loop(): void {
    const label = `L${this.#labels++}`;
    const others = Array.from({ length: this.#c.below(3) }, () => this.#someVisibleType());
    const carried = [f64Type, ...others];
    const results = Array.from({ length: this.#c.below(3) }, () => this.#someVisibleType());
    const start = this.#one("number", [], { value: 0 }, f64Type);
    const initial = [start, ...others.map((t) => this.#some(t))];
    const params = initial.map((v) => value(v.type, undefined));
    const outer = this.#loops;
    this.#loops = [...outer, { label, carried, results }];
    const region = this.#region(params, () => {
      const limit = this.#one("number", [], { value: this.#c.below(4) }, f64Type);
      const done = this.#one("scalar", [params[0]!, limit], { fn: "ge" }, boolType);
      const leave = this.#region([], () => {
        this.#emit(
          "break",
          results.map((t) => this.#some(t)),
          { label },
        );
      });
      const stay = this.#region([], () => this.#emit("yield", []));
      this.#emit("if", [done], {}, [], [leave, stay]);
      this.#statements(6);
      const one = this.#one("number", [], { value: 1 }, f64Type);
      const next = this.#one("scalar", [params[0]!, one], { fn: "add" }, f64Type);
      this.#emit("continue", [next, ...others.map((t) => this.#some(t))], { label });
    });
    this.#loops = outer;
    this.#emit("loop", initial, { label }, results, [region]);
  }
}

function parseTensor(text: string): TensorType {
  const type = parseTypeText(text);
  if (type.kind !== "tensor") throw new Error(`${text} is no tensor type`);
  return type;
}

/** The result's type where the operator takes the operands without asking for a check. */
function accepted(op: Op, types: readonly TensorType[], attrs: Attrs): TensorType | undefined {
  try {
    const { type, demands } = inferResult(op, types, attrs);
    return demands.length === 0 ? type : undefined;
  } catch (error) {
    if (error instanceof RefusedCall) return undefined;
    throw error;
  }
}
