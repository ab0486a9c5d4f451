/** The frontend's way in: a TypeScript program and what it captured become a graph module. */

import { internal, unexpected } from "../diagnostics/catalog/bugs.ts";
import { noEntry } from "../diagnostics/catalog/loading.ts";
import { tooDeep } from "../diagnostics/catalog/unsupported.ts";
import { at, type Diagnostic, tidyDiagnostics } from "../diagnostics/diagnostic.ts";
import {
  attrOf,
  type Constant,
  type Func,
  isText,
  type Module,
  type Node,
  type Region,
  type Type,
} from "../graph/ir.ts";
import { forEachNode } from "../graph/walk.ts";
import { differentiate, hasGradients } from "../passes/graph/differentiate.ts";
import { cellsOf } from "../passes/graph/gradient/prepare-region.ts";
import { RefusedGradient } from "../passes/graph/gradient/refused-gradient.ts";
import { inlineCalls } from "../passes/graph/inline-calls.ts";
import type { PassContext } from "../passes/graph/pass.ts";
import { Definitions } from "./block.ts";
import { Reassignments } from "./captured-names.ts";
import type { Observer, Unit } from "./context.ts";
import { lowerEntry } from "./entries.ts";
import type { EntryPoint, Environment } from "./environment.ts";
import { FunctionTable } from "./function-table.ts";
import { KeptPlaces } from "./heap/kept-places.ts";
import { keptCell } from "./heap/kept-state.ts";
import {
  accessors,
  keepWrittenCopies,
  makerName,
  makeStart,
  openKeptSizes,
} from "./heap/make-kept.ts";
import { HeapShapes } from "./heap/shapes.ts";
import { ModuleTables, type WrittenLocation, WrittenLocations } from "./module-tables.ts";
import type { SourceProgram } from "./program.ts";
import { RunSizes } from "./run-sizes.ts";

export interface ProgramInput {
  /** The module's name, from the file's. */
  readonly name: string;
  /** The model file, to name in messages. */
  readonly file: string;
  readonly program: SourceProgram;
  readonly entries: readonly EntryPoint[];
  readonly environment: Environment;
  readonly observe?: Observer;
  /** Parameters and buffers may change between calls even where no entry writes them: they are state. */
  readonly cellsChange?: boolean;
}

export interface LoweredProgram {
  /** Undefined when anything is wrong, or unknown. */
  readonly module: Module | undefined;
  readonly diagnostics: readonly Diagnostic[];
  /** The entries that write parameters: they train. */
  readonly training: readonly string[];
  /** Where each value of the module's state lives in the loaded program. */
  readonly homes: ReadonlyMap<string, WrittenLocation>;
}

export function lowerProgram(input: ProgramInput): LoweredProgram {
  const typeErrors = typeErrorsOf(input.program);
  if (input.entries.length === 0) {
    const diagnostics = [...typeErrors, at(undefined, noEntry(input.file))];
    return failed(tidyDiagnostics(diagnostics));
  }
  const written = new WrittenLocations();
  const heap = new HeapShapes();
  const kept = new KeptPlaces(heap);
  const reassignments = new Reassignments(input.program);
  for (let walks = 1; ; walks++) {
    const before = written.all.length;
    kept.copied.clear();
    const { version } = heap;
    const unit = makeUnit(input, new ModuleTables(written), heap, kept, reassignments);
    const funcs = lowerEntries(unit, input.entries);
    const bodies = [...unit.functions.funcs, ...funcs].map((f) => f.body);
    const start = makeStart(unit);
    keepWrittenCopies(unit, bodies);
    const hosts = start ? accessors(unit, bodies) : [];
    openKeptSizes(unit);
    for (const { demands = [] } of unit.diagnostics) for (const site of demands) heap.demand(site);
    // A write that is found late makes reads before it wrong: the walk starts again. So does
    // anything new about the heap, of which there is a limited amount.
    if (written.all.length > before) continue;
    if (heap.version > version) {
      if (walks < mostWalks) continue;
      // Nodes of this walk were made without what it learnt: no module may be made of them.
      unit.diagnostics.push(at(undefined, internal("the heap's types do not come to rest")));
    }
    const own = tidyDiagnostics(unit.diagnostics);
    const told = tidyDiagnostics([...withoutEchoes(typeErrors, own), ...own]);
    const diagnostics = told.length > 0 ? told : tidyDiagnostics(unit.silenced);
    const isWhole = diagnostics.length === 0 && !unit.isIncomplete;
    if (!isWhole) return failed(diagnostics);
    const module = assemble(input.name, unit, [...funcs, ...hosts], start);
    const training = trainingEntries(module, unit.tables.parameters);
    const refusal = refusedGradient(module);
    if (refusal) return { ...failed([refusal]), training };
    return { module, diagnostics, training, homes: unit.tables.homes };
  }
}

const failed = (diagnostics: readonly Diagnostic[]): LoweredProgram => ({
  module: undefined,
  diagnostics,
  training: [],
  homes: new Map(),
});

/** The entries from which a write of a parameter is reached. */
function trainingEntries(module: Module, parameters: ReadonlySet<string>): readonly string[] {
  const byName = new Map(module.funcs.map((f) => [f.name, f]));
  const writes = (func: Func | undefined, seen: Set<string>): boolean => {
    if (func === undefined || seen.has(func.name)) return false;
    seen.add(func.name);
    let found = false;
    forEachNode(func.body, (node) => {
      if (node.op === "state.set") found ||= parameters.has(attrOf(node, "name", isText));
      else if (node.op === "call")
        found ||= writes(byName.get(attrOf(node, "callee", isText)), seen);
    });
    return found;
  };
  return module.funcs.filter((f) => f.entry && writes(f, new Set())).map((f) => f.name);
}

