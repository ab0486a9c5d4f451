/**
 * Owns the functions that what is differentiated calls, which are those that call themselves. Each becomes
 * two: the way there, which takes and gives the sums of tensors beside them, and what it kept; and the way
 * back, which is given that.
 */

import { cloneWithLabels } from "../../../graph/clone.ts";
import {
  attrOf,
  type Func,
  isText,
  makeNode,
  type Node,
  type Region,
  refType,
  type Type,
  type Value,
  value,
} from "../../../graph/ir.ts";
import { forEachNode } from "../../../graph/walk.ts";
import { isFloat } from "../../../ops/types.ts";
import { forwardWrites, readCellsOnce } from "./prepare-region.ts";

const isFollowed = ({ type }: Value): boolean => type.kind === "tensor" && isFloat(type.dtype);

export interface CalledFunction {
  /** The functions that it becomes. */
  readonly there: string;
  readonly back: string;
  /** The type of what one call keeps. */
  readonly frame: Type;
  readonly func: Func;
  readonly params: readonly Value[];
  /** What stands in it for the cells that are differentiated for. */
  readonly cells: ReadonlyMap<string, Value>;
  /** Its body: a loop that is left where the function returns, and a `yield` of the results. */
  readonly region: Region;
}

/** The tensors whose sums a function gets. */
export const sourcesOf = (called: CalledFunction): readonly Value[] => [
  ...paramsOf(called),
  ...called.cells.values(),
];

/** Those that are handed over with their sums. */
export const paramsOf = ({ params }: CalledFunction): readonly Value[] => params.filter(isFollowed);

export const resultsOf = ({ region }: CalledFunction): readonly Value[] =>
  region.nodes.at(-1)!.operands;

/** What functions need to be found and named. */
export interface Functions {
  callee(name: string): Func;
  newFunc(name: string): string;
  newLabel(): string;
  /** The nodes with those of checkpoints in their places. */
  open(nodes: readonly Node[]): Node[];
}

/** What `nodes` call, directly and through others. */
export function functionsCalledIn(
  nodes: readonly Node[],
  callee: (name: string) => Func,
): ReadonlyMap<string, Func> {
  const found = new Map<string, Func>();
  const visit = (region: Region): void =>
    forEachNode(region, (node) => {
      if (node.op !== "call") return;
      const name = attrOf(node, "callee", isText);
      if (found.has(name)) return;
      const func = callee(name);
      found.set(name, func);
      visit(func.body);
    });
  visit({ params: [], nodes });
  return found;
}

export class CalledFunctions {
  readonly #functions: Functions;
  readonly #byName = new Map<string, CalledFunction>();
  /** The cells that any of them reads. */
  readonly cells: ReadonlySet<string>;

  constructor(nodes: readonly Node[], functions: Functions, cells: ReadonlyMap<string, Value>) {
    this.#functions = functions;
    const found = functionsCalledIn(nodes, (name) => functions.callee(name));
    const funcs = [...found.values()].filter((f) => this.#worksOnTensors(f));
    this.cells = new Set(funcs.flatMap((f) => cellsReadIn(f.body, cells)));
    for (const f of funcs) this.#byName.set(f.name, this.#prepared(f, cells));
  }

  get all(): readonly CalledFunction[] {
    return [...new Set(this.#byName.values())];
  }

  /** The function that a node calls, where gradients go through it. */
  of(node: Node): CalledFunction | undefined {
    return node.op === "call" ? this.#byName.get(attrOf(node, "callee", isText)) : undefined;
  }

  /** Has others in the places of functions. */
  replace(edit: (called: CalledFunction) => CalledFunction): void {
    for (const [name, called] of this.#byName) this.#byName.set(name, edit(called));
  }

  /** Its way there is known to call it, too. */
  becomes(call: Node, called: CalledFunction): void {
    this.#byName.set(attrOf(call, "callee", isText), called);
  }

  /** Others, and what they call, compute nothing that gradients go back through. */
  #worksOnTensors(func: Func, seen = new Set<string>()): boolean {
    if (seen.has(func.name)) return false;
    seen.add(func.name);
    let found = false;
    forEachNode(func.body, (node) => {
      found ||= node.results.some(isFollowed);
      if (node.op !== "call") return;
      found ||= this.#worksOnTensors(this.#functions.callee(attrOf(node, "callee", isText)), seen);
    });
    return found || func.params.some((p) => isFollowed(p.value));
  }

  /** A copy, because several gradients may go through the function. */
  #prepared(func: Func, given: ReadonlyMap<string, Value>): CalledFunction {
    const like = (v: Value): Value => value(v.type, v.hint);
    const params = func.params.map((p) => like(p.value));
    const read = [...given].filter(([name]) => this.cells.has(name));
    const cells = new Map(read.map(([name, v]) => [name, like(v)]));
    const became = new Map(func.params.map((p, i) => [p.value, params[i]!]));
    const label = this.#functions.newLabel();
    const copied = cloneWithLabels(func.body.nodes, became, this.#functions.newLabel, (copy) =>
      copy.op === "return" ? { ...copy, op: "break", attrs: { label } } : copy,
    );
    const nodes = forwardWrites(readCellsOnce(this.#functions.open(copied), cells));
    const results = func.results.map((type: Type) => value(type));
    const loop = makeNode("loop", [], { label }, results, func.span, [{ params: [], nodes }]);
    const region = { params, nodes: [loop, makeNode("yield", results, {}, [])] };
    const there = this.#functions.newFunc(`${func.name}_there`);
    return {
      there,
      frame: refType(`kept by ${there}`),
      back: this.#functions.newFunc(`${func.name}_back`),
      func,
      params,
      cells,
      region,
    };
  }
}

function cellsReadIn(region: Region, cells: ReadonlyMap<string, Value>): readonly string[] {
  const found: string[] = [];
  forEachNode(region, (node) => {
    if (node.op !== "state.get" && node.op !== "const" && node.op !== "state.set") return;
    const name = attrOf(node, "name", isText);
    if (cells.has(name)) found.push(name);
  });
  return found;
}
