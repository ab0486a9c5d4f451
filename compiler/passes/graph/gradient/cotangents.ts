/**
 * Owns the cotangents that are known at one place of a way back. Where branches decide whether there is
 * one, a bool says so at run time, and an absent one is a tensor of −0, to which anything can be added
 * without changing a bit of it.
 */

import { boolType, tensorOf, type Value } from "../../../graph/ir.ts";
import { addContribution } from "../../../ops/reverse.ts";
import type { Emitter } from "./emitter.ts";

export interface Cotangent {
  readonly tensor: Value;
  /** Undefined: it is there on every path. */
  readonly present: Value | undefined;
}

export class Cotangents {
  readonly #known: Map<Value, Cotangent>;

  constructor(known: ReadonlyMap<Value, Cotangent> = new Map()) {
    this.#known = new Map(known);
  }

  fork(): Cotangents {
    return new Cotangents(this.#known);
  }

  get keys(): readonly Value[] {
    return [...this.#known.keys()];
  }

  of(v: Value): Cotangent | undefined {
    return this.#known.get(v);
  }

  set(v: Value, cotangent: Cotangent | undefined): void {
    if (cotangent === undefined) this.#known.delete(v);
    else this.#known.set(v, cotangent);
  }

  /** What is known of a value, which is forgotten. */
  take(v: Value): Cotangent | undefined {
    const cotangent = this.#known.get(v);
    this.#known.delete(v);
    return cotangent;
  }

  add(build: Emitter, v: Value, { tensor, present }: Cotangent): void {
    const before = this.#known.get(v);
    const sum = build.isFollowed
      ? sumOfPresent(build, before, { tensor, present })
      : addContribution(build, before?.tensor, tensor);
    this.#known.set(v, { tensor: sum, present: either(build, before, present) });
  }

  /** Takes over what another place knows. */
  become(other: Cotangents): void {
    this.#known.clear();
    for (const [v, cotangent] of other.#known) this.#known.set(v, cotangent);
  }
}

/** The sum of what is there, and nothing else: gradients around would see −0 as a contribution. */
function sumOfPresent(build: Emitter, before: Cotangent | undefined, next: Cotangent): Value {
  const oneOf = (present: Value | undefined, yes: () => Value, no: () => Value): Value =>
    present === undefined
      ? yes()
      : build.if(
          present,
          [next.tensor.type],
          () => [yes()],
          () => [no()],
        )[0]!;
  const { tensor, present } = next;
  if (before === undefined) return tensor;
  const both = () => addContribution(build, before.tensor, tensor);
  return oneOf(
    present,
    () => oneOf(before.present, both, () => tensor),
    () => before.tensor,
  );
}

/** Whether a sum is there: if any of its parts is. */
function either(
  build: Emitter,
  before: Cotangent | undefined,
  present: Value | undefined,
): Value | undefined {
  if (before === undefined) return present;
  if (before.present === undefined || present === undefined) return undefined;
  return build.fn("or", [before.present, present], "bool");
}

/** How a cotangent that some paths have is handed over where they meet. */
export interface Slot {
  readonly of: Value;
  /** Whether a bool is handed over beside the tensor. */
  readonly dynamic: boolean;
}

/**
 * The cotangents that paths, all of which began with `base`, must hand over where they meet; those of
 * `known` come first, and stay as they are at least.
 */
export function slotsOf(
  base: Cotangents,
  paths: readonly Cotangents[],
  known: readonly Slot[] = [],
): readonly Slot[] {
  const keys = new Set([...base.keys, ...paths.flatMap((p) => p.keys)]);
  const isDynamic = (v: Value): boolean =>
    paths.some((p) => p.of(v)?.present !== undefined || p.of(v) === undefined);
  const slots = known.map(({ of, dynamic }) => ({ of, dynamic: dynamic || isDynamic(of) }));
  for (const { of } of known) keys.delete(of);
  for (const v of keys) {
    const [first] = paths.map((p) => p.of(v));
    if (paths.every((p) => sameCotangent(p.of(v), first))) continue;
    slots.push({ of: v, dynamic: isDynamic(v) });
  }
  return slots;
}

export const sameCotangent = (a: Cotangent | undefined, b: Cotangent | undefined): boolean =>
  a?.tensor === b?.tensor && a?.present === b?.present;

/** The values of the slots on one path, in order. */
export function slotValues(
  build: Emitter,
  slots: readonly Slot[],
  path: Cotangents,
): readonly Value[] {
  return slots.flatMap(({ of, dynamic }) => {
    const cotangent = path.of(of);
    const tensor = cotangent?.tensor ?? build.fullLike(of, -0);
    if (!dynamic) return [tensor];
    const present = cotangent?.present ?? build.boolean(cotangent !== undefined);
    return [tensor, present];
  });
}

export const slotTypes = (slots: readonly Slot[]) =>
  slots.flatMap(({ of, dynamic }) => (dynamic ? [tensorOf(of), boolType] : [tensorOf(of)]));

/** Makes `to` know what the slots hold, as `values` say. */
export function fillSlots(to: Cotangents, slots: readonly Slot[], values: readonly Value[]): void {
  let next = 0;
  for (const { of, dynamic } of slots) {
    const tensor = values[next++]!;
    to.set(of, { tensor, present: dynamic ? values[next++] : undefined });
  }
}
