/** The body of an entry: its nodes in order, kernels as calls, scalars as locals. */

import type { Func, Module, Node, Region, Value } from "../graph/ir.ts";
import { tensorOf } from "../graph/ir.ts";
import { storageSize } from "../graph/layout.ts";
import {
  address,
  binary,
  compare,
  constant,
  convert,
  FuncBuilder,
  global,
  i32,
  load,
  times,
  unary,
} from "../loop/build.ts";
import type { LoopExpr, LoopFunc, LoopType } from "../loop/ir.ts";
import { bytesOf } from "../ops/types.ts";
import type { FailureSites } from "./failure-sites.ts";
import { elementOf, failureGlobal } from "./fused/kernel.ts";
import { sizeExpr } from "./fused/size-expr.ts";
import type { KernelLibrary } from "./kernel-library.ts";
import type { Prepared } from "./lower-prepare.ts";
import {
  descriptorWords,
  outName,
  outputDType,
  rankOf,
  scalarsName,
  shapeExprs,
} from "./lower-prepare.ts";
import { constantName, returnUnless, stateName } from "./names.ts";
import type { MemoryPlan } from "./plan-memory.ts";
import { lowerScalar } from "./scalar-functions.ts";

export interface EntryInput {
  readonly module: Module;
  readonly func: Func;
  readonly plan: MemoryPlan;
  readonly prepared: Prepared;
  readonly sites: FailureSites;
  readonly kernels: KernelLibrary;
  /** Library functions that the module must carry; filled here. */
  readonly library: Set<string>;
}

export function lowerEntry(input: EntryInput): LoopFunc {
  return new EntryLowering(input).run();
}

/** What the ends of a region mean where it stands. */
interface Ends {
  readonly onYield: ((values: readonly Value[]) => void) | undefined;
  readonly loops: ReadonlyMap<string, LoopEnds>;
}

interface LoopEnds {
  readonly onContinue: (values: readonly Value[]) => void;
  readonly onBreak: (values: readonly Value[]) => void;
}

const scalarType = (v: Value): LoopType => (v.type.kind === "f64" ? "f64" : "i32");

class EntryLowering {
  private readonly b = new FuncBuilder();
  private readonly scalars = new Map<Value, LoopExpr>();
  private readonly sizes = new Map<string, LoopExpr>();
  private readonly input: EntryInput;

  constructor(input: EntryInput) {
    this.input = input;
  }

  run(): LoopFunc {
    const { b } = this;
    const { func, prepared, sites } = this.input;
    for (const p of func.params) {
      if (p.value.type.kind !== "tensor") {
        this.scalars.set(p.value, b.param(p.name, scalarType(p.value)));
      }
    }
    if (prepared.ready) {
      const site = sites.add(`${func.name}: call ${func.name}_prepare first`, func.span);
      returnUnless(b, global(prepared.ready), site);
    }
    for (const s of prepared.symbols) {
      this.sizes.set(s, b.let(s, global(`${func.name}.${s}`)));
    }
    b.emit({ s: "setGlobal", name: failureGlobal, value: i32(0) });
    this.region(func.body, { onYield: undefined, loops: new Map() });
    return b.finish(func.name, { exported: func.name, result: "i32" });
  }

  private region(region: Region, ends: Ends): void {
    for (const node of region.nodes) this.node(node, ends);
  }

  private node(node: Node, ends: Ends): void {
    const text = (name: string): string => String(node.attrs[name]);
    switch (node.op) {
      case "const":
      case "reshape":
        return;
      case "kernel":
        this.kernel(node);
        return;
      case "if":
        this.branches(node, ends);
        return;
      case "loop":
        this.loop(node, ends);
        return;
      case "yield":
        ends.onYield?.(node.operands);
        return;
      case "continue":
        ends.loops.get(text("label"))?.onContinue(node.operands);
        return;
      case "break":
        ends.loops.get(text("label"))?.onBreak(node.operands);
        return;
      case "return":
        this.finish(node);
        return;
      case "check":
      case "checkEqual":
      case "checkAtMost":
      case "throw":
        this.check(node);
        return;
      case "state.set":
        this.setState(text("name"), node.operands[0]!);
        return;
      case "state.get":
        this.getState(text("name"), node.results[0]!);
        return;
      case "splat":
        this.splat(node);
        return;
      default:
        this.define(node.results[0]!, this.scalarNode(node));
    }
  }

