/**
 * Static memory planning: each tensor of a function gets a slot, and slots are shared by tensors
 * whose lifetimes do not meet. With symbolic sizes the sharing is decided here, the sizes at entry, or
 * where a `bind` node tells the last of them: such slots are shared among themselves.
 */

import type { Func, Node, Region, Value } from "../graph/ir.ts";
import { tensorOf, value } from "../graph/ir.ts";
import { rowMajor, storageSize, strides } from "../graph/layout.ts";
import { boundSize } from "../graph/sizes.ts";
import { forEachNode } from "../graph/walk.ts";
import type { Dim } from "../ops/dim.ts";
import { addDim, mulDim, symbolsOf } from "../ops/dim.ts";
import { bytesOf, tensorType } from "../ops/types.ts";
import { scratchOf } from "./fused/kernel.ts";
import { overrunOf } from "./overrun.ts";
import { shareBuffers } from "./share-buffers.ts";
import { type Interval, type Room, type Slot, shareMemory } from "./share-memory.ts";

/** Where a tensor lies. */
export type Place =
  | { readonly kind: "slot"; readonly room: Room }
  | { readonly kind: "constant"; readonly name: string }
  /** In the memory of the state of this name. */
  | { readonly kind: "state"; readonly name: string }
  /** On the heap, where it stays as long as the region that owns the box. */
  | { readonly kind: "box"; readonly box: Value };

export interface MemoryPlan {
  readonly places: ReadonlyMap<Value, Place>;
  readonly slots: readonly Slot[];
  /** For each loop whose next values are read from its own memory: memory to copy through. */
  readonly shadows: ReadonlyMap<Node, readonly Room[]>;
  /** Memory that a kernel uses while it runs. */
  readonly scratch: ReadonlyMap<Node, Room>;
  /** What tensors of known sizes take, and the most that they need at one moment. */
  readonly known: { readonly bytes: number; readonly live: number };
}

export function planMemory(func: Func): MemoryPlan {
  const lifetimes = new Lifetimes(func);
  const { slots, roomOf, known } = shareMemory(lifetimes.intervals);
  const places = new Map<Value, Place>();
  for (const [value, owner] of lifetimes.owners) {
    const name = lifetimes.constants.get(owner);
    const room = partRoom(roomOf.get(owner), lifetimes.parts.get(value));
    const box = lifetimes.boxes.get(owner);
    const state = lifetimes.state.get(owner);
    if (box) places.set(value, { kind: "box", box });
    else if (state !== undefined) places.set(value, { kind: "state", name: state });
    else if (name !== undefined) places.set(value, { kind: "constant", name });
    else if (room) places.set(value, { kind: "slot", room });
  }
  const shadows = new Map<Node, Room[]>();
  for (const [node, owners] of lifetimes.shadows) {
    shadows.set(
      node,
      owners.map((o) => roomOf.get(o)!),
    );
  }
  const scratch = new Map([...lifetimes.scratch].map(([node, v]) => [node, roomOf.get(v)!]));
  return { places, slots, shadows, scratch, known };
}

/** Where a part lies in the room of the whole. */
const partRoom = (room: Room | undefined, part: Part | undefined): Room | undefined =>
  room && part ? { ...room, offset: addDim(room.offset, part.offset) } : room;

/** Bytes of a tensor's buffer. */
export function bufferSize(v: Value): Dim {
  const { dtype, shape } = tensorOf(v);
  return addDim(mulDim(storageSize(v.layout, shape), bytesOf[dtype]), overrunOf(dtype));
}

/** A tensor that is computed in the buffer of the whole that it becomes a part of. */
interface Part {
  readonly whole: Value;
  /** In bytes. */
  readonly offset: Dim;
}

/** The parts of all `join` nodes. */
function partsIn(body: Region): ReadonlyMap<Value, Part> {
  const parts = new Map<Value, Part>();
  forEachNode(body, (node) => {
    if (node.op !== "join") return;
    const whole = node.results[0]!;
    const { dtype, shape } = tensorOf(whole);
    const layout = whole.layout ?? rowMajor(shape.length);
    const axis = Number(node.attrs.axis);
    const step = strides(layout, shape)[layout.findIndex((p) => p.axis === axis)]!;
    let start: Dim = 0;
    for (const v of node.operands) {
      parts.set(v, { whole, offset: mulDim(mulDim(start, step), bytesOf[dtype]) });
      start = addDim(start, tensorOf(v).shape[axis]!);
    }
  });
  return parts;
}

/** Walks a function in order of execution and notes from when to when each buffer is needed. */
class Lifetimes {
  readonly intervals: Interval[] = [];
  /** Each tensor and the value that owns its buffer: a view has its operand's owner. */
  readonly owners = new Map<Value, Value>();
  readonly constants = new Map<Value, string>();
  /** Tensors that are read where they lie in a box. */
  readonly boxes = new Map<Value, Value>();
  /** Tensors that are read in the memory of state. */
  readonly state: ReadonlyMap<Value, string>;
  readonly shadows = new Map<Node, Value[]>();
  readonly scratch = new Map<Node, Value>();
  private readonly byOwner = new Map<Value, Interval>();
  /** The nodes that bind sizes, in order. */
  private readonly binds = new Map<string, Node>();
  private time = 0;
  /** Loops around the current place: what lives before a loop and is read in it lives to its end. */
  private readonly loops: { readonly start: number; readonly used: Set<Interval> }[] = [];