/** What the module's gradients cannot go back through: found by making them. */
function refusedGradient(module: Module): Diagnostic | undefined {
  if (!module.funcs.some(hasGradients)) return undefined;
  try {
    differentiate.run(inlineCalls.run(module, noContext), noContext);
    return undefined;
  } catch (error) {
    if (error instanceof RefusedGradient) return at(error.span, error.why);
    throw error;
  }
}

const noContext: PassContext = { evaluator: undefined };

/** TypeScript walks the nesting of the source too. */
function typeErrorsOf(program: SourceProgram): readonly Diagnostic[] {
  try {
    return program.typeErrors();
  } catch (error) {
    if (!isStackOverflow(error)) throw error;
    return [at(undefined, tooDeep())];
  }
}

export const isStackOverflow = (error: unknown): boolean =>
  error instanceof RangeError && error.message.includes("call stack");

/** Far more than any program needs: each walk adds an allocation or a kind of value. */
const mostWalks = 200;

function makeUnit(
  { program, environment, observe, cellsChange = false }: ProgramInput,
  tables: ModuleTables,
  heap: HeapShapes,
  kept: KeptPlaces,
  reassignments: Reassignments,
): Unit {
  const definitions = new Definitions();
  return {
    heap,
    recursive: new Map(),
    textParts: new WeakMap(),
    copies: new WeakMap(),
    copying: new Set(),
    kept,
    program,
    environment,
    tables,
    definitions,
    runSizes: new RunSizes(definitions),
    functions: new FunctionTable(),
    reassignments,
    operatorCalls: new Set(),
    endless: new Set(),
    repeated: new Map(),
    diagnostics: [],
    silenced: [],
    labels: 0,
    isIncomplete: false,
    observe,
    cellsChange,
  };
}

function lowerEntries(unit: Unit, entries: readonly EntryPoint[]): readonly Func[] {
  for (const { name } of entries) unit.functions.newName(name);
  const funcs: Func[] = [];
  for (const entry of entries) {
    try {
      const func = lowerEntry(unit, entry);
      if (func !== undefined) funcs.push(func);
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      const message = isStackOverflow(error) ? tooDeep() : unexpected(error);
      unit.diagnostics.push(at(undefined, message));
    }
  }
  return funcs;
}

/** TypeScript's errors, without those at places about which Glim says more. */
function withoutEchoes(
  typeErrors: readonly Diagnostic[],
  own: readonly Diagnostic[],
): readonly Diagnostic[] {
  return typeErrors.filter(
    ({ span }) =>
      span === undefined ||
      !own.some(
        ({ span: ours }) =>
          ours !== undefined &&
          ours.file === span.file &&
          ours.start < span.end &&
          span.start < ours.end,
      ),
  );
}

function assemble(
  name: string,
  unit: Unit,
  entries: readonly Func[],
  start: Func | undefined,
): Module {
  const used = new Used();
  const own = start === undefined ? [] : [start];
  const funcs = [...own, ...unit.functions.funcs, ...entries];
  const byName = new Map(funcs.map((f) => [f.name, f]));
  for (const f of [...entries, ...own]) used.addFunc(f, byName);
  const { constants, state, sizes } = unit.tables;
  const [type] = start?.results ?? [];
  if (type) state.set(keptCell, { name: keptCell, type, initial: { maker: makerName } });
  return {
    name,
    funcs: funcs.filter((f) => used.funcs.has(f.name)),
    constants: new Map(
      [...constants]
        .filter(([key]) => used.constants.has(key))
        .map(([key, c]) => [key, withAliases(c, unit.tables.aliasesOf(key))]),
    ),
    state: new Map([...state].filter(([key]) => used.state.has(key))),
    heap: unit.heap.types(used.heap),
    sizes: [...sizes.values()].filter((s) => Number.isFinite(s.max) && !unit.runSizes.has(s.name)),
  };
}

const withAliases = (c: Constant, aliases: readonly string[]): Constant =>
  aliases.length === 0 ? c : { ...c, aliases };

/** What the entries reach: attempts that were dropped leave functions and constants behind. */
class Used {
  readonly heap = new Set<string>();
  readonly funcs = new Set<string>();
  readonly constants = new Set<string>();
  readonly state = new Set<string>();

  addFunc(func: Func, all: ReadonlyMap<string, Func>): void {
    if (this.funcs.has(func.name)) return;
    this.funcs.add(func.name);
    for (const p of func.params) this.#addType(p.value.type);
    this.#addRegion(func.body, all);
  }

  #addType(type: Type): void {
    if (type.kind === "ref") this.heap.add(type.name);
  }

  #addRegion(region: Region, all: ReadonlyMap<string, Func>): void {
    for (const p of region.params) this.#addType(p.type);
    for (const node of region.nodes) this.#addNode(node, all);
  }

  /** Cells are named by what they have become. */
  #addCells(node: Node): void {
    for (const name of cellsOf(node)) {
      this.constants.add(name);
      this.state.add(name);
    }
  }

  #addNode(node: Node, all: ReadonlyMap<string, Func>): void {
    for (const r of node.results) this.#addType(r.type);
    if (node.op === "const") this.constants.add(attrOf(node, "name", isText));
    else if (node.op.startsWith("state.")) this.state.add(attrOf(node, "name", isText));
    else if (node.op === "grad") this.#addCells(node);
    else if (node.op === "call") {
      const name = attrOf(node, "callee", isText);
      const callee = all.get(name);
      if (callee !== undefined) this.addFunc(callee, all);
    }
    for (const region of node.regions) this.#addRegion(region, all);
  }
}
