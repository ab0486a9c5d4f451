/**
 * Owns where the walk over a program stands: the function being compiled, the block that receives
 * nodes, what variables hold, and which exits (return, break, continue) wait for their values.
 */

import type ts from "typescript";
import {
  at,
  type Diagnostic,
  type Message,
  type Reached,
  type Related,
} from "../diagnostics/diagnostic.ts";
import { boolType, f64Type, type Region, type Span, type Type, type Value } from "../graph/ir.ts";
import type { Attrs } from "../ops/op.ts";
import { Block, type Definitions } from "./block.ts";
import type { Reassignments } from "./captured-names.ts";
import type { Environment, FunctionSource } from "./environment.ts";
import type { FunctionTable } from "./function-table.ts";
import type { Construction } from "./heap/classes.ts";
import type { KeptPlaces } from "./heap/kept-places.ts";
import type { HeapShapes } from "./heap/shapes.ts";
import type { ModuleTables } from "./module-tables.ts";
import type { FunctionNode, SourceProgram } from "./program.ts";
import type { RecursiveForm } from "./recursion.ts";
import type { RunSizes } from "./run-sizes.ts";
import { Store, Variable } from "./store.ts";
import {
  type AbstractValue,
  type CallSite,
  type Failed,
  failed,
  type NumberValue,
} from "./values.ts";

/** Names of one block of the source. */
export class Scope {
  readonly parent: Scope | undefined;
  readonly #variables = new Map<string, Variable>();

  constructor(parent: Scope | undefined) {
    this.parent = parent;
  }

  declare(name: string, fixed: boolean): Variable {
    const variable = new Variable(name, fixed);
    this.#variables.set(name, variable);
    return variable;
  }

  find(name: string): Variable | undefined {
    return this.#variables.get(name) ?? this.parent?.find(name);
  }

  /** The names declared in this very scope. */
  get own(): readonly Variable[] {
    return [...this.#variables.values()];
  }
}

/** Where exits lead: the end of a function, of a loop, of one round of a loop, of a `switch`. */
export class Target {
  readonly kind: "function" | "break" | "continue";

  constructor(kind: Target["kind"]) {
    this.kind = kind;
  }
}

/** A statement that leaves for `target`, whose values are found when all ways to it are known. */
export interface Exit {
  readonly target: Target;
  readonly block: Block;
  readonly store: Store;
  /** What is returned; of no importance for `break` and `continue`. */
  readonly value: AbstractValue;
  /** The statement, and the call it is in. */
  readonly node: ts.Node;
  readonly frame: Frame;
}

/** A statement that `break` or `continue` can name. */
export interface Jump {
  readonly labels: readonly string[];
  /** A `break` without a label leads here: true for loops and `switch`. */
  readonly plain: boolean;
  readonly breakTo: Target;
  readonly continueTo: Target | undefined;
  /** What still happens in this round when it is left by `continue`; false if it leaves otherwise. */
  readonly beforeContinue: (() => boolean) | undefined;
}

/** Where a call stands among gradients. */
export interface Order {
  /** How many times it may yet be differentiated: the `grad` calls around it, less the rules it stands in. */
  readonly left: number;
  /** Whether it stands in a gradient that the program states. */
  readonly inRule: boolean;
}

export const outsideGradients: Order = { left: 0, inRule: false };

/** One function call that is being followed. */
export interface Frame {
  readonly node: FunctionNode;
  readonly name: string;
  /** Reads the names that are declared outside the outermost function. */
  readonly source: FunctionSource;
  readonly file: ts.SourceFile;
  readonly library: boolean;
  readonly thisValue: AbstractValue;
  readonly target: Target;
  readonly site: CallSite | undefined;
  readonly caller: Frame | undefined;
  readonly depth: number;
  /** Whether what is called trains: a matter of where the call stands. */
  readonly training: boolean;
  readonly order: Order;
  /** That of what is called here. */
  readonly innerOrder: Order;
  /** What `super(…)` does, in a constructor. */
  readonly construction: Construction | undefined;
  /** The arguments of the call. */
  readonly given: readonly AbstractValue[];
}

/** A piece of a text: one that is known, or a number that is written there. */
export type TextPart = string | NumberValue;

/** What all functions of a module share. */
export interface Unit {
  readonly program: SourceProgram;
  readonly environment: Environment;
  readonly definitions: Definitions;
  readonly runSizes: RunSizes;
  /** What texts that are computed at run time were put together from. */
  readonly textParts: WeakMap<Value, readonly TextPart[]>;
  readonly tables: ModuleTables;
  readonly functions: FunctionTable;
  readonly diagnostics: Diagnostic[];
  /** What TypeScript reports, unless a comment tells it not to: said only where nothing else is. */
  readonly silenced: Diagnostic[];
  readonly reassignments: Reassignments;
  /** Calls that applied an operator or a method of a tensor: their result must be used. */
  readonly operatorCalls: Set<ts.Node>;
  /** Functions that were found to call themselves without end: they are not followed again. */
  readonly endless: Set<FunctionNode>;
  /** How often functions were followed inside of themselves with arguments that tell no more. */
  readonly repeated: Map<FunctionNode, number>;
  /** What is known of the run-time heap, from this walk and those before. */
  readonly heap: HeapShapes;
  /** Functions that call themselves, by recursionKey: those that this walk has met. */
  readonly recursive: Map<string, RecursiveForm>;
  /** Captured objects that have been put on the heap, by the block that did. */
  readonly copies: WeakMap<Block, Map<object, AbstractValue>>;
  /** Those that are being copied. */
  readonly copying: Set<object>;
  /** What the instance keeps on the heap, from this walk and those before. */
  readonly kept: KeptPlaces;
  labels: number;
  /** Some captured value is unknown, so what depends on it was not looked at. */
  isIncomplete: boolean;
  /** Told of each value that is found while the program is walked; for editors. */
  readonly observe: Observer | undefined;
  /** Parameters and buffers are state even where no entry writes them. */
  readonly cellsChange: boolean;
}

/** `frame` is the call in which `node` has this value; the walk may come by again, with another one. */
export type Observer = (node: ts.Node, value: AbstractValue, frame: Frame) => void;

export class Context {
  readonly unit: Unit;
  frame: Frame;
  scope: Scope;
  block: Block;
  store: Store;
  jumps: readonly Jump[] = [];
  /** Set where the walk cannot be at run time: behind a call that never returns. */
  dead = false;
  /** Set where what the instance keeps is being made: captured values are as they are at first. */
  isStart = false;
  readonly exits: Exit[] = [];

