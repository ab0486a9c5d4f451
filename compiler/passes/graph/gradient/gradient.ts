/** Puts the way there and the way back of one `grad` node in its place. */

import type { HeapType } from "../../../graph/heap-types.ts";
import {
  type Func,
  type Module,
  type Node,
  type Region,
  tensorOf,
  type Value,
} from "../../../graph/ir.ts";
import type { Rewriter } from "../../../graph/rebuild.ts";
import { Activity } from "./activity.ts";
import { CalledFunctions, functionsCalledIn, resultsOf, sourcesOf } from "./called-functions.ts";
import { SumCarrier } from "./carry-sums.ts";
import { Checkpoints } from "./checkpoints.ts";
import type { Cotangents } from "./cotangents.ts";
import { Emitter } from "./emitter.ts";
import { Exits } from "./exits.ts";
import { type FollowedState, followState, together } from "./follow-state.ts";
import { FunctionWays, type SharedCell } from "./function-ways.ts";
import { type LoopRecord, LoopRecords } from "./loop-records.ts";
import type { Names } from "./names.ts";
import { cellsOf, forwardWrites, readCellsOnce, writesIn } from "./prepare-region.ts";
import { Recorder } from "./record-values.ts";
import { Reversal } from "./reverse-region.ts";
import { Roots } from "./roots.ts";
import { type Repetition, SavedValues } from "./saved-values.ts";
import { Segments } from "./segments.ts";
import { tensorsOfSeveralNames } from "./several-names.ts";
import { Sums } from "./sums.ts";

/** The function in which a gradient stands, and the module around. */
export interface Surroundings {
  readonly module: Module;
  /** The heap types of the module, which grow. */
  readonly heap: Map<string, HeapType>;
  readonly names: Names;
  /** A function that is called, without gradients of its own. */
  callee(name: string): Func;
  newFunc(name: string): string;
  addFunc(func: Func): void;
}

/** What is differentiated, and what it is differentiated for. */
interface Followed extends FollowedState {
  readonly roots: Roots;
  readonly sources: readonly Value[];
  /** The cells among the sources that nothing writes. */
  readonly cells: ReadonlyMap<string, Value>;
}

/** What is made into both ways. */
interface Ways {
  /** The region as it was. */
  readonly plain: Region;
  /** Its nodes with the sums beside the tensors, and its end. */
  readonly nodes: readonly Node[];
  readonly end: Node;
  /** What it is differentiated for. */
  readonly sources: readonly Value[];
  readonly sums: Sums;
  readonly roots: Roots;
  readonly functions: readonly FunctionWays[];
}

/** What is around a `grad` node. */
export interface Place {
  /** Another gradient. */
  readonly isFollowed: boolean;
  /** Many examples at once. */
  readonly isMapped: boolean;
}

/** One `grad` node. */
export class Gradient {
  readonly #around: Surroundings;
  readonly #node: Node;
  readonly #build = new Emitter();

  readonly #checkpoints: Checkpoints;

  constructor(around: Surroundings, node: Node, { isFollowed, isMapped }: Place) {
    this.#around = around;
    this.#node = node;
    this.#build.isFollowed = isFollowed;
    // As in eager mode: what is computed twice would be differentiated twice.
    this.#checkpoints = new Checkpoints(!isFollowed && !isMapped);
  }

