/** Regions of a function: branches and loops are what they are, and values go where control goes. */

import type { Node, Region, Value } from "../graph/ir.ts";
import type { LoopExpr } from "../loop/ir.ts";
import type { FunctionScope } from "./function-scope.ts";
import { lowerNode } from "./lower-node.ts";
import type { Room } from "./share-memory.ts";

/** What the ends of a region mean where it stands. */
interface Ends {
  readonly onYield: ((values: readonly Value[]) => void) | undefined;
  readonly loops: ReadonlyMap<string, LoopEnds>;
}

interface LoopEnds {
  readonly onContinue: (values: readonly Value[]) => void;
  readonly onBreak: (values: readonly Value[]) => void;
}

/** Lowers the function's body; `onReturn` emits what a return does. */
export function lowerBody(
  scope: FunctionScope,
  onReturn: (node: Node) => void,
  before: () => void,
): void {
  const regions = new RegionLowering(scope, onReturn);
  scope.owned.region(() => {
    before();
    regions.nodes(scope.func.body, { onYield: undefined, loops: new Map() });
  });
}

class RegionLowering {
  private readonly scope: FunctionScope;
  private readonly onReturn: (node: Node) => void;

  constructor(scope: FunctionScope, onReturn: (node: Node) => void) {
    this.scope = scope;
    this.onReturn = onReturn;
  }

  nodes(region: Region, ends: Ends): void {
    for (const node of region.nodes) this.node(node, ends);
  }

  private node(node: Node, ends: Ends): void {
    const label = (): string => String(node.attrs.label);
    switch (node.op) {
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
        ends.loops.get(label())?.onContinue(node.operands);
        return;
      case "break":
        ends.loops.get(label())?.onBreak(node.operands);
        return;
      case "return":
        this.onReturn(node);
        return;
      default:
        lowerNode(this.scope, node);
    }
  }

  private branches(node: Node, ends: Ends): void {
    const { b, owned } = this.scope;
    const names = node.results.map((v) => this.scope.declare(v));
    const depth = owned.depth;
    const onYield = (values: readonly Value[]): void => this.yield(values, node, names, depth);
    const branch = (region: Region): void =>
      owned.region(() => this.nodes(region, { ...ends, onYield }));
    const [whenTrue, whenFalse] = node.regions;
    b.if(
      this.scope.scalar(node.operands[0]!),
      () => branch(whenTrue!),
      () => branch(whenFalse!),
    );
    this.ownAll(node.results, names);
  }

  private ownAll(values: readonly Value[], names: readonly (LoopExpr | undefined)[]): void {
    values.forEach((v, i) => {
      if (names[i]) this.scope.owned.own(v, names[i]);
    });
  }

  private yield(
    values: readonly Value[],
    node: Node,
    names: readonly (LoopExpr | undefined)[],
    depth: number,
  ): void {
    const { scope } = this;
    const leaving = scope.owned.leaving(depth, values, (v) => scope.scalar(v));
    leaving.retain();
    values.forEach((v, i) => {
      this.assign(node.results[i]!, names[i], v);
    });
    leaving.release();
  }

  private assign(to: Value, name: LoopExpr | undefined, from: Value): void {
    const { scope } = this;
    if (name) scope.b.set(name, scope.scalar(from));
    else scope.copy(scope.address(to), scope.address(from), from);
  }

  private loop(node: Node, ends: Ends): void {
    const { scope } = this;
    const { b, owned } = scope;
    const body = node.regions[0]!;
    const depth = owned.depth;
    const results = node.results.map((v) => scope.declare(v));
    const params = body.params.map((v) => scope.declare(v));
    // The rounds own what they carry, the region around keeps its own references.
    owned.leaving(depth, node.operands, (v) => scope.scalar(v)).retain();
    node.operands.forEach((v, i) => {
      this.assign(body.params[i]!, params[i], v);
    });
    const label = b.fresh(String(node.attrs.label));
    const shadows = scope.plan.shadows.get(node);
    const inside: LoopEnds = {
      onContinue: (values) => {
        this.handOn(values, body.params, params, shadows, depth);
        b.emit({ s: "continue", label });
      },
      onBreak: (values) => {
        this.handOn(values, node.results, results, undefined, depth);
        b.emit({ s: "break", label });
      },
    };
    const loops = new Map([...ends.loops, [String(node.attrs.label), inside]]);
    const statements = b.body(() =>
      owned.region(() => {
        this.ownAll(body.params, params);
        this.nodes(body, { ...ends, loops });
      }),
    );
    b.emit({ s: "loop", label, body: statements });
    this.ownAll(node.results, results);
  }

  /** Gives several values on at once: all are read before the first is written. */
  private handOn(
    values: readonly Value[],
    to: readonly Value[],
    names: readonly (LoopExpr | undefined)[],
    shadows: readonly (Room | undefined)[] | undefined,
    depth: number,
  ): void {
    const { scope } = this;
    const { b } = scope;
    const leaving = scope.owned.leaving(depth, values, (v) => scope.scalar(v));
    leaving.retain();
    const held = values.map((v, i) => (names[i] ? b.let("next", scope.scalar(v)) : undefined));
    const from = values.map((v, i) => {
      const room = shadows?.[i];
      if (names[i] || room === undefined) return undefined;
      const shadow = scope.room(room);
      scope.copy(shadow, scope.address(v), v);
      return shadow;
    });
    const give = (which: (isScalar: boolean) => boolean): void =>
      values.forEach((v, i) => {
        if (!which(names[i] !== undefined)) return;
        if (names[i]) b.set(names[i], held[i]!);
        else scope.copy(scope.address(to[i]!), from[i] ?? scope.address(v), v);
      });
    if (leaving.isNothing) {
      give(() => true);
      return;
    }
    // Tensors may lie in boxes that are released, and what is released may have been carried.
    give((isScalar) => !isScalar);
    leaving.release();
    give((isScalar) => isScalar);
  }
}
