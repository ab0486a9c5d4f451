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
import { sizesBoundIn, sizesOfParams } from "../../graph/sizes.ts";
import { forEachNode, freshName, labelsIn } from "../../graph/walk.ts";
import { examplesOf } from "./examples/examples-of.ts";
import { Activity } from "./gradient/activity.ts";
import { SumCarrier } from "./gradient/carry-sums.ts";
import type { Cotangents } from "./gradient/cotangents.ts";
import { Emitter } from "./gradient/emitter.ts";
import { Exits } from "./gradient/exits.ts";
import { type LoopRecord, LoopRecords } from "./gradient/loop-records.ts";
import { forwardWrites, readCellsOnce, refuseActiveState } from "./gradient/prepare-region.ts";
import { Recorder } from "./gradient/record-values.ts";
import { Reversal } from "./gradient/reverse-region.ts";
import { Roots } from "./gradient/roots.ts";
import { SavedValues } from "./gradient/saved-values.ts";
import { Segments } from "./gradient/segments.ts";
import { tensorsOfSeveralNames } from "./gradient/several-names.ts";
import { Sums } from "./gradient/sums.ts";
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
  const names = new Names(m, func);
  const followed = followedGradients(func);
  // Inner ones come first: what is around them works on what they have become.
  const expanded = rebuildFunc(func, (node, rewriter) => {
    if (node.op === "grad")
      new Gradient(m, node, heap, names, followed.has(node.results[0]!)).expand(rewriter);
    else if (node.op === "vmap") putExamples(node, rewriter);
    else rewriter.emit(node);
  });
  return rebuildFunc(expanded, (node, rewriter) => {
    if (node.op === "stopGradient" || node.op === "customGrad")
      rewriter.replace(node.results[0]!, node.operands[0]!);
    else rewriter.emit(node);
  });
}

/** The results of `grad` nodes that are in another one. */
function followedGradients(func: Func): ReadonlySet<Value> {
  const found = new Set<Value>();
  forEachNode(func.body, (node, around) => {
    if (node.op === "grad" && around.some(({ op }) => op === "grad"))
      for (const v of node.results) found.add(v);
  });
  return found;
}

/** Names that the function does not have yet. */
class Names {
  /** The sizes that only a run tells. */
  readonly runSizes: ReadonlySet<string>;
  readonly #labels: Set<string>;
  readonly #sizes: Set<string>;

  constructor(m: Module, func: Func) {
    this.runSizes = new Set(sizesBoundIn(func.body));
    this.#labels = labelsIn(func.body);
    this.#sizes = new Set([
      ...this.runSizes,
      ...sizesOfParams(m, func),
      ...m.sizes.map((s) => s.name),
    ]);
  }

  readonly newLabel = (): string => freshName("back", this.#labels);
  readonly newSize = (): string => freshName("place", this.#sizes);
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
  readonly #names: Names;
  readonly #build = new Emitter();

  constructor(
    m: Module,
    node: Node,
    heap: Map<string, HeapType>,
    names: Names,
    isFollowed: boolean,
  ) {
    this.#m = m;
    this.#node = node;
    this.#heap = heap;
    this.#names = names;
    this.#build.isFollowed = isFollowed;
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
    const activity = new Activity(inner, sources, this.#heap);
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
    plain: Region,
    end: Node,
    activity: Activity,
    sources: readonly Value[],
  ): readonly Value[] {
    const build = this.#build;
    const { newLabel, newSize } = this.#names;
    const roots = new Roots(build, this.#heap, this.#names.runSizes);
    const sums = new Sums(build, roots);
    const lists = new Map<Value, Value>();
    const summed = tensorsOfSeveralNames(plain, activity, end.operands[0]);
    const carrier = new SumCarrier(build, sums, activity, summed, lists);
    const nodes = carrier.carry(plain.nodes, sources).slice(0, -1);
    const region: Region = { params: plain.params, nodes: [...nodes, end] };
    const exits = new Exits(region);
    const saved = new SavedValues(build, roots, newSize);
    const records = new LoopRecords(exits, saved, newLabel);
    const segments = new Segments(region, exits, saved, records);
    const parts = { build, exits, activity, saved, segments, records, sums, lists, newSize };
    const reversal = new Reversal(parts);
    const [output, seed] = end.operands;
    const back = () => reversal.run(nodes, output!, seed!);
    // Once to find out what must be kept, and once to make it.
    build.apart(back);
    let gradients: readonly Value[] = [];
    const wayBack = build.apart(() => {
      const cotangents = back();
      build.span = this.#node.span;
      gradients = sources.map((v) => this.#gradient(v, cotangents, sums));
    });
    const recordOf = (loop: Node): LoopRecord | undefined =>
      activity.isIn(loop) ? records.of(loop) : undefined;
    const wayThere = build.apart(() => {
      new Recorder(build, exits, activity, saved, recordOf).nodes(nodes);
    });
    build.nodes.push(...roots.made, ...this.#inputs(plain.params), ...wayThere, ...wayBack);
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
  #gradient(v: Value, cotangents: Cotangents, sums: Sums): Value {
    const build = this.#build;
    const type = tensorOf(v);
    const zeros = () => build.fullLike(v, 0);
    const oneOf = (present: Value, tensor: () => Value): Value =>
      build.if(
        present,
        [type],
        () => [tensor()],
        () => [zeros()],
      )[0]!;
    const sum = sums.of(v);
    if (sum !== undefined) return oneOf(sums.isThere(sum), () => sums.read(sum, type));
    const cotangent = cotangents.of(v);
    if (cotangent === undefined) return zeros();
    const { tensor, present } = cotangent;
    return present === undefined ? tensor : oneOf(present, () => tensor);
  }
}
