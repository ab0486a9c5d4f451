/**
 * What a module has for its heap: the functions made for its types, which release, read and write what
 * lies there, their globals, and the texts of the source. Modules without a heap have nothing of it.
 */

import { type HeapType, isOpen } from "../../graph/heap-types.ts";
import type { Span, Type } from "../../graph/ir.ts";
import { type FuncBuilder, plus } from "../../loop/build.ts";
import { callHeap } from "../../loop/heap.ts";
import type { DataObject, LoopExpr, LoopFunc, LoopGlobal } from "../../loop/ir.ts";
import type { TensorType } from "../../ops/types.ts";
import type { FailureSites } from "../failure-sites.ts";
import type { Sizes } from "../fused/size-expr.ts";
import { overrunOf } from "../overrun.ts";
import { boxedAt, headerBytes, openSizeAt, type Reference, storeWord } from "./heap-layout.ts";
import { ReleaseFunctions } from "./release-functions.ts";
import { TextConstants } from "./text-constants.ts";

export class HeapLibrary {
  readonly sites: FailureSites;
  /** The named sizes of all entries, for boxes of them. */
  readonly sizes: Sizes;
  readonly types: ReadonlyMap<string, HeapType>;
  /** Whether a failure may have a text that is put together when it happens. */
  hasFailureTexts = false;
  /** Calls of functions of texts that can fail by what they are given, by their numbers from 1 on. */
  readonly places: { readonly fn: string; readonly span: Span }[] = [];
  readonly #funcs = new Map<string, LoopFunc | undefined>();
  readonly #globals = new Set<string>();
  readonly #releases = new ReleaseFunctions(this);
  readonly #texts = new TextConstants();

  /** Whether anything on the heap outlives calls. */
  readonly isKept: boolean;

  constructor(
    types: ReadonlyMap<string, HeapType>,
    sites: FailureSites,
    sizes: Sizes,
    isKept: boolean,
  ) {
    this.types = types;
    this.sites = sites;
    this.sizes = sizes;
    this.isKept = isKept;
  }

  /** All that was made; complete once everything that uses it is lowered. */
  finish(): {
    readonly funcs: readonly LoopFunc[];
    readonly globals: readonly LoopGlobal[];
    readonly data: readonly DataObject[];
  } {
    this.#releases.finish();
    const funcs = [...this.#funcs.values()].filter((f) => f !== undefined);
    const globals = [...this.#globals].map((name) => ({ name, initial: 0 }));
    return { funcs, globals, data: this.#texts.data() };
  }

  typeOf(type: Type): HeapType {
    const found = type.kind === "ref" ? this.types.get(type.name) : undefined;
    if (!found) throw new Error(`${type.kind} is not the type of an object`);
    return found;
  }

  /** The type of the tensors in boxes of a type. */
  tensorIn(type: Type): TensorType {
    const box = this.typeOf(type);
    if (box.kind !== "box") throw new Error("a box is due");
    return box.tensor;
  }

  /** The function `name`, made by `build` when it is first asked for; it may ask for itself. */
  define(name: string, build: () => LoopFunc): string {
    if (!this.#funcs.has(name)) {
      this.#funcs.set(name, undefined);
      this.#funcs.set(name, build());
    }
    return name;
  }

  /** A global of the module that begins as 0. */
  global(name: string): string {
    this.#globals.add(name);
    return name;
  }

  /** The address of a text that is never freed. */
  text(value: string): LoopExpr {
    return this.#texts.address(value);
  }

  /** The address of the first of the texts of one ASCII character, which are never freed. */
  letters(): LoopExpr {
    return this.#texts.letters();
  }

  /** Counts one less, and frees what that was the last one to. */
  release(b: FuncBuilder, type: Reference, p: LoopExpr): void {
    b.call(this.#releases.of(type), [p]);
  }

  /** A new box with room for so many bytes of a tensor of type `held`, with the sizes that it says. */
  newBox(b: FuncBuilder, held: TensorType, bytes: LoopExpr, sizes: readonly LoopExpr[]): LoopExpr {
    const beside = boxedAt(held) - headerBytes + overrunOf(held.dtype);
    const box = b.let("box", callHeap("alloc", plus(bytes, beside)));
    held.shape.forEach((d, axis) => {
      if (isOpen(d)) storeWord(b, box, openSizeAt(held, axis), sizes[axis]!);
    });
    return box;
  }
}
