/**
 * The way back through a region: its nodes in reverse order, branches by the condition that chose them,
 * loops round by round. Where a region can be left from inside, the way it was left decides what is gone
 * back through.
 */

import { cloneWithLabels } from "../../../graph/clone.ts";
import type { Node, Region, Value } from "../../../graph/ir.ts";
import { f64Type, tensorOf, value } from "../../../graph/ir.ts";
import { boundSize, sizesBoundIn } from "../../../graph/sizes.ts";
import { forEachNode } from "../../../graph/walk.ts";
import { type Dim, symbol } from "../../../ops/dim.ts";
import { opByName } from "../../../ops/registry.ts";
import { contributionsOf } from "../../../ops/reverse.ts";
import { tensorType } from "../../../ops/types.ts";
import type { Activity } from "./activity.ts";
import { Cotangents, fillSlots, type Slot, slotsOf, slotTypes, slotValues } from "./cotangents.ts";
import type { Emitter } from "./emitter.ts";
import type { Exits } from "./exits.ts";
import type { LoopRecords } from "./loop-records.ts";
import type { SavedValues } from "./saved-values.ts";
import type { Segments } from "./segments.ts";
import type { Sums } from "./sums.ts";

/** The terminators that may have ended a region, and at run time, which of `all` of its kind it was. */
interface Ending {
  readonly exits: readonly Node[];
  readonly all: readonly Node[];
  readonly which: Value | undefined;
}

const endingBy = (exit: Node): Ending => ({ exits: [exit], all: [exit], which: undefined });

export class Reversal {
  readonly #build: Emitter;
  readonly #exits: Exits;
  readonly #activity: Activity;
  readonly #saved: SavedValues;
  readonly #segments: Segments;
  readonly #records: LoopRecords;
  readonly #sums: Sums;
  /** For each tensor that a list was stacked to, the list as it was then. */
  readonly #lists: ReadonlyMap<Value, Value>;
  readonly #newSize: () => string;
  /** What the terminators of regions hand their values to. */
  readonly #targets: ReadonlyMap<Node, readonly Value[]>;
  #cotangents = new Cotangents();

  constructor(parts: {
    readonly build: Emitter;
    readonly exits: Exits;
    readonly activity: Activity;
    readonly saved: SavedValues;
    readonly segments: Segments;
    readonly records: LoopRecords;
    readonly sums: Sums;
    readonly lists: ReadonlyMap<Value, Value>;
    readonly newSize: () => string;
  }) {
    this.#build = parts.build;
    this.#exits = parts.exits;
    this.#activity = parts.activity;
    this.#saved = parts.saved;
    this.#segments = parts.segments;
    this.#records = parts.records;
    this.#sums = parts.sums;
    this.#lists = parts.lists;
    this.#newSize = parts.newSize;
    this.#targets = parts.segments.targets;
  }

  /** Goes back through the outermost nodes, from `output`; gives the cotangents that are left. */
  run(nodes: readonly Node[], output: Value, seed: Value): Cotangents {
    this.#cotangents = new Cotangents();
    if (this.#activity.has(output)) this.#contribute(output, seed);
    for (const node of nodes.toReversed()) this.#node(node);
    return this.#cotangents;
  }

  #contribute(v: Value, tensor: Value, present?: Value): void {
    if (!this.#activity.has(v)) return;
    const sum = this.#sums.of(v);
    if (sum === undefined) this.#cotangents.add(this.#build, v, { tensor, present });
    else this.#where(present, () => this.#sums.add(this.#saved.use(sum), tensor));
  }

  /** Goes on with what was contributed to a result, where anything was. */
  #withCotangent(result: Value, body: (cotangent: Value) => void): void {
    const sum = this.#sums.of(result);
    if (sum === undefined) {
      const cotangent = this.#cotangents.take(result);
      if (cotangent) this.#where(cotangent.present, () => body(cotangent.tensor));
      return;
    }
    const known = this.#saved.use(sum);
    this.#where(this.#sums.isThere(known), () => body(this.#sums.read(known, tensorOf(result))));
  }

