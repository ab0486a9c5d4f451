/**
 * The cotangents at the place of a way back that is being made, and how they come through branches and
 * loops: what only some paths contribute to is handed over where they meet.
 */

import type { Node, Region, Value } from "../../../graph/ir.ts";
import { f64Type, tensorOf, value } from "../../../graph/ir.ts";
import type { Activity } from "./activity.ts";
import { Cotangents, fillSlots, type Slot, slotsOf, slotTypes, slotValues } from "./cotangents.ts";
import type { Emitter } from "./emitter.ts";
import type { SavedValues } from "./saved-values.ts";
import type { Sums } from "./sums.ts";

export class WayBack {
  readonly #build: Emitter;
  readonly #activity: Activity;
  readonly #saved: SavedValues;
  readonly #sums: Sums;
  readonly #newLabel: () => string;
  cotangents = new Cotangents();

  constructor(parts: {
    readonly build: Emitter;
    readonly activity: Activity;
    readonly saved: SavedValues;
    readonly sums: Sums;
    readonly newLabel: () => string;
  }) {
    this.#build = parts.build;
    this.#activity = parts.activity;
    this.#saved = parts.saved;
    this.#sums = parts.sums;
    this.#newLabel = parts.newLabel;
  }

  contribute(v: Value, tensor: Value, present?: Value): void {
    if (!this.#activity.has(v)) return;
    const sum = this.#sums.of(v);
    if (sum === undefined) this.cotangents.add(this.#build, v, { tensor, present });
    else this.where(present, () => this.#sums.add(this.#saved.use(sum), tensor));
  }

  /** Goes on with what was contributed to a result, where anything was. */
  withCotangent(result: Value, body: (cotangent: Value) => void): void {
    const sum = this.#sums.of(result);
    if (sum === undefined) {
      const cotangent = this.cotangents.take(result);
      if (cotangent) this.where(cotangent.present, () => body(cotangent.tensor));
      return;
    }
    const known = this.#saved.use(sum);
    this.where(this.#sums.isThere(known), () => body(this.#sums.read(known, tensorOf(result))));
  }

  /** Values that became others: the cotangents of those are theirs. */
  handBack(from: readonly Value[], to: readonly Value[]): void {
    from.forEach((v, i) => {
      const cotangent = this.cotangents.take(v);
      if (cotangent) this.contribute(to[i]!, cotangent.tensor, cotangent.present);
    });
  }

  /** What has a cotangent on some paths only contributes on those. */
  where(present: Value | undefined, body: () => void): void {
    if (present === undefined) body();
    else
      this.choose(
        () => present,
        body,
        () => undefined,
      );
  }

  /** Two ways back that `condition` chooses between. */
  choose(condition: () => Value, whenTrue: () => void, whenFalse: () => void): void {
    const base = this.cotangents;
    const arms = [whenTrue, whenFalse].map((body) => {
      this.cotangents = base.fork();
      const nodes = this.#build.apart(body);
      return { nodes, cotangents: this.cotangents };
    });
    const paths = arms.map((arm) => arm.cotangents);
    const slots = slotsOf(base, paths);
    this.cotangents = paths[0]!.fork();
    if (slots.length === 0 && arms.every((arm) => arm.nodes.length === 0)) return;
    const regions = arms.map(({ nodes, cotangents }): Region => {
      const end = this.#build.apart(() => {
        this.#build.node("yield", slotValues(this.#build, slots, cotangents));
      });
      return { params: [], nodes: [...nodes, ...end] };
    });
    const results = this.#build.node("if", [condition()], {}, slotTypes(slots), regions);
    fillSlots(this.cotangents, slots, results);
  }

  /** Goes `count` times through `body`; cotangents that it changes are carried round. */
  rounds(count: Value, body: () => void): void {
    const build = this.#build;
    const entry = this.cotangents;
    let slots: readonly Slot[] = [];
    for (;;) {
      const params = slotTypes(slots).map((type) => value(this.#build.type(type)));
      this.cotangents = entry.fork();
      fillSlots(this.cotangents, slots, params);
      const nodes = build.apart(body);
      const found = slotsOf(entry, [entry, this.cotangents], slots);
      if (isSame(found, slots)) {
        const results = this.#emitRounds(count, slots, entry, params, nodes);
        this.cotangents = entry.fork();
        fillSlots(this.cotangents, slots, results);
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
    const label = this.#newLabel();
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
      const next = slotValues(build, slots, this.cotangents);
      build.node("continue", [rest, ...next], { label });
    });
    const region = { params: [left, ...params], nodes: round };
    return build.node("loop", initial, { label }, slotTypes(slots), [region]);
  }
}

const isSame = (a: readonly Slot[], b: readonly Slot[]): boolean =>
  a.length === b.length && a.every((s, i) => s.of === b[i]!.of && s.dynamic === b[i]!.dynamic);
