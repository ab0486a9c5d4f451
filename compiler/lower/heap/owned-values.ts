/**
 * Who owns which reference while a function is lowered. Each region around the current place owns one
 * reference to every text and object that its nodes made, and the blocks of its tensors; leaving it releases them, but those that are
 * handed on to where control goes.
 */

import type { Value } from "../../graph/ir.ts";
import type { FuncBuilder } from "../../loop/build.ts";
import type { LoopExpr } from "../../loop/ir.ts";
import { isReference, retain } from "./heap-layout.ts";
import type { HeapLibrary } from "./heap-library.ts";

interface Owned {
  /** Undefined for a block that no value refers to. */
  readonly value: Value | undefined;
  readonly release: () => void;
}

/** Emits what leaving regions needs; nothing where they own nothing. */
export interface Leaving {
  /** Of what is handed on and stays with its owner; to be done first. */
  readonly retain: () => void;
  /** Of what was owned; to be done when nothing reads it any more. */
  readonly release: () => void;
  readonly isNothing: boolean;
}

export class OwnedValues {
  readonly #heap: HeapLibrary;
  readonly #b: FuncBuilder;
  readonly #regions: Owned[][] = [];

  constructor(heap: HeapLibrary, b: FuncBuilder) {
    this.#heap = heap;
    this.#b = b;
  }

  /** How many regions are around; what `leaving` goes back to. */
  get depth(): number {
    return this.#regions.length;
  }

  /** Lowers a region, by `write`; what control leaves is released where it is left. */
  region(write: () => void): void {
    this.#regions.push([]);
    write();
    this.#regions.pop();
  }

  /** The innermost region owns one reference of the value, unless it is known not to count. */
  own(value: Value, local: LoopExpr): void {
    const { type } = value;
    if (!isReference(type) || local.k !== "local") return;
    this.#add(value, () => this.#heap.release(this.#b, type, local));
  }

  /** The innermost region owns the block at `local`, which nothing refers to. */
  ownBlock(local: LoopExpr): void {
    this.#add(undefined, () => this.#b.call("heap.free", [local]));
  }

  #add(value: Value | undefined, release: () => void): void {
    this.#regions.at(-1)!.push({ value, release });
  }

  /** The innermost region gives its reference of the value away, if it owns one. */
  give(value: Value): boolean {
    const owned = this.#regions.at(-1)!;
    const at = owned.findIndex((o) => o.value === value);
    if (at >= 0) owned.splice(at, 1);
    return at >= 0;
  }

  /** Control leaves all regions but the outer `depth`, handing on `values`, each to an owner. */
  leaving(depth: number, values: readonly Value[], localOf: (v: Value) => LoopExpr): Leaving {
    const owned = this.#regions.slice(depth).flat();
    const retained: LoopExpr[] = [];
    for (const v of values) {
      if (!isReference(v.type)) continue;
      // What the region owned, its next owner takes over: the first of them, if there are several.
      const at = owned.findIndex((o) => o.value === v);
      if (at >= 0) owned.splice(at, 1);
      else retained.push(localOf(v));
    }
    const counted = retained.filter((e) => e.k === "local");
    return {
      retain: () => {
        for (const e of counted) retain(this.#b, e);
      },
      release: () => {
        for (const o of owned) o.release();
      },
      isNothing: owned.length === 0,
    };
  }
}
