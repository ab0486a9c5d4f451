/**
 * One function of a program: a register for each value, regions as jumps, nodes as operations. Registers
 * are typed for the whole function, so that a reader verifies it in one pass.
 */

import type { Func, Node, Region, Value } from "../graph/ir.ts";
import { labelOf } from "../graph/walk.ts";
import { opDrop, opJump, opJumpUnless, opMove, opReturn } from "../ops/program-format.ts";
import { encodeNode } from "./encode-node.ts";
import { holdsMemory, lastUses } from "./last-uses.ts";
import type { OperatorScope } from "./operator-words.ts";
import type { ProgramTables } from "./program-tables.ts";
import { WordWriter } from "./word-writer.ts";

/** What the ends of a region mean where it stands. */
interface Ends {
  readonly onYield: (node: Node) => void;
  readonly loops: ReadonlyMap<string, { onContinue(node: Node): void; onBreak(node: Node): void }>;
}

/** A place in the code that jumps go to, perhaps before it is known. */
class Target {
  place: number | undefined;
  readonly uses: number[] = [];
}

export class FunctionEncoder implements OperatorScope {
  readonly tables: ProgramTables;
  readonly func: Func;
  readonly #code = new WordWriter();
  readonly #registers = new Map<Value, number>();
  /** The type of each register, by its number among the program's types. */
  readonly #types: number[] = [];

  constructor(func: Func, tables: ProgramTables) {
    this.func = func;
    this.tables = tables;
  }

  encode(): { readonly code: readonly number[]; readonly params: readonly number[] } {
    const values = this.func.params.map((p) => p.value);
    const params = values.map((v) => this.reg(v));
    const outside = (): never => {
      throw new Error("a region ends where it has no end");
    };
    this.#region(this.func.body, values, { onYield: outside, loops: new Map() });
    return { code: this.#code.words, params };
  }

  get registerTypes(): readonly number[] {
    return this.#types;
  }

  reg(v: Value): number {
    const known = this.#registers.get(v);
    if (known !== undefined) return known;
    const number = this.#newRegister(v);
    this.#registers.set(v, number);
    return number;
  }

  #newRegister(like: Value): number {
    return this.#types.push(this.tables.type(like.type)) - 1;
  }

  emit(op: number, words: readonly number[]): void {
    this.#code.add(op + 256 * (words.length + 1), ...words);
  }

  #jump(op: number, words: readonly number[], to: Target): void {
    this.emit(op, [...words, to.place ?? 0]);
    if (to.place === undefined) to.uses.push(this.#code.words.length - 1);
  }

  #here(target: Target): void {
    target.place = this.#code.words.length;
    for (const use of target.uses) this.#code.words[use] = target.place;
  }

  #region(region: Region, params: readonly Value[], ends: Ends): void {
    const last = lastUses(region, params);
    // What nothing reads.
    for (const v of params) {
      if (holdsMemory(v) && ![...last.values()].some((list) => list.includes(v))) this.#drop(v);
    }
    for (const node of region.nodes) {
      this.#node(node, ends);
      for (const v of last.get(node) ?? []) if (!isEnd(node)) this.#drop(v);
    }
  }

  #drop(v: Value): void {
    this.emit(opDrop, [this.reg(v)]);
  }

  #node(node: Node, ends: Ends): void {
    switch (node.op) {
      case "if":
        this.#branches(node, ends);
        return;
      case "loop":
        this.#loop(node, ends);
        return;
      case "yield":
        ends.onYield(node);
        return;
      case "continue":
        ends.loops.get(labelOf(node))?.onContinue(node);
        return;
      case "break":
        ends.loops.get(labelOf(node))?.onBreak(node);
        return;
      case "return":
        this.emit(
          opReturn,
          node.operands.map((v) => this.reg(v)),
        );
        return;
      default:
        encodeNode(this, node);
    }
  }

  #branches(node: Node, ends: Ends): void {
    const [whenTrue, whenFalse] = node.regions;
    const [otherwise, end] = [new Target(), new Target()];
    const to = node.results.map((v) => this.reg(v));
    this.#jump(opJumpUnless, [this.reg(node.operands[0]!)], otherwise);
    const onYield = (from: Node): void => {
      this.#moveAll(from.operands, to);
      this.#jump(opJump, [], end);
    };
    this.#region(whenTrue!, [], { ...ends, onYield });
    this.#here(otherwise);
    this.#region(whenFalse!, [], { ...ends, onYield });
    this.#here(end);
  }

  #loop(node: Node, ends: Ends): void {
    const body = node.regions[0]!;
    const params = body.params.map((v) => this.reg(v));
    const results = node.results.map((v) => this.reg(v));
    const [again, end] = [new Target(), new Target()];
    this.#moveAll(node.operands, params);
    this.#here(again);
    const inside = {
      onContinue: (from: Node): void => {
        this.#moveAll(from.operands, params);
        this.#jump(opJump, [], again);
      },
      onBreak: (from: Node): void => {
        this.#moveAll(from.operands, results);
        this.#jump(opJump, [], end);
      },
    };
    this.#region(body, body.params, {
      ...ends,
      loops: new Map([...ends.loops, [labelOf(node), inside]]),
    });
    this.#here(end);
  }

  /** Moves several values at once: what would be overwritten before it is read goes by another register. */
  #moveAll(values: readonly Value[], to: readonly number[]): void {
    const moves = values
      .map((v, i) => ({ v, from: this.reg(v), to: to[i]! }))
      .filter((m) => m.from !== m.to);
    const written = new Set(moves.map((m) => m.to));
    const late = moves.map((m) => {
      if (!written.has(m.from)) return { ...m, spare: undefined };
      const spare = this.#newRegister(m.v);
      this.emit(opMove, [spare, m.from]);
      return { ...m, spare };
    });
    for (const m of late) this.emit(opMove, [m.to, m.spare ?? m.from]);
    for (const m of late) {
      if (m.spare !== undefined && holdsMemory(m.v)) this.emit(opDrop, [m.spare]);
    }
  }
}

const ends: ReadonlySet<string> = new Set(["yield", "continue", "break", "return", "throw"]);
const isEnd = (node: Node): boolean => ends.has(node.op);