  private define(v: Value, e: LoopExpr): void {
    this.scalars.set(v, e.k === "const" ? e : this.b.let(v.hint ?? "v", e));
  }

  private scalar(v: Value): LoopExpr {
    const e = this.scalars.get(v);
    if (!e) throw new Error("a scalar is read before it is computed");
    return e;
  }

  /** The address of a tensor's buffer. */
  private address(v: Value): LoopExpr {
    const place = this.input.plan.places.get(v);
    if (!place) throw new Error("a tensor has no place in memory");
    return place.kind === "constant"
      ? address(constantName(place.name))
      : this.input.prepared.slots[place.slot]!;
  }

  private bytes(v: Value): LoopExpr {
    const { dtype, shape } = tensorOf(v);
    return times(sizeExpr(storageSize(v.layout, shape), this.sizes), bytesOf[dtype]);
  }

  private copy(to: LoopExpr, from: LoopExpr, v: Value): void {
    if (JSON.stringify(to) === JSON.stringify(from)) return;
    this.b.emit({ s: "copyBytes", to, from, bytes: this.bytes(v) });
  }

  private scalarNode(node: Node): LoopExpr {
    const { attrs } = node;
    switch (node.op) {
      case "number":
        return constant("f64", Number(attrs.value));
      case "boolean":
        return i32(attrs.value === true ? 1 : 0);
      case "size":
        return convert(sizeExpr(attrs.dim as number, this.sizes), "f64");
      case "item": {
        const v = node.operands[0]!;
        const { dtype } = tensorOf(v);
        const x = load({ element: elementOf(dtype), base: this.address(v), index: i32(0) });
        return dtype === "bool" ? x : convert(x, "f64");
      }
      case "scalar": {
        const args = node.operands.map((v) => this.scalar(v));
        const library = {
          call: (name: string, given: readonly LoopExpr[]): LoopExpr => {
            this.input.library.add(name);
            const type = name === "toInt32" ? "i32" : "f64";
            return { k: "call", type, callee: name, args: given };
          },
        };
        return lowerScalar(this.b, library, String(attrs.fn), args);
      }
      default:
        throw new Error(`${node.op} stands outside of a kernel`);
    }
  }

  private kernel(node: Node): void {
    const { b } = this;
    const { kernels, sites } = this.input;
    const call = kernels.use(node.regions[0]!);
    const args = [
      this.address(node.results[0]!),
      ...node.operands.map((v) => this.address(v)),
      ...call.symbols.map((s) => this.sizes.get(s)!),
    ];
    if (call.fails) {
      const site = sites.add("an index lies outside of its axis", node.span);
      args.push(i32(site));
    }
    const scratch = this.input.plan.scratch.get(node);
    if (scratch !== undefined) args.push(this.input.prepared.slots[scratch]!);
    b.call(call.name, args);
    if (call.fails) {
      const failure = global(failureGlobal);
      b.if(failure, () => b.emit({ s: "return", value: failure }));
    }
  }

  private branches(node: Node, ends: Ends): void {
    const { b } = this;
    const names = node.results.map((v) => this.declare(v));
    const branch = (region: Region): void =>
      this.region(region, {
        ...ends,
        onYield: (values) => values.forEach((v, i) => this.assign(node.results[i]!, names[i], v)),
      });
    const [whenTrue, whenFalse] = node.regions;
    b.if(
      this.scalar(node.operands[0]!),
      () => branch(whenTrue!),
      () => branch(whenFalse!),
    );
  }

  /** A local for a scalar that several places give its value; undefined for a tensor. */
  private declare(v: Value): LoopExpr | undefined {
    if (v.type.kind === "tensor") return undefined;
    const type = scalarType(v);
    const e = this.b.let(v.hint ?? "v", constant(type, 0));
    this.scalars.set(v, e);
    return e;
  }

  private assign(to: Value, name: LoopExpr | undefined, from: Value): void {
    if (name) this.b.set(name, this.scalar(from));
    else this.copy(this.address(to), this.address(from), from);
  }