  /** Values that became others: the cotangents of those are theirs. */
  #handBack(from: readonly Value[], to: readonly Value[]): void {
    from.forEach((v, i) => {
      const cotangent = this.#cotangents.take(v);
      if (cotangent) this.#contribute(to[i]!, cotangent.tensor, cotangent.present);
    });
  }

  #node(node: Node): void {
    this.#build.span = node.span;
    if (node.op === "if") this.#branches(node);
    else if (node.op === "loop") this.#loop(node, [...this.#exits.ofLoop(node).breaks]);
    else if (node.op === "customGrad") this.#custom(node);
    else if (node.op === "list.stack") this.#stacked(node);
    else this.#operation(node);
  }

  /** The program says itself what flows back. */
  #custom(node: Node): void {
    const [result] = node.results;
    if (!this.#activity.has(result!)) return;
    this.#withCotangent(result!, (cotangent) => {
      const [region] = node.regions;
      const became = new Map([[region!.params[0]!, cotangent]]);
      for (const v of freeValues(region!)) became.set(v, this.#saved.use(v));
      const nodes = this.#copyOf(region!.nodes, became);
      const end = nodes.pop()!;
      this.#build.nodes.push(...nodes);
      if (end.op !== "yield") throw new Error("a gradient of a function's own has no end");
      node.operands.slice(1).forEach((v, i) => {
        this.#contribute(v, end.operands[i]!);
      });
    });
  }

  /** Copies that bind sizes of their own. */
  #copyOf(nodes: readonly Node[], became: Map<Value, Value>): Node[] {
    const build = this.#build;
    const sizes = new Map(sizesBoundIn({ params: [], nodes }).map((s) => [s, this.#newSize()]));
    const edit = (copy: Node): Node => {
      const attrs = build.attrs(copy.attrs);
      if (copy.op !== "bind") return { ...copy, attrs };
      return { ...copy, attrs: { ...attrs, name: sizes.get(boundSize(copy))! } };
    };
    const { newLabel } = this.#records;
    return build.renaming(
      sizes,
      () => undefined,
      () => cloneWithLabels(nodes, became, newLabel, edit, (type) => build.type(type)),
    );
  }

  #operation(node: Node): void {
    const op = opByName(node.op);
    const [result] = node.results;
    if (op === undefined || result === undefined || !this.#activity.has(result)) return;
    this.#withCotangent(result, (cotangent) => {
      const [operands, [known]] = [this.#standIns(node.operands), this.#standIns([result])];
      const operation = { op, operands, attrs: node.attrs, result: known! };
      const wanted = node.operands.map((v) => this.#activity.has(v));
      const from = this.#build.nodes.length;
      const own = contributionsOf(this.#build, operation, cotangent, wanted);
      // Few rules read all that they are given.
      const read = new Set([...this.#build.nodes.slice(from).flatMap((n) => n.operands), ...own]);
      [...node.operands, result].forEach((v, i) => {
        if (read.has(i < operands.length ? operands[i] : known)) this.#saved.need(v);
      });
      own.forEach((c, i) => {
        if (c !== undefined) this.#contribute(node.operands[i]!, c);
      });
    });
  }

  /** Each tensor of a list is given its row. */
  #stacked(node: Node): void {
    const [result] = node.results;
    if (!this.#activity.has(result!)) return;
    this.#withCotangent(result!, (cotangent) => {
      const list = this.#saved.use(this.#lists.get(result!)!);
      const build = this.#build;
      const { dtype, shape } = tensorOf(result!);
      const one = tensorType(dtype, shape.slice(1));
      const box = this.#sums.boxIn(list);
      const [length] = build.node("list.length", [list], {}, [f64Type]);
      build.rounds(length!, this.#records.newLabel(), (i) => {
        const [held] = build.node("list.get", [list, i], { leaf: 0 }, [box]);
        const size = this.#newSize();
        build.node("bind", [i], { name: size, message: "it is the place of a tensor in a list" });
        const whole: readonly Dim[] = shape.map(() => 0);
        const start = whole.with(0, symbol(size));
        const attrs = { start, length: [1, ...one.shape], step: whole.map(() => 1) };
        const row = build.apply("slice", [cotangent], attrs);
        const part = build.apply("reshape", [row], { shape: one.shape });
        this.#sums.add(this.#sums.ofBox(held!, one), part);
      });
    });
  }

  #standIns(values: readonly Value[]): readonly Value[] {
    return values.map((v) => this.#saved.standIn(v));
  }

  /** What has a cotangent on some paths only contributes on those. */
  #where(present: Value | undefined, body: () => void): void {
    if (present === undefined) body();
    else
      this.#choose(
        () => present,
        body,
        () => undefined,
      );
  }

  /** Two ways back that `condition` chooses between. */
  #choose(condition: () => Value, whenTrue: () => void, whenFalse: () => void): void {
    const base = this.#cotangents;
    const arms = [whenTrue, whenFalse].map((body) => {
      this.#cotangents = base.fork();
      const nodes = this.#build.apart(body);
      return { nodes, cotangents: this.#cotangents };
    });
    const paths = arms.map((arm) => arm.cotangents);
    const slots = slotsOf(base, paths);
    this.#cotangents = paths[0]!.fork();
    if (slots.length === 0 && arms.every((arm) => arm.nodes.length === 0)) return;
    const regions = arms.map(({ nodes, cotangents }): Region => {
      const end = this.#build.apart(() => {
        this.#build.node("yield", slotValues(this.#build, slots, cotangents));
      });
      return { params: [], nodes: [...nodes, ...end] };
    });
    const results = this.#build.node("if", [condition()], {}, slotTypes(slots), regions);
    fillSlots(this.#cotangents, slots, results);
  }

  #branches(node: Node): void {
    if (!this.#activity.isIn(node)) return;
    const [yes, no] = node.regions.map((region) => {
      const last = region.nodes.at(-1)!;
      return last.op === "yield" ? () => this.#region(region, endingBy(last)) : undefined;
    });
    if (yes && no) this.#choose(() => this.#saved.use(node.operands[0]!), yes, no);
    else (yes ?? no)?.();
  }

  /** Back through a node that was left from inside. */
  #left(node: Node, ending: Ending): void {
    if (node.op === "loop") {
      this.#loop(node, ending.exits);
      return;
    }
    const [yes, no] = node.regions.map((region) => {
      const exits = ending.exits.filter((exit) => this.#exits.isIn(region, exit));
      return exits.length > 0 ? () => this.#region(region, { ...ending, exits }) : undefined;
    });
    if (yes && no) this.#choose(() => this.#saved.use(node.operands[0]!), yes, no);
    else (yes ?? no)?.();
  }

  #region(region: Region, ending: Ending): void {
    this.#from(region, 0, ending);
  }

  /** Back through a region up to the beginning of its segment `index`. */
  #from(region: Region, index: number, ending: Ending): void {
    const segment = this.#segments.of(region)[index]!;
    this.#saved.around(segment, () => {
      const { exit } = segment;
      if (exit === undefined) this.#end(region.nodes.at(-1)!);
      else {
        const leaving = this.#exits.leaving(exit);
        const inside = ending.exits.filter((e) => leaving.includes(e));
        const behind = ending.exits.filter((e) => !leaving.includes(e));
        const left = () => this.#left(exit, { ...ending, exits: inside });
        const goOn = () => {
          this.#from(region, index + 1, { ...ending, exits: behind });
          this.#node(exit);
        };
        if (inside.length === 0) goOn();
        else if (behind.length === 0) left();
        else this.#choose(() => this.#isOneOf(inside, ending), left, goOn);
      }
      for (const node of segment.nodes.toReversed()) this.#node(node);
    });
  }

  #end(terminator: Node): void {
    this.#handBack(this.#targets.get(terminator) ?? [], terminator.operands);
  }

  /** Whether it was one of some exits. */
  #isOneOf(exits: readonly Node[], { all, which }: Ending): Value {
    if (which === undefined) throw new Error("several exits, and nothing to tell them apart");
    const build = this.#build;
    return exits
      .map((exit) => build.fn("eq", [which, build.number(all.indexOf(exit))], "bool"))
      .reduce((a, b) => build.fn("or", [a, b], "bool"));
  }

  /** Back through a loop that one of `exits` left. */
  #loop(node: Node, exits: readonly Node[]): void {
    if (!this.#activity.isIn(node)) return;
    const [body] = node.regions;
    const { continues, leaves } = this.#exits.ofLoop(node);
    const record = this.#records.of(node);
    const which = record.left && this.#saved.popNumber(record.left);
    const rounds = record.rounds && this.#saved.popNumber(record.rounds);
    this.#region(body!, { exits, all: leaves, which });
    if (rounds !== undefined) {
      this.#rounds(rounds, () => {
        const ended = record.continued && this.#saved.popNumber(record.continued);
        // The parameters of the round after this one are what this one handed on.
        body!.params.forEach((p, i) => {
          this.#cotangents.set(record.next[i]!, this.#cotangents.take(p));
        });
        this.#region(body!, { exits: continues, all: continues, which: ended });
        for (const next of record.next) this.#cotangents.take(next);
      });
    }
    this.#handBack(body!.params, node.operands);
  }

  /** Goes `count` times through `body`; cotangents that it changes are carried round. */
  #rounds(count: Value, body: () => void): void {
    const build = this.#build;
    const entry = this.#cotangents;
    let slots: readonly Slot[] = [];
    for (;;) {
      const params = slotTypes(slots).map((type) => value(this.#build.type(type)));
      this.#cotangents = entry.fork();
      fillSlots(this.#cotangents, slots, params);
      const nodes = build.apart(body);
      const found = slotsOf(entry, [entry, this.#cotangents], slots);
      if (isSame(found, slots)) {
        const results = this.#emitRounds(count, slots, entry, params, nodes);
        this.#cotangents = entry.fork();
        fillSlots(this.#cotangents, slots, results);
        return;
      }
      slots = found;
    }
  }

  #emitRounds(
    count: Value,
    slots: readonly Slot[],
    entry: Cotangents,
    params: readonly Value[],
    nodes: readonly Node[],
  ): readonly Value[] {
    const build = this.#build;
    const label = this.#records.newLabel();
    const left = value(f64Type, "left");
    const initial = [count, ...slotValues(build, slots, entry)];
    const round = build.apart(() => {
      const more = build.fn("gt", [left, build.number(0)], "bool");
      const [stay, leave] = [
        build.apart(() => build.node("yield", [])),
        build.apart(() => build.node("break", params, { label })),
      ];
      const arms = [stay, leave].map((n) => ({ params: [], nodes: n }));
      build.node("if", [more], {}, [], arms);
      build.nodes.push(...nodes);
      const rest = build.fn("sub", [left, build.number(1)], "f64");
      const next = slotValues(build, slots, this.#cotangents);
      build.node("continue", [rest, ...next], { label });
    });
    const region = { params: [left, ...params], nodes: round };
    return build.node("loop", initial, { label }, slotTypes(slots), [region]);
  }
}

const isSame = (a: readonly Slot[], b: readonly Slot[]): boolean =>
  a.length === b.length && a.every((s, i) => s.of === b[i]!.of && s.dynamic === b[i]!.dynamic);

/** What the nodes of a region read and do not define. */
function freeValues(region: Region): ReadonlySet<Value> {
  const defined = new Set<Value>(region.params);
  const free = new Set<Value>();
  forEachNode(region, (node) => {
    for (const v of node.operands) if (!defined.has(v)) free.add(v);
    for (const v of [...node.results, ...node.regions.flatMap((r) => r.params)]) defined.add(v);
  });
  return free;
}
