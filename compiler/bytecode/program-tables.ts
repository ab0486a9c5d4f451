/** What the functions of a program share: its tables, in which their operations name things by number. */

import {
  type Cell,
  isHidden,
  isNothing,
  isOpen,
  leavesOf,
  optionCode,
} from "../graph/heap-types.ts";
import { type Constant, type Module, makerOf, type StateCell, type Type } from "../graph/ir.ts";
import type { FailureSites } from "../lower/failure-sites.ts";
import { tensorCodes } from "../ops/kernel-abi.ts";
import {
  hiddenField,
  kindBool,
  kindNumber,
  kindRef,
  kindTensor,
  kindText,
  objectBox,
  objectList,
  objectMap,
  objectRecord,
  openSize,
} from "../ops/program-format.ts";
import { hashName } from "./kernel-keys.ts";
import { SizeTable } from "./size-table.ts";
import { WordWriter } from "./word-writer.ts";

/** Numbers for things in the order in which they were first asked for. */
class Numbering<T> {
  readonly #numbers = new Map<string, number>();
  readonly things: T[] = [];

  add(key: string, thing: T): number {
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    this.#numbers.set(key, this.things.length);
    return this.things.push(thing) - 1;
  }
}

export class ProgramTables {
  readonly module: Module;
  readonly sites: FailureSites;
  readonly sizes = new SizeTable();
  /** Constants that the program reads, in the order of its table. */
  readonly tensors = new Numbering<Constant>();
  readonly texts = new Numbering<string>();
  readonly #types = new Numbering<readonly [kind: number, detail: number]>();
  readonly #kernels = new Numbering<readonly [kind: number, name: string]>();
  readonly #heapNames: readonly string[];
  readonly #stateNames: readonly string[];
  readonly #functionNames: readonly string[];

  constructor(module: Module, sites: FailureSites) {
    this.module = module;
    this.sites = sites;
    this.#heapNames = [...module.heap.keys()];
    this.#stateNames = stateCells(module).map((cell) => cell.name);
    this.#functionNames = module.funcs.map((f) => f.name);
  }

  type(type: Type): number {
    const [kind, detail] = this.#describeType(type);
    return this.#types.add(`${kind} ${detail}`, [kind, detail]);
  }

  #describeType(type: Type): readonly [kind: number, detail: number] {
    switch (type.kind) {
      case "f64":
        return [kindNumber, 0];
      case "i32":
        throw new Error("packages have no i32");
      case "bool":
        return [kindBool, 0];
      case "str":
        return [kindText, 0];
      case "ref":
        return [kindRef, place(this.#heapNames, type.name)];
      case "tensor":
        return [kindTensor, tensorCodes[type.dtype]];
    }
  }

  /** The number of a kernel, by its name in kernel-keys.ts. */
  kernel(kind: number, name: string): number {
    return this.#kernels.add(`${kind} ${name}`, [kind, name]);
  }

  tensor(name: string): number {
    const constant = this.module.constants.get(name);
    if (!constant) throw new Error(`there is no constant ${name}`);
    return this.tensors.add(name, constant);
  }

  text(value: string): number {
    return this.texts.add(value, value);
  }

  state(name: string): number {
    return place(this.#stateNames, name);
  }

  func(name: string): number {
    return place(this.#functionNames, name);
  }

  kernelBytes(): Uint8Array {
    const words = new WordWriter();
    words.add(this.#kernels.things.length);
    for (const [kind, name] of this.#kernels.things) words.add(kind, ...hashName(name));
    return words.bytes();
  }

  /** Complete once everything else is encoded. */
  typeBytes(): Uint8Array {
    const words = new WordWriter();
    words.add(this.#types.things.length);
    for (const [kind, detail] of this.#types.things) words.add(kind, detail);
    return words.bytes();
  }

  /** How many types there are, where each begins, then each. */
  heapTypeBytes(): Uint8Array {
    const bodies = this.#heapNames.map((name) => this.#heapType(name));
    const words = new WordWriter();
    words.add(bodies.length);
    let at = 1 + bodies.length;
    for (const body of bodies) {
      words.add(at);
      at += body.words.length;
    }
    for (const body of bodies) words.add(...body.words);
    return words.bytes();
  }

  #heapType(name: string): WordWriter {
    const type = this.module.heap.get(name)!;
    const words = new WordWriter();
    const leaves = leavesOf(type);
    const kind = {
      list: objectList,
      record: objectRecord,
      map: objectMap,
      box: objectBox,
    }[type.kind];
    words.add(kind, leaves.length, ...leaves.map((t) => this.type(t)));
    switch (type.kind) {
      case "list":
        this.#cell(words, type.element);
        return words;
      case "record":
        words.add(type.fields.length);
        for (const [name, cell] of type.fields) {
          this.#cell(words, cell, isHidden(name) ? hiddenField : 0);
        }
        return words;
      case "map":
        words.add(this.type(type.key));
        this.#cell(words, type.value);
        return words;
      case "box": {
        const { shape } = type.tensor;
        const sizes = shape.map((d) => (isOpen(d) ? openSize : this.sizes.add(d)));
        words.add(this.type(type.tensor), shape.length, ...sizes);
        return words;
      }
    }
  }

  /** How many options there are, then for each its code and 1 + its type, or 0 where it has none. */
  #cell(words: WordWriter, cell: Cell, flag = 0): void {
    words.add(flag + cell.length);
    for (const option of cell) {
      words.add(
        optionCode(option, (name) => this.module.heap.get(name)!.kind),
        isNothing(option) ? 0 : 1 + this.type(option),
      );
    }
  }

  textBytes(): Uint8Array {
    const words = new WordWriter();
    words.add(this.texts.things.length);
    let at = 0;
    for (const text of this.texts.things) {
      words.add(at, text.length);
      at += text.length;
    }
    const all = this.texts.things.join("");
    for (let i = 0; i < all.length; i += 2) {
      // Past the end there is NaN, which is 0 as a bit pattern.
      words.add(all.charCodeAt(i) | (all.charCodeAt(i + 1) << 16));
    }
    return words.bytes();
  }
}

/** The order of the program's table: what hosts read in place, then what lies on the heap. */
export function stateCells({ state }: Module): readonly StateCell[] {
  const cells = [...state.values()];
  const isKept = (cell: StateCell): boolean => makerOf(cell) !== undefined;
  return [...cells.filter((c) => !isKept(c)), ...cells.filter(isKept)];
}

function place(names: readonly string[], name: string): number {
  const at = names.indexOf(name);
  if (at < 0) throw new Error(`the program has no ${name}`);
  return at;
}
