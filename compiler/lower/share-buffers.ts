/**
 * Decides which tensors are computed in the memory of others: a kernel's result in that of an operand
 * that nothing reads afterwards, and state where it lies. What a call leaves behind stays what the
 * program says, also where the call fails: state is written in place only if nothing between the
 * kernel and the node that sets the state can fail.
 */

import { canFail } from "../graph/can-fail.ts";
import type { Func, Node, Region, Value } from "../graph/ir.ts";
import { paramsInPlace } from "./fused/in-place.ts";

export interface SharedBuffers {
  /** Results of kernels, and the operand in whose buffer each is written. */
  readonly inPlace: ReadonlyMap<Value, Value>;
  /** Tensors read from the memory of the state of that name. */
  readonly state: ReadonlyMap<Value, string>;
}

export function shareBuffers(func: Func): SharedBuffers {
  const sharing = new Sharing(func);
  sharing.region(func.body, undefined);
  return { inPlace: sharing.inPlace, state: sharing.state };
}

/** A buffer: what it belongs to, and the tensors that lie in it. */
interface Buffer {
  readonly owner: "slot" | "other" | { readonly state: string } | { readonly loop: Node };
  /** The loop whose rounds make it. */
  readonly round: Node | undefined;
  readonly members: Value[];
}

class Sharing {
  readonly inPlace = new Map<Value, Value>();
  readonly state = new Map<Value, string>();
  private readonly buffers = new Map<Value, Buffer>();
  private readonly uses: ReadonlyMap<Value, readonly Use[]>;
  private readonly times: ReadonlyMap<Node, number>;
  /** The nodes outside of loops and branches, and the place of each among them. */
  private readonly outside: readonly Node[];
  private readonly outsideAt: ReadonlyMap<Node, number>;
  /** State that is read where it lies, with the node that sets it. */
  private readonly plainState: ReadonlyMap<string, Node | undefined>;
  /** The buffer of what the state was before it is set. */
  private readonly before = new Map<string, Buffer>();

  constructor(func: Func) {
    const { uses, times } = usesOf(func.body);
    this.uses = uses;
    this.times = times;
    this.outside = func.body.nodes;
    this.outsideAt = new Map(this.outside.map((n, i) => [n, i]));
    this.plainState = plainStateOf(func.body);
    for (const p of func.params) this.place(p.value, "other", undefined);
  }

  /** `round`: the loop whose body this is, through branches. */
  region(region: Region, round: Node | undefined): void {
    for (const node of region.nodes) this.node(node, round);
  }

  private node(node: Node, round: Node | undefined): void {
    const [result] = node.results;
    switch (node.op) {
      case "reshape":
        this.join(result!, node.operands[0]!);
        return;
      case "const":
      case "unbox":
        this.place(result!, "other", round);
        return;
      case "state.get":
        this.readState(node, round);
        return;
      case "kernel":
        this.kernel(node, round);
        return;
      case "loop":
        for (const p of node.regions[0]!.params) this.place(p, { loop: node }, node);
        this.region(node.regions[0]!, node);
        break;
      default:
        for (const r of node.regions) this.region(r, round);
    }
    for (const r of node.results) this.place(r, "slot", round);
  }

  private place(v: Value, owner: Buffer["owner"], round: Node | undefined): void {
    if (v.type.kind === "tensor") this.buffers.set(v, { owner, round, members: [v] });
  }

  private join(v: Value, to: Value): void {
    const buffer = this.buffers.get(to);
    if (!buffer) return;
    this.buffers.set(v, buffer);
    buffer.members.push(v);
  }

  /** State is read where it lies if the tensor is not needed once the state is set. */
  private readState(node: Node, round: Node | undefined): void {
    const v = node.results[0]!;
    const name = String(node.attrs.name);
    const set = this.plainState.get(name);
    const isBefore = set !== undefined && this.timeOf(node) < this.timeOf(set);
    if (
      v.type.kind !== "tensor" ||
      !this.plainState.has(name) ||
      (isBefore && this.lastUse(v) > this.timeOf(set))
    ) {
      this.place(v, "slot", round);
      return;
    }
    this.state.set(v, name);
    const known = isBefore ? this.before.get(name) : undefined;
    if (known) {
      this.buffers.set(v, known);
      known.members.push(v);
      return;
    }
    this.place(v, isBefore ? { state: name } : "other", round);
    if (isBefore) this.before.set(name, this.buffers.get(v)!);
  }

  private kernel(node: Node, round: Node | undefined): void {
    const result = node.results[0]!;
    const possible = [...paramsInPlace(node.regions[0]!)].map((i) => node.operands[i]!);
    const operand = possible.find((v) => this.mayOverwrite(node, v, possible, round));
    if (operand === undefined) this.place(result, "slot", round);
    else {
      this.inPlace.set(result, operand);
      this.join(result, operand);
    }
  }

