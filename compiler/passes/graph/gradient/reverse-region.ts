/**
 * The way back through a region: its nodes in reverse order, branches by the condition that chose them,
 * loops round by round. Where a region can be left from inside, the way it was left decides what is gone
 * back through.
 */

import type { Node, Region, Value } from "../../../graph/ir.ts";
import type { Activity } from "./activity.ts";
import { Cotangents } from "./cotangents.ts";
import type { Emitter } from "./emitter.ts";
import type { Exits } from "./exits.ts";
import type { LoopRecords } from "./loop-records.ts";
import { NodeReversal, type ReversedParts } from "./reverse-node.ts";
import type { SavedValues } from "./saved-values.ts";
import type { Segments } from "./segments.ts";
import { WayBack } from "./way-back.ts";

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
  /** What the terminators of regions hand their values to. */
  readonly #targets: ReadonlyMap<Node, readonly Value[]>;
  readonly #way: WayBack;
  readonly #nodes: NodeReversal;

  constructor(
    parts: ReversedParts & {
      readonly exits: Exits;
      readonly segments: Segments;
      readonly records: LoopRecords;
    },
  ) {
    this.#build = parts.build;
    this.#exits = parts.exits;
    this.#activity = parts.activity;
    this.#saved = parts.saved;
    this.#segments = parts.segments;
    this.#records = parts.records;
    this.#targets = parts.segments.targets;
    this.#way = new WayBack(parts);
    this.#nodes = new NodeReversal(parts, this.#way);
  }

  /** Goes back through the outermost nodes, from `output`; gives the cotangents that are left. */
  run(nodes: readonly Node[], output: Value, seed: Value): Cotangents {
    this.#way.cotangents = new Cotangents();
    if (this.#activity.has(output)) this.#way.contribute(output, seed);
    this.#saved.inReverse(nodes, (node) => this.#node(node));
    return this.#way.cotangents;
  }

  /** Goes back through the body of a function, whose results have sums. */
  body(region: Region): void {
    this.#way.cotangents = new Cotangents();
    this.#region(region, endingBy(region.nodes.at(-1)!));
  }

  #node(node: Node): void {
    this.#build.span = node.span && { ...node.span, back: node.op };
    if (node.op === "if") this.#branches(node);
    else if (node.op === "loop") this.#loop(node, [...this.#exits.ofLoop(node).breaks]);
    else this.#nodes.node(node);
  }

  #branches(node: Node): void {
    if (!this.#activity.isIn(node)) return;
    const [yes, no] = node.regions.map((region) => {
      const last = region.nodes.at(-1)!;
      return last.op === "yield" ? () => this.#region(region, endingBy(last)) : undefined;
    });
    if (yes && no) this.#way.choose(() => this.#saved.use(node.operands[0]!), yes, no);
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
    if (yes && no) this.#way.choose(() => this.#saved.use(node.operands[0]!), yes, no);
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
        else this.#way.choose(() => this.#isOneOf(inside, ending), left, goOn);
      }
      this.#saved.inReverse(segment.nodes, (node) => this.#node(node));
    });
  }

  #end(terminator: Node): void {
    this.#way.handBack(this.#targets.get(terminator) ?? [], terminator.operands);
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
      this.#way.rounds(rounds, () => {
        const ended = record.continued && this.#saved.popNumber(record.continued);
        // The parameters of the round after this one are what this one handed on.
        body!.params.forEach((p, i) => {
          this.#way.cotangents.set(record.next[i]!, this.#way.cotangents.take(p));
        });
        this.#region(body!, { exits: continues, all: continues, which: ended });
        for (const next of record.next) this.#way.cotangents.take(next);
      });
    }
    this.#way.handBack(body!.params, node.operands);
  }
}