  constructor(unit: Unit, frame: Frame, block: Block) {
    this.unit = unit;
    this.frame = frame;
    this.scope = new Scope(undefined);
    this.block = block;
    this.store = new Store();
  }

  /** Walks `body` with the names of a new block. */
  inScope<T>(body: () => T): T {
    return this.#restoring(() => {
      this.scope = new Scope(this.scope);
      return body();
    });
  }

  /** Walks `body` with the names of a block around this place. */
  inOuterScope<T>(scope: Scope, body: () => T): T {
    return this.#restoring(() => {
      this.scope = scope;
      return body();
    });
  }

  /** Walks `body` inside a statement that can be left. */
  inJump<T>(jump: Jump, body: () => T): T {
    return this.#restoring(() => {
      this.jumps = [...this.jumps, jump];
      return body();
    });
  }

  /** Walks the body of a call that is inlined. */
  inFrame<T>(frame: Frame, scope: Scope, body: () => T): T {
    return this.#restoring(() => {
      this.frame = frame;
      this.scope = scope;
      this.jumps = [];
      return body();
    });
  }

  #restoring<T>(body: () => T): T {
    const { frame, scope, jumps } = this;
    const result = body();
    this.frame = frame;
    this.scope = scope;
    this.jumps = jumps;
    return result;
  }

  /** The place of a node in its own file. */
  ownSpan(node: ts.Node): Span {
    const { file } = this.frame;
    return { file: file.fileName, start: node.getStart(file), end: node.getEnd() };
  }

  /** The place of a node in the user's program: inside the library, the user's call of it. */
  span(node: ts.Node): Span {
    return this.#userPlace()?.span ?? this.ownSpan(node);
  }

  /** Names the user's call that led into the library; empty outside it. */
  get libraryCall(): string {
    const span = this.#userPlace()?.span;
    return span === undefined ? "" : `${span.file}:${span.start}`;
  }

  /** The innermost call that the user wrote, when the walk is inside the library. */
  #userPlace(): { readonly span: Span; readonly frame: Frame } | undefined {
    if (!this.frame.library) return undefined;
    for (let f: Frame | undefined = this.frame; f?.site !== undefined; f = f.caller) {
      if (f.caller?.library === false) return { span: siteSpan(f.site), frame: f.caller };
    }
    return undefined;
  }

  /**
   * A message about arguments that is found inside the library begins with what the user called; `what` is only an
   * operator or a function in there.
   */
  named(what: string): string {
    const called = this.#libraryFunction();
    if (called === undefined) return what;
    const isNamed = what.startsWith(called) && !/\w/.test(what[called.length] ?? "");
    return isNamed ? what : `${called}: ${what}`;
  }

  /** What of the library the user's call names: a layer by its class. */
  #libraryFunction(): string | undefined {
    for (let f: Frame | undefined = this.frame; f?.library; f = f.caller) {
      if (f.caller?.library !== false) continue;
      const [owner = "", method] = f.name.split(".");
      return method === undefined || method === "forward" ? owner : method;
    }
    return undefined;
  }

  report(node: ts.Node, given: Message, origins: readonly Related[] = []): Failed {
    const message = ofArguments.has(given.code)
      ? { ...given, message: this.named(given.message) }
      : given;
    const user = this.#userPlace();
    const own = this.ownSpan(node);
    const inside =
      user === undefined
        ? []
        : [{ span: own, message: `in ${this.frame.name}, of Glim's standard library` }];
    const reached = reachedThrough(user?.frame ?? this.frame);
    this.unit.diagnostics.push(at(user?.span ?? own, message, [...origins, ...inside], reached));
    return failed;
  }

  /** Silences this walk until objects made at `sites` are on the heap, in the next one. */
  demand(node: ts.Node, message: Message, sites: readonly string[], holdsTensors = false): void {
    const diagnostic = at(this.ownSpan(node), message);
    this.unit.diagnostics.push({ ...diagnostic, demands: sites, holdsTensors });
  }

  /** Names the place and the calls that lead to it: what is made there has one name in every walk. */
  siteOf(node: ts.Node, role: string): string {
    const parts = [`${this.frame.file.fileName}:${node.pos}-${node.end}${role}`];
    for (let f: Frame | undefined = this.frame; f?.site !== undefined; f = f.caller) {
      parts.push(String(f.site.node.pos));
    }
    return parts.join("<");
  }

  emit(
    op: string,
    operands: readonly Value[],
    given: Attrs,
    types: readonly Type[],
    node: ts.Node,
    regions: readonly Region[] = [],
  ): readonly Value[] {
    const { definitions } = this.unit;
    const attrs =
      checks.has(op) && typeof given.message === "string"
        ? { ...given, message: this.named(given.message) }
        : given;
    return definitions.emit(this.block, op, operands, attrs, types, this.span(node), regions);
  }

  /** A node with one result. */
  emitOne(op: string, operands: readonly Value[], attrs: Attrs, type: Type, node: ts.Node): Value {
    return this.emit(op, operands, attrs, [type], node)[0]!;
  }

  scalar(fn: string, operands: readonly Value[], type: "f64" | "bool", node: ts.Node): Value {
    return this.emitOne("scalar", operands, { fn }, type === "f64" ? f64Type : boolType, node);
  }

  newLabel(): string {
    return `L${this.unit.labels++}`;
  }

  /** Behind something that never returns: what follows is walked, to find mistakes, and dropped. */
  die(): void {
    this.dead = true;
    this.block = new Block(this.block);
  }

  /** Leaves for `target`; nothing more is emitted into this block. */
  exit(target: Target, value: AbstractValue, node: ts.Node): void {
    if (this.dead) return;
    const { block, store, frame } = this;
    this.exits.push({ target, block, store, value, node, frame });
  }
}