  private mayOverwrite(
    node: Node,
    v: Value,
    possible: readonly Value[],
    round: Node | undefined,
  ): boolean {
    const buffer = this.buffers.get(v);
    if (!buffer || buffer.owner === "other" || buffer.round !== round) return false;
    const time = this.timeOf(node);
    const isLast =
      buffer.members.every((m) => this.lastUse(m) <= time) &&
      node.operands.every((o) => this.buffers.get(o) !== buffer || possible.includes(o));
    if (!isLast) return false;
    const { owner } = buffer;
    if (owner === "slot") return true;
    const result = node.results[0]!;
    return "state" in owner
      ? this.becomesState(node, result, owner.state)
      : this.isHandedOn(result, owner.loop, v);
  }

  /** The state is set to the result, and nothing before that can end the call. */
  private becomesState(node: Node, result: Value, name: string): boolean {
    const at = this.outsideAt.get(node);
    const set = this.plainState.get(name);
    if (at === undefined || set?.operands[0] !== result || canFail(node)) return false;
    const between = this.outside.slice(at + 1, this.outsideAt.get(set));
    return between.every((n) => cannotFail.has(n.op) && !canFail(n));
  }

  /** A carried tensor's buffer holds only what its own next value may be. */
  private isHandedOn(result: Value, loop: Node, v: Value): boolean {
    const body = loop.regions[0]!;
    const carried = body.params.findIndex((p) => this.buffers.get(p) === this.buffers.get(v));
    const views = this.viewsOf(result);
    return allNodes(body).every(
      (n) =>
        n.op !== "continue" ||
        n.attrs.label !== loop.attrs.label ||
        n.operands.every((o, i) => i === carried || !views.has(o)),
    );
  }

  private viewsOf(v: Value): ReadonlySet<Value> {
    const views = new Set([v]);
    for (const view of views) {
      for (const { node } of this.uses.get(view) ?? []) {
        if (node.op === "reshape") views.add(node.results[0]!);
      }
    }
    return views;
  }

  private timeOf(node: Node): number {
    return this.times.get(node)!;
  }

  /** When `v` or a view of it is read last; of what follows the text, only loops could read it again. */
  private lastUse(v: Value): number {
    let last = 0;
    for (const { node, time } of this.uses.get(v) ?? []) {
      last = Math.max(last, time);
      if (node.op === "reshape") last = Math.max(last, this.lastUse(node.results[0]!));
    }
    return last;
  }
}

interface Use {
  readonly node: Node;
  readonly time: number;
}

/** Between a kernel that overwrites state and the node that sets it. */
const cannotFail: ReadonlySet<string> = new Set([
  "kernel",
  "const",
  "reshape",
  "number",
  "boolean",
  "size",
  "scalar",
  "item",
  "state.get",
  "state.set",
]);

/**
 * State that this function reads and sets outside of loops and branches only, and sets no more than once.
 * A function that calls others may have them change its state.
 */
function plainStateOf(body: Region): ReadonlyMap<string, Node | undefined> {
  const found = new Map<string, Node | undefined>();
  const excluded = new Set<string>();
  const outside = new Set(body.nodes);
  for (const node of allNodes(body)) {
    if (node.op === "call") return new Map();
    if (node.op !== "state.get" && node.op !== "state.set") continue;
    const name = String(node.attrs.name);
    const isSecond = node.op === "state.set" && found.get(name) !== undefined;
    if (!outside.has(node) || isSecond) excluded.add(name);
    if (node.op === "state.set") found.set(name, node);
    else if (!found.has(name)) found.set(name, undefined);
  }
  for (const name of excluded) found.delete(name);
  return found;
}

function allNodes(region: Region): readonly Node[] {
  return region.nodes.flatMap((n) => [
    n,
    ...(n.op === "kernel" ? [] : n.regions.flatMap(allNodes)),
  ]);
}

/** Every use of a value, in the order of the text; kernels' own regions count as the kernel. */
function usesOf(body: Region): {
  readonly uses: ReadonlyMap<Value, readonly Use[]>;
  readonly times: ReadonlyMap<Node, number>;
} {
  const uses = new Map<Value, Use[]>();
  const times = new Map<Node, number>();
  allNodes(body).forEach((node, n) => {
    const time = n + 1;
    times.set(node, time);
    for (const v of node.operands) {
      const known = uses.get(v);
      if (known) known.push({ node, time });
      else uses.set(v, [{ node, time }]);
    }
  });
  return { uses, times };
}
