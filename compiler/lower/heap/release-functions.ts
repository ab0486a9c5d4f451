/**
 * `release.T(p)` for each type of the heap: counts one reference less, and with the last one gives the
 * block back and releases what it refers to. Types that can contain themselves wait in a chain
 * instead, so that lists of a million links need no stack.
 */

import { contains, type HeapType } from "../../graph/heap-types.ts";
import { compare, FuncBuilder, global, i32, plus } from "../../loop/build.ts";
import type { LoopExpr, LoopFunc } from "../../loop/ir.ts";
import { countAt, loadWord, type Reference, storeWord } from "./heap-layout.ts";
import type { HeapLibrary } from "./heap-library.ts";
import { releaseChildren } from "./heap-walk.ts";

const drainName = "release.all";
const draining = "releasing";

export class ReleaseFunctions {
  readonly #heap: HeapLibrary;
  readonly #waiting: string[] = [];

  constructor(heap: HeapLibrary) {
    this.#heap = heap;
  }

  /** The function that releases values of the type. */
  of(type: Reference): string {
    if (type.kind === "str") return this.#define("str", (b, p) => this.#free(b, "free", p));
    const { name } = type;
    const held = this.#heap.typeOf(type);
    if (held.kind === "box") return this.#define("box", (b, p) => this.#free(b, "free", p));
    if (!this.#containsItself(name)) {
      return this.#define(`@${name}`, (b, p) => this.#freeObject(b, held, p));
    }
    const chain = `waiting.${name}`;
    return this.#define(`@${name}`, (b, p) => {
      if (!this.#waiting.includes(name)) this.#waiting.push(name);
      storeWord(b, p, countAt, global(this.#heap.global(chain)));
      b.emit({ s: "setGlobal", name: chain, value: p });
      const idle = compare("eq", global(this.#heap.global(draining)), i32(0));
      b.if(idle, () => b.call(drainName, []));
    });
  }

  /** Makes what empties the chains. */
  finish(): void {
    if (this.#waiting.length === 0) return;
    this.#heap.define(drainName, () => this.#drain());
  }

  #define(name: string, last: (b: FuncBuilder, p: LoopExpr) => void): string {
    return this.#heap.define(`release.${name}`, (): LoopFunc => {
      const b = new FuncBuilder();
      const p = b.param("p", "i32");
      const count = b.let("count", loadWord(p, countAt));
      b.if(
        compare("gt", count, i32(1)),
        () => storeWord(b, p, countAt, plus(count, -1)),
        () => b.if(compare("eq", count, i32(1)), () => last(b, p)),
      );
      return b.finish(`release.${name}`);
    });
  }

  #free(b: FuncBuilder, how: "free" | "listFree" | "mapFree", p: LoopExpr): void {
    b.call(`heap.${how}`, [p]);
  }

  #freeObject(b: FuncBuilder, type: HeapType, p: LoopExpr): void {
    releaseChildren(this.#heap, b, type, p);
    this.#free(b, type.kind === "list" ? "listFree" : type.kind === "map" ? "mapFree" : "free", p);
  }

  #drain(): LoopFunc {
    const b = new FuncBuilder();
    const label = b.fresh("all");
    b.emit({ s: "setGlobal", name: draining, value: i32(1) });
    const body = b.body(() => {
      // Releasing may find further types that wait: the list grows while it is gone through.
      for (const name of this.#waiting) {
        const chain = `waiting.${name}`;
        const p = b.let("p", global(chain));
        b.if(p, () => {
          b.emit({ s: "setGlobal", name: chain, value: loadWord(p, countAt) });
          this.#freeObject(b, this.#heap.typeOf({ kind: "ref", name }), p);
          b.emit({ s: "continue", label });
        });
      }
      b.emit({ s: "break", label });
    });
    b.emit({ s: "loop", label, body });
    b.emit({ s: "setGlobal", name: draining, value: i32(0) });
    return b.finish(drainName);
  }

  #containsItself(name: string): boolean {
    return contains(this.#heap.types, name, name);
  }
}