/** Refusals of arguments. */
const ofArguments: ReadonlySet<string> = new Set(["GLIM3001", "GLIM3002", "GLIM3003", "GLIM3004"]);
const checks: ReadonlySet<string> = new Set(["check", "checkEqual", "checkAtMost", "throw"]);

const siteSpan = ({ node, file }: CallSite): Span => ({
  file: file.fileName,
  start: node.getStart(file),
  end: node.getEnd(),
});

const mostCalls = 8;

function reachedThrough(frame: Frame): readonly Reached[] {
  const calls: Reached[] = [];
  for (let f: Frame | undefined = frame; f?.site !== undefined; f = f.caller) {
    calls.push({ call: f.site.text, span: siteSpan(f.site) });
  }
  return calls.slice(0, mostCalls);
}

/** What a walk arrives with; undefined if its end cannot be reached. */
export type Arrival = AbstractValue | undefined;

/** A fresh branch of the walk: own block and store, so that it can be merged, spliced or dropped. */
export interface Branch {
  readonly block: Block;
  readonly store: Store;
  readonly arrival: Arrival;
}

/** Walks `body` into a block and a fork of the store of its own. */
export function branch(cx: Context, body: () => Arrival): Branch {
  const [outer, base, wasDead] = [cx.block, cx.store, cx.dead];
  const block = new Block(outer);
  cx.block = block;
  cx.store = base.fork();
  const arrival = body();
  const result = { block, store: cx.store, arrival: cx.dead ? undefined : arrival };
  cx.block = outer;
  cx.store = base;
  cx.dead = wasDead;
  return result;
}
