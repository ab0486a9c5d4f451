/** Numbers a function's locals, and lends temporaries to operations that use an operand twice. */

import type { LoopFunc, LoopType } from "../loop/ir.ts";
import { forEachStmt } from "../loop/walk.ts";
import { EmitError } from "./api.ts";

interface Slot {
  readonly index: number;
  readonly type: LoopType;
}

export class Locals {
  /** Types of the locals after the parameters, in the order of their numbers. */
  readonly vars: LoopType[] = [];
  private readonly slots = new Map<string, Slot>();
  private readonly free = new Map<LoopType, Slot[]>();
  private readonly firstVar: number;

  constructor(func: LoopFunc) {
    this.firstVar = func.params.length;
    func.params.forEach((p, index) => {
      this.slots.set(p.name, { index, type: p.type });
    });
    forEachStmt(func.body, (s) => {
      if (s.s === "set") this.declare(s.name, s.value.type);
      if (s.s === "for") this.declare(s.name, "i32");
    });
  }

  get(name: string): Slot {
    const slot = this.slots.get(name);
    if (!slot) throw new EmitError(`local %${name} has no value`);
    return slot;
  }

  /** A local that nothing else uses until it is given back. */
  borrow(type: LoopType): Slot {
    return this.free.get(type)?.pop() ?? this.add(type);
  }

  giveBack(slot: Slot): void {
    const list = this.free.get(slot.type);
    if (list) list.push(slot);
    else this.free.set(slot.type, [slot]);
  }

  private add(type: LoopType): Slot {
    return { index: this.firstVar + this.vars.push(type) - 1, type };
  }

  private declare(name: string, type: LoopType): void {
    if (!this.slots.has(name)) this.slots.set(name, this.add(type));
  }
}