  expand(rewriter: Rewriter): void {
    const node = this.#node;
    const build = this.#build;
    build.span = node.span;
    const [region] = node.regions;
    const opened = this.#checkpoints.open(region!.nodes);
    if (opened.at(-1)!.op !== "yield") {
      // It always throws, so that what follows is never reached.
      for (const n of opened) rewriter.emit(n);
      return;
    }
    const cells = new Map(cellsOf(node).map((name) => [name, this.#cell(name)]));
    const followed = this.#follow({ params: region!.params, nodes: opened }, cells);
    const gradients = this.#wayBack(followed);
    for (const n of build.nodes) rewriter.emit(n);
    const [, , ...values] = followed.plain.nodes.at(-1)!.operands;
    [...values, ...gradients].forEach((v, i) => {
      rewriter.replace(node.results[i]!, v);
    });
  }

  /** What a cell holds when the differentiated function begins. */
  #held(name: string): Value {
    const { state: cells, constants } = this.#around.module;
    const state = cells.get(name);
    const type = state?.type ?? constants.get(name)?.type;
    if (type?.kind !== "tensor") throw new Error(`there is no cell @${name}`);
    return this.#build.node(state ? "state.get" : "const", [], { name }, [type])[0]!;
  }

  /** A tensor of its own, as what the other variables are: what is held may have uses besides. */
  #cell(name: string): Value {
    const held = this.#held(name);
    return this.#build.apply("reshape", [held], { shape: tensorOf(held).shape });
  }

  /** Finds what depends on the variables, through state as well. */
  #follow(opened: Region, cells: ReadonlyMap<string, Value>): Followed {
    const { names, heap, callee, newFunc } = this.#around;
    const open = (inside: readonly Node[]) => this.#checkpoints.open(inside);
    const functions = { callee, newFunc, newLabel: names.newLabel, open };
    const called = functionsCalledIn(opened.nodes, callee);
    const bodies = [opened, ...[...called.values()].map((f) => f.body)];
    const written = new Set(bodies.flatMap(writesIn));
    const [changed, kept] = [true, false].map(
      (isWritten) => new Map([...cells].filter(([name]) => written.has(name) === isWritten)),
    );
    const nodes = forwardWrites(readCellsOnce(opened.nodes, kept!));
    const plain = { params: opened.params, nodes };
    const sources = [...plain.params, ...cells.values()];
    const roots = new Roots(this.#build, heap, names.runSizes);
    const known = followState({
      plain,
      changed: changed!,
      begin: (name) => this.#held(name),
      boxOf: (tensor) => roots.boxOf(tensor),
      callsIn: () => new CalledFunctions(plain.nodes, functions, kept!),
      activityIn: (whole, calls) =>
        new Activity(whole, [...sources, ...calls.all.flatMap(sourcesOf)], heap, calls),
    });
    return { ...known, roots, sources, cells: kept! };
  }

  /** Emits the way there and the way back; gives the gradients. */
  #wayBack({ plain, calls, activity, roots, sources, cells }: Followed): readonly Value[] {
    const build = this.#build;
    const { newLabel, newSize } = this.#around.names;
    const end = plain.nodes.at(-1)!;
    const summed = summedTensors(plain, end, cells, calls, activity);
    const sums = new Sums(build, roots);
    const lists = new Map<Value, Value>();
    const shared = this.#shareCells(cells, calls, roots, sums);
    const carrier = new SumCarrier({ build, roots, sums, activity, calls, summed, lists });
    const nodes = carrier.carry(plain.nodes, sources).slice(0, -1);
    const common = { build, roots, sums, carrier, shared };
    const functions = calls.all.map((f) => new FunctionWays(f, common));
    const region: Region = { params: plain.params, nodes: [...nodes, end] };
    const all = together([region, ...functions.map((f) => f.region)]);
    const exits = new Exits(all);
    const ownCells = [...cells.values(), ...calls.all.flatMap((f) => [...f.cells.values()])];
    this.#checkpoints.note(all, ownCells, {
      exits,
      isKept: (v) => roots.isOfRun(v.type),
      isOfSums: (v) => sums.isOwn(v),
    });
    const checkpoints = this.#checkpoints;
    const repetition: Repetition = {
      isGoneInto: (node) => activity.isIn(node),
      recorded: (node) => recorder.again(node),
      moveSum: (from, to) => sums.move(from, to),
    };
    const saved = new SavedValues({ ...common, checkpoints, newSize, newLabel, repetition });
    const records = new LoopRecords(exits, saved, newLabel);
    const segments = new Segments(region, exits, saved, records);
    for (const f of functions) f.addTo(segments);
    const known = { build, activity, saved, sums, roots, calls, lists, newLabel, newSize };
    const reversal = new Reversal({ ...known, exits, segments, records });
    const recordOf = (loop: Node): LoopRecord | undefined =>
      activity.isIn(loop) ? records.of(loop) : undefined;
    const recorder = new Recorder({ build, exits, activity, saved, checkpoints, recordOf });
    return this.#emit({ plain, nodes, end, sources, sums, roots, functions }, reversal, recorder);
  }

  #emit(ways: Ways, reversal: Reversal, recorder: Recorder): readonly Value[] {
    const build = this.#build;
    const { plain, nodes, end, sources, sums, roots, functions } = ways;
    const { names, addFunc } = this.#around;
    const [output, seed] = end.operands;
    const back = () => reversal.run(nodes, output!, seed!);
    const backs = () => functions.map((f) => f.back(reversal, names.newLabel));
    // Once to find out what must be kept, and once to make it.
    build.apart(back);
    backs();
    const made = backs();
    let gradients: readonly Value[] = [];
    const wayBack = build.apart(() => {
      const cotangents = back();
      build.span = this.#node.span;
      gradients = sources.map((v) => this.#gradient(v, cotangents, sums));
    });
    const wayThere = build.apart(() => recorder.nodes(nodes));
    for (const f of [...functions.map((f) => f.there(recorder)), ...made]) addFunc(f);
    if (functions.length > 0) roots.makeRecord(roots.main);
    build.nodes.push(...roots.main.made, ...this.#inputs(plain.params), ...wayThere, ...wayBack);
    return gradients;
  }

  /** What functions read of cells lies in the record that all of them get. */
  #shareCells(
    cells: ReadonlyMap<string, Value>,
    calls: CalledFunctions,
    roots: Roots,
    sums: Sums,
  ): ReadonlyMap<string, SharedCell> {
    const build = this.#build;
    const read = [...cells].filter(([name]) => calls.cells.has(name));
    return new Map(
      read.map(([name, v]) => {
        const [box] = build.node("box", [v], {}, [roots.boxOf(tensorOf(v))]);
        const sum = sums.fresh(tensorOf(v));
        sums.set(v, sum);
        return [name, { box: roots.main.add(box!), sum: roots.main.add(sum) }];
      }),
    );
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

/** The tensors that need sums, in what is differentiated and in what it calls. */
function summedTensors(
  plain: Region,
  end: Node,
  cells: ReadonlyMap<string, Value>,
  calls: CalledFunctions,
  activity: Activity,
): ReadonlySet<Value> {
  const read = [...cells].filter(([name]) => calls.cells.has(name)).map(([, v]) => v);
  const own = tensorsOfSeveralNames(plain, activity, calls, end.operands[0], read);
  const called = calls.all.flatMap((f) => {
    const known = [...sourcesOf(f), ...resultsOf(f)];
    return [...tensorsOfSeveralNames(f.region, activity, calls, undefined, known)];
  });
  return new Set([...own, ...called]);
}
