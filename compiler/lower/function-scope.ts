/** What lowering one function keeps: the locals of its scalars, the places of its tensors, its sizes. */

import type { Func, Module, Node, Value } from "../graph/ir.ts";
import { tensorOf } from "../graph/ir.ts";
import { storageSize } from "../graph/layout.ts";
import { address, compare, constant, FuncBuilder, i32, plus, times } from "../loop/build.ts";
import type { LoopExpr } from "../loop/ir.ts";
import { bytesOf } from "../ops/types.ts";
import type { FailureSites } from "./failure-sites.ts";
import { sizeExpr } from "./fused/size-expr.ts";
import { type Elided, elideCounts } from "./heap/elide-counts.ts";
import { trapWith } from "./heap/heap-failures.ts";
import { boxedAt, localType } from "./heap/heap-layout.ts";
import type { HeapLibrary } from "./heap/heap-library.ts";
import { OwnedValues } from "./heap/owned-values.ts";
import { shareFinds } from "./heap/share-finds.ts";
import { type TextChains, textChains } from "./heap/text-chains.ts";
import type { KernelCalls } from "./kernel-calls.ts";
import type { KernelLibrary } from "./kernel-library.ts";
import { constantName, stateName } from "./names.ts";
import type { MemoryPlan } from "./plan-memory.ts";
import type { Room } from "./share-memory.ts";

/** What the functions of a module share. */
export interface Libraries {
  readonly module: Module;
  readonly sites: FailureSites;
  readonly kernels: KernelLibrary;
  readonly calls: KernelCalls;
  readonly heap: HeapLibrary;
  /** Functions of numbers that the module must carry; filled while lowering. */
  readonly numbers: Set<string>;
}

export class FunctionScope {
  readonly b = new FuncBuilder();
  readonly func: Func;
  readonly plan: MemoryPlan;
  readonly libraries: Libraries;
  readonly owned: OwnedValues;
  readonly #elided: Elided;
  readonly texts: TextChains;
  readonly #sharedFinds: ReadonlyMap<Node, Node>;
  readonly #found = new Map<Node, LoopExpr>();
  /** The address of each slot of the plan, as far as it is there already. */
  readonly slots: (LoopExpr | undefined)[] = [];
  readonly sizes = new Map<string, LoopExpr>();
  /** Bytes of stack that calls take up to here; undefined in entries. */
  stack: LoopExpr | undefined;
  /** Whether failures trap, because what the function returns is its result. */
  readonly #traps: boolean;
  readonly #scalars = new Map<Value, LoopExpr>();

  constructor(func: Func, plan: MemoryPlan, libraries: Libraries, traps = false) {
    this.#traps = traps;
    this.func = func;
    this.plan = plan;
    this.libraries = libraries;
    this.owned = new OwnedValues(libraries.heap, this.b);
    this.#elided = elideCounts(func.body);
    this.texts = textChains(func.body, this.#elided);
    this.#sharedFinds = shareFinds(func.body);
  }

  /** The value is what `e` computes here; a reference is owned by the region around. */
  define(v: Value, e: LoopExpr): void {
    const isKnown = e.k === "const" || (v.type.kind === "str" && isAddress(e));
    this.bind(v, isKnown ? e : this.b.let(v.hint ?? "v", e));
  }

  /** The value is the local `e`. */
  bind(v: Value, e: LoopExpr): void {
    this.borrow(v, e);
    this.owned.own(v, e);
  }

  /** The value is the local `e`, whose reference someone else owns for as long as it is read. */
  borrow(v: Value, e: LoopExpr): void {
    this.#scalars.set(v, e);
  }

  /** Whether the value lives as long as it is read without a reference of its own. */
  isBorrowed(v: Value): boolean {
    return this.#elided.borrowed.has(v);
  }

  /** Whether the node takes over the reference that the region around owns; from here on it does not. */
  moves(node: Node, v: Value): boolean {
    return this.#elided.moved.get(node)?.has(v) === true && this.owned.give(v);
  }

  /** Whether the node takes a text over from a region around, which is to have nothing then. */
  takes(node: Node): boolean {
    return this.#elided.takes.has(node);
  }

  /** Where the entry lies that an earlier node has found for this one, 0 if it is not there; undefined without such. */
  foundBefore(node: Node): LoopExpr | undefined {
    const by = this.#sharedFinds.get(node);
    return by && this.#found.get(by);
  }

  /** The node found its entry at the local `at`. */
  noteFound(node: Node, at: LoopExpr): void {
    this.#found.set(node, at);
  }

  /** Ends the call with the failure of this number. */
  fail(site: LoopExpr): void {
    if (this.#traps) trapWith(this.libraries.heap, this.b, site);
    else this.b.emit({ s: "return", value: site });
  }

  failUnless(ok: LoopExpr, site: number): void {
    this.b.if(compare("eq", ok, i32(0)), () => this.fail(i32(site)));
  }

  /** The value of anything but a tensor: a local, or what is known when compiling. */
  scalar(v: Value): LoopExpr {
    const e = this.#scalars.get(v);
    if (!e) throw new Error("a scalar is read before it is computed");
    return e;
  }

  /** A local for a scalar that several places give its value; undefined for a tensor. */
  declare(v: Value): LoopExpr | undefined {
    if (v.type.kind === "tensor") return undefined;
    const e = this.b.let(v.hint ?? "v", constant(localType(v.type), 0));
    this.#scalars.set(v, e);
    return e;
  }

  /** The address of a tensor's buffer. */
  address(v: Value): LoopExpr {
    const place = this.plan.places.get(v);
    switch (place?.kind) {
      case undefined:
        throw new Error("a tensor has no place in memory");
      case "constant":
        return address(constantName(place.name));
      case "state":
        return address(stateName(place.name));
      case "box":
        return plus(this.scalar(place.box), boxedAt(this.libraries.heap.tensorIn(place.box.type)));
      case "slot":
        return this.room(place.room);
    }
  }

  /** The address of a piece of a slot. */
  room({ slot, offset }: Room): LoopExpr {
    const at = this.slots[slot];
    if (!at) throw new Error("a slot is used before its sizes are known");
    return plus(at, sizeExpr(offset, this.sizes));
  }

  bytes(v: Value): LoopExpr {
    const { dtype, shape } = tensorOf(v);
    return times(sizeExpr(storageSize(v.layout, shape), this.sizes), bytesOf[dtype]);
  }

  copy(to: LoopExpr, from: LoopExpr, v: Value): void {
    if (JSON.stringify(to) === JSON.stringify(from)) return;
    this.b.emit({ s: "copyBytes", to, from, bytes: this.bytes(v) });
  }
}

/** Of static data: the address of a constant text. */
const isAddress = (e: LoopExpr): boolean =>
  e.k === "address" || (e.k === "binary" && isAddress(e.a) && e.b.k === "const");