  readonly parts: ReadonlyMap<Value, Part>;
  private readonly inPlace: ReadonlyMap<Value, Value>;

  constructor(func: Func) {
    this.parts = partsIn(func.body);
    const { inPlace, state } = shareBuffers(func);
    this.inPlace = inPlace;
    this.state = state;
    for (const p of func.params) this.define(p.value);
    this.region(func.body);
    // Inputs keep their contents, so that a host can call again without writing them anew.
    for (const p of func.params) this.use(p.value);
  }

  private define(v: Value): void {
    if (v.type.kind !== "tensor") return;
    this.owners.set(v, v);
    const size = bufferSize(v);
    const { time } = this;
    const interval: Interval = { owner: v, size, since: this.lastBind(size), from: time, to: time };
    this.intervals.push(interval);
    this.byOwner.set(v, interval);
  }

  private lastBind(size: Dim): Node | undefined {
    const symbols = symbolsOf(size);
    return [...this.binds].findLast(([name]) => symbols.has(name))?.[1];
  }

  private alias(v: Value, of: Value): void {
    this.owners.set(v, this.owners.get(of)!);
  }

  private use(v: Value): void {
    const owner = this.owners.get(v);
    const interval = owner && this.byOwner.get(owner);
    if (!interval) return;
    interval.to = Math.max(interval.to, this.time);
    for (const loop of this.loops) if (interval.from < loop.start) loop.used.add(interval);
  }

  private region(region: Region): void {
    for (const node of region.nodes) this.node(node);
  }

  private node(node: Node): void {
    this.time++;
    for (const v of node.operands) this.use(v);
    if (node.op === "bind") this.binds.set(boundSize(node), node);
    else if (node.op === "const") {
      const v = node.results[0]!;
      this.owners.set(v, v);
      this.constants.set(v, String(node.attrs.name));
    } else if (node.op === "unbox") {
      const v = node.results[0]!;
      this.owners.set(v, v);
      this.boxes.set(v, node.operands[0]!);
    } else if (node.op === "state.get" && this.state.has(node.results[0]!)) {
      const v = node.results[0]!;
      this.owners.set(v, v);
    } else if (node.op === "join") return;
    else if (node.op === "reshape") this.alias(node.results[0]!, node.operands[0]!);
    else if (node.op === "if") this.branches(node);
    else if (node.op === "loop") this.loop(node);
    else {
      for (const v of node.results) {
        const over = this.inPlace.get(v);
        const whole = this.parts.get(v)?.whole;
        if (whole && !this.owners.has(whole)) this.define(whole);
        if (over ?? whole) this.alias(v, over ?? whole!);
        else this.define(v);
      }
      if (node.op === "kernel") this.defineScratch(node);
    }
  }

  private defineScratch(node: Node): void {
    const bytes = scratchOf(node.regions[0]!);
    if (bytes === undefined) return;
    const memory = value(tensorType("bool", [bytes]));
    this.define(memory);
    this.scratch.set(node, memory);
  }

  private branches(node: Node): void {
    // The results' buffers are written at the ends of the branches.
    for (const v of node.results) this.define(v);
    for (const region of node.regions) this.region(region);
    this.time++;
    for (const v of node.results) this.use(v);
  }

  private loop(node: Node): void {
    const body = node.regions[0]!;
    // Carried tensors are written before the first round and at each `continue`, results at `break`.
    for (const v of [...body.params, ...node.results]) this.define(v);
    if (this.readsOwnSlots(node, body)) {
      const copies = body.params.map((p): Value => ({ ...p }));
      for (const c of copies) this.define(c);
      this.shadows.set(node, copies);
    }
    const used = new Set<Interval>();
    this.loops.push({ start: this.time, used });
    this.region(body);
    this.loops.pop();
    this.time++;
    for (const interval of used) interval.to = Math.max(interval.to, this.time);
    for (const v of [...body.params, ...node.results]) this.use(v);
    for (const v of this.shadows.get(node) ?? []) this.use(v);
  }

  /** Whether a `continue` hands on a carried tensor in another place than its own. */
  private readsOwnSlots(node: Node, body: Region): boolean {
    /** The carried tensor whose buffer a value is, itself or a view of it. */
    const origin = new Map<Value, Value>();
    for (const p of body.params) if (p.type.kind === "tensor") origin.set(p, p);
    const moves = (n: Node): boolean =>
      n.op === "continue" &&
      n.attrs.label === node.attrs.label &&
      n.operands.some((v, i) => origin.has(v) && origin.get(v) !== body.params[i]);
    const visit = (region: Region): boolean =>
      region.nodes.some((n) => {
        const viewed = n.op === "reshape" ? origin.get(n.operands[0]!) : undefined;
        if (viewed) origin.set(n.results[0]!, viewed);
        return moves(n) || n.regions.some(visit);
      });
    return visit(body);
  }
}

/** The plan as text, for `glim dump` and tests. */
export function printPlan(func: Func, plan: MemoryPlan): string {
  const since = (node: Node | undefined): string =>
    node ? `, from bind ${boundSize(node)} on` : "";
  const lines = plan.slots.map(
    (s, i) => `slot ${i}: max(${s.sizes.join(", ")}) bytes${since(s.since)}`,
  );
  const { bytes, live } = plan.known;
  if (bytes > 0) lines.push(`tensors of known sizes: ${bytes} bytes, ${live} live at once`);
  return `memory of @${func.name} {\n${lines.map((l) => `  ${l}\n`).join("")}}\n`;
}
