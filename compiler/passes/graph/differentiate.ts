/**
 * Puts the way there and the way back in the places of `grad` nodes, and what is done for all examples at
 * once in those of `vmap` nodes: they nest in each other.
 *
 * `grad (x = a) { nodes, yield loss, seed } ⇒ nodes, their reverse`, the results being the gradients.
 */

import type { HeapType } from "../../graph/heap-types.ts";
import {
  type Func,
  type Module,
  type Node,
  type Region,
  tensorOf,
  type Value,
} from "../../graph/ir.ts";
import { type Rewriter, rebuildFunc } from "../../graph/rebuild.ts";
import { forEachNode, freshName, labelsIn } from "../../graph/walk.ts";
import { examplesOf } from "./examples/examples-of.ts";
import { Activity } from "./gradient/activity.ts";
import type { Cotangent } from "./gradient/cotangents.ts";
import { Emitter } from "./gradient/emitter.ts";
import { Exits } from "./gradient/exits.ts";
import { type LoopRecord, LoopRecords } from "./gradient/loop-records.ts";
import { forwardWrites, readCellsOnce, refuseActiveState } from "./gradient/prepare-region.ts";
import { Recorder } from "./gradient/record-values.ts";
import { Reversal } from "./gradient/reverse-region.ts";
import { SavedValues } from "./gradient/saved-values.ts";
import { Segments } from "./gradient/segments.ts";
import type { GraphPass } from "./pass.ts";

export const differentiate: GraphPass = {
  name: "differentiate",
  doc: "Puts the way there and the way back in the places of gradients, and all examples in those of one.",
  run(m) {
    const heap = new Map(m.heap);
    const funcs = m.funcs.map((f) => differentiateFunc(m, f, heap));
    return { ...m, heap, funcs };
  },
};

/** The names of the cells that a `grad` node is differentiated for. */
export const cellsOf = (node: Node): readonly string[] => {
  const { cells } = node.attrs;
  return Array.isArray(cells) ? cells.map(String) : [];
};

export function hasGradients(func: Func): boolean {
  let found = false;
  forEachNode(func.body, (node) => {
    found ||= ["grad", "stopGradient", "customGrad", "vmap"].includes(node.op);
  });
  return found;
}

function differentiateFunc(m: Module, func: Func, heap: Map<string, HeapType>): Func {
  if (!hasGradients(func)) return func;
  const labels = labelsIn(func.body);
  const newLabel = (): string => freshName("back", labels);
  // Inner ones come first: what is around them works on what they have become.
  const expanded = rebuildFunc(func, (node, rewriter) => {
    if (node.op === "grad") new Gradient(m, node, heap, newLabel).expand(rewriter);
    else if (node.op === "vmap") putExamples(node, rewriter);
    else rewriter.emit(node);
  });
  return rebuildFunc(expanded, (node, rewriter) => {
    if (node.op === "stopGradient" || node.op === "customGrad")
      rewriter.replace(node.results[0]!, node.operands[0]!);
    else rewriter.emit(node);
  });
}

/** `vmap (x = all) { nodes, yield y } ⇒ the nodes on all examples at once`. */
function putExamples(node: Node, rewriter: Rewriter): void {
  const build = new Emitter();
  const results = examplesOf(node, build);
  for (const n of build.nodes) rewriter.emit(n);
  results?.forEach((v, i) => {
    rewriter.replace(node.results[i]!, v);
  });
}

/** One `grad` node. */
class Gradient {
  readonly #m: Module;
  readonly #node: Node;
  readonly #heap: Map<string, HeapType>;
  readonly #newLabel: () => string;
  readonly #build = new Emitter();

  constructor(m: Module, node: Node, heap: Map<string, HeapType>, newLabel: () => string) {
    this.#m = m;
    this.#node = node;
    this.#heap = heap;
    this.#newLabel = newLabel;
  }

  expand(rewriter: Rewriter): void {
    const node = this.#node;
    const build = this.#build;
    build.span = node.span;
    const [region] = node.regions;
    const cells = new Map(cellsOf(node).map((name) => [name, this.#cell(name)]));
    const sources = [...region!.params, ...cells.values()];
    const nodes = forwardWrites(readCellsOnce(region!.nodes, cells));
    const end = nodes.at(-1)!;
    if (end.op !== "yield") {
      // It always throws, so that what follows is never reached.
      for (const n of nodes) rewriter.emit(n);
      return;
    }
    const inner: Region = { params: region!.params, nodes };
    const activity = new Activity(inner, sources);
    refuseActiveState(inner, activity);
    const gradients = this.#wayBack(inner, end, activity, sources);
    for (const n of build.nodes) rewriter.emit(n);
    const [, , ...values] = end.operands;
    [...values, ...gradients].forEach((v, i) => {
      rewriter.replace(node.results[i]!, v);
    });
  }

  /** What a cell holds when the differentiated function begins. */
  #cell(name: string): Value {
    const state = this.#m.state.get(name);
    const type = state?.type ?? this.#m.constants.get(name)?.type;
    if (type?.kind !== "tensor") throw new Error(`there is no cell @${name}`);
    const [held] = this.#build.node(state ? "state.get" : "const", [], { name }, [type]);
    // A tensor of its own, as what the other variables are: `held` may have uses besides.
    return this.#build.apply("reshape", [held!], { shape: type.shape });
  }

  /** Emits the way there and the way back; gives the gradients. */
  #wayBack(
    region: Region,
    end: Node,
    activity: Activity,
    sources: readonly Value[],
  ): readonly Value[] {
    const build = this.#build;
    const exits = new Exits(region);
    const saved = new SavedValues(build, this.#heap);
    const records = new LoopRecords(exits, saved, this.#newLabel);
    const segments = new Segments(region, exits, saved, records);
    const reversal = new Reversal({ build, exits, activity, saved, segments, records });
    const [output, seed] = end.operands;
    const nodes = region.nodes.slice(0, -1);
    const back = () => reversal.run(nodes, output!, seed!);
    // Once to find out what must be kept, and once to make it.
    build.apart(back);
    let gradients: readonly Value[] = [];
    const wayBack = build.apart(() => {
      const cotangents = back();
      build.span = this.#node.span;
      gradients = sources.map((v) => this.#gradient(v, cotangents.of(v)));
    });
    const recordOf = (loop: Node): LoopRecord | undefined =>
      activity.isIn(loop) ? records.of(loop) : undefined;
    const wayThere = build.apart(() => {
      new Recorder(build, exits, activity, saved, recordOf).nodes(nodes);
    });
    build.nodes.push(...saved.made, ...this.#inputs(region.params), ...wayThere, ...wayBack);
    return gradients;
  }

  /** The variables are values of their own: gradients around this one add what flows to them apart. */
  #inputs(params: readonly Value[]): readonly Node[] {
    const { operands, span } = this.#node;
    return params.map((p, i) => {
      const { shape } = tensorOf(p);
      const of = { operands: [operands[i]!], attrs: { shape }, results: [p], regions: [], span };
      return { op: "reshape", ...of };
    });
  }

  /** Zeros where nothing flows. */
  #gradient(v: Value, cotangent: Cotangent | undefined): Value {
    const build = this.#build;
    const { shape } = tensorOf(v);
    if (cotangent === undefined) return build.full(shape, 0);
    const { tensor, present } = cotangent;
    if (present === undefined) return tensor;
    const arms = [() => tensor, () => build.full(shape, 0)].map((arm): Region => {
      const nodes = build.apart(() => build.node("yield", [arm()]));
      return { params: [], nodes };
    });
    return build.node("if", [present], {}, [tensorOf(v)], arms)[0]!;
  }
}