  private loop(node: Node, ends: Ends): void {
    const { b } = this;
    const body = node.regions[0]!;
    const results = node.results.map((v) => this.declare(v));
    const params = body.params.map((v) => this.declare(v));
    node.operands.forEach((v, i) => this.assign(body.params[i]!, params[i], v));
    const label = b.fresh(String(node.attrs.label));
    const shadows = this.input.plan.shadows.get(node);
    const inside: LoopEnds = {
      onContinue: (values) => {
        this.handOn(values, body.params, params, shadows);
        b.emit({ s: "continue", label });
      },
      onBreak: (values) => {
        this.handOn(values, node.results, results, undefined);
        b.emit({ s: "break", label });
      },
    };
    const loops = new Map([...ends.loops, [String(node.attrs.label), inside]]);
    const statements = b.body(() => this.region(body, { ...ends, loops }));
    b.emit({ s: "loop", label, body: statements });
  }

  /** Gives several values on at once: all are read before the first is written. */
  private handOn(
    values: readonly Value[],
    to: readonly Value[],
    names: readonly (LoopExpr | undefined)[],
    shadows: readonly (number | undefined)[] | undefined,
  ): void {
    const { b } = this;
    const held = values.map((v, i) => (names[i] ? b.let("next", this.scalar(v)) : undefined));
    const from = values.map((v, i) => {
      const slot = shadows?.[i];
      if (names[i] || slot === undefined) return undefined;
      const shadow = this.input.prepared.slots[slot]!;
      this.copy(shadow, this.address(v), v);
      return shadow;
    });
    values.forEach((v, i) => {
      if (names[i]) b.set(names[i], held[i]!);
      else this.copy(this.address(to[i]!), from[i] ?? this.address(v), v);
    });
  }

  private check(node: Node): void {
    const { b } = this;
    const site = this.input.sites.add(String(node.attrs.message), node.span);
    if (node.op === "throw") {
      b.emit({ s: "return", value: i32(site) });
      return;
    }
    if (node.op === "check") {
      returnUnless(b, this.scalar(node.operands[0]!), site);
      return;
    }
    const [left, right] = [node.attrs.left, node.attrs.right].map((d) =>
      sizeExpr(d as number, this.sizes),
    );
    const op = node.op === "checkEqual" ? "eq" : "le";
    returnUnless(b, compare(op, left!, right!), site);
  }

  private getState(name: string, v: Value): void {
    const at = address(stateName(name));
    if (v.type.kind === "tensor") this.copy(this.address(v), at, v);
    else {
      const element = v.type.kind === "f64" ? "f64" : "i32";
      this.define(v, load({ element, base: at, index: i32(0) }));
    }
  }

  private setState(name: string, v: Value): void {
    const at = address(stateName(name));
    if (v.type.kind === "tensor") this.copy(at, this.address(v), v);
    else {
      const element = v.type.kind === "f64" ? "f64" : "i32";
      this.b.store({ element, base: at, index: i32(0) }, this.scalar(v));
    }
  }

  /** A number becomes a tensor of its dtype, rounded once; a fraction is refused for integers. */
  private splat(node: Node): void {
    const { b } = this;
    const result = node.results[0]!;
    const { dtype } = tensorOf(result);
    const x = this.scalar(node.operands[0]!);
    if (dtype === "i32" && x.type === "f64") {
      const site = this.input.sites.add(
        "a number that meets an i32 tensor must be a whole number",
        node.span,
      );
      returnUnless(b, compare("eq", x, unary("trunc", x)), site);
    }
    const value = dtype === "bool" ? binary("and", x, i32(1)) : convert(x, dtype);
    b.store({ element: elementOf(dtype), base: this.address(result), index: i32(0) }, value);
  }

  /** Describes the results where `f_out` finds them, and reports success. */
  private finish(node: Node): void {
    const { b } = this;
    const entry = this.input.func.name;
    const out = address(outName(entry));
    node.operands.forEach((v, i) => {
      const word = (n: number, value: LoopExpr): void =>
        b.store({ element: "i32", base: out, index: i32(i * descriptorWords + n) }, value);
      word(1, i32(outputDType(v.type)));
      word(2, i32(rankOf(v.type)));
      if (v.type.kind === "tensor") {
        word(0, this.address(v));
        shapeExprs(v, this.sizes).forEach((d, axis) => {
          word(3 + axis, d);
        });
        return;
      }
      const at = address(scalarsName(entry));
      word(0, { k: "binary", type: "i32", op: "add", a: at, b: i32(i * 8) });
      const access = v.type.kind === "f64" ? "f64" : "u8";
      const index = access === "f64" ? i32(i) : i32(i * 8);
      b.store({ element: access, base: at, index }, this.scalar(v));
    });
    b.emit({ s: "return", value: i32(0) });
  }
}
