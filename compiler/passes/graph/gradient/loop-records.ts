/** Owns what is recorded of loops on the way there: how many rounds, and how each ended. */

import { f64Type, type Node, type Value, value } from "../../../graph/ir.ts";
import type { Exits } from "./exits.ts";
import type { Root } from "./roots.ts";
import type { SavedValues } from "./saved-values.ts";

/** Stacks of numbers, one for each time that the loop is left or a round ends. */
export interface LoopRecord {
  /** How many rounds led to another one; undefined where none ever does. */
  readonly rounds: Root | undefined;
  /** Which of several `continue`s ended each round. */
  readonly continued: Root | undefined;
  /** Which of several exits left the loop. */
  readonly left: Root | undefined;
  /** Stand for what a round hands to the next one: one for each parameter. */
  readonly next: readonly Value[];
}

export class LoopRecords {
  readonly #records = new Map<Node, LoopRecord>();
  readonly #exits: Exits;
  readonly #saved: SavedValues;
  readonly newLabel: () => string;

  constructor(exits: Exits, saved: SavedValues, newLabel: () => string) {
    this.#exits = exits;
    this.#saved = saved;
    this.newLabel = newLabel;
  }

  of(loop: Node): LoopRecord {
    const known = this.#records.get(loop);
    if (known !== undefined) return known;
    const { continues, leaves } = this.#exits.ofLoop(loop);
    const stack = (isNeeded: boolean) => (isNeeded ? this.#saved.newStack(f64Type) : undefined);
    const record = {
      rounds: stack(continues.length > 0),
      continued: stack(continues.length > 1),
      left: stack(leaves.length > 1),
      next: loop.regions[0]!.params.map((p) => value(p.type)),
    };
    this.#records.set(loop, record);
    return record;
  }
}
