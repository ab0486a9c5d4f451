/** Gives buffers that are not needed at the same time the same memory. */

import type { Node, Value } from "../graph/ir.ts";
import type { Dim } from "../ops/dim.ts";
import { addDim, divideDim, equalDim, evaluateDim, mulDim, subDim, symbolsOf } from "../ops/dim.ts";
import { alignTo, bufferAlign, liveBytes, packBuffers } from "./pack-buffers.ts";

/** A piece of a slot. */
export interface Room {
  readonly slot: number;
  /** In bytes. */
  readonly offset: Dim;
}

export interface Slot {
  /** Bytes that its tensors need; the slot has the largest, rounded up to 64. */
  readonly sizes: readonly Dim[];
  /** The `bind` node from which on the slot can be had; undefined: from the beginning. */
  readonly since: Node | undefined;
}

/** From when to when a buffer is needed. */
export interface Interval {
  readonly owner: Value;
  readonly size: Dim;
  /** The last `bind` node of a size that it depends on. */
  readonly since: Node | undefined;
  from: number;
  to: number;
}

interface SharedMemory {
  readonly slots: readonly Slot[];
  readonly roomOf: ReadonlyMap<Value, Room>;
  readonly known: { readonly bytes: number; readonly live: number };
}

/**
 * One slot for all buffers of known sizes, packed; one for all that are multiples of the same named sizes, if there
 * are no others; else slots that serve one buffer after another.
 */
export function shareMemory(intervals: readonly Interval[]): SharedMemory {
  const roomOf = new Map<Value, Room>();
  const known = intervals.flatMap((interval) => {
    const { size, since } = interval;
    return typeof size === "number" && since === undefined ? [{ ...interval, size }] : [];
  });
  const packing = packBuffers(known);
  const slots: Slot[] = known.length > 0 ? [{ sizes: [packing.size], since: undefined }] : [];
  known.forEach(({ owner }, i) => {
    roomOf.set(owner, { slot: 0, offset: packing.offsets[i]! });
  });
  const others = intervals.filter((i) => !roomOf.has(i.owner));
  const multiples = packMultiples(others.filter((i) => i.since === undefined));
  if (multiples) {
    for (const [owner, offset] of multiples.offsets)
      roomOf.set(owner, { slot: slots.length, offset });
    slots.push({ sizes: [multiples.size], since: undefined });
  }
  const shared = shareSlots(others.filter((i) => !roomOf.has(i.owner)));
  for (const [owner, slot] of shared.slotOf)
    roomOf.set(owner, { slot: slots.length + slot, offset: 0 });
  const bytes = { bytes: packing.size, live: liveBytes(known) };
  return { slots: [...slots, ...shared.slots], roomOf, known: bytes };
}

/**
 * Sizes `c·S + d` with one product S of named sizes: the multiples are packed, and the constants are
 * added up in the order of the offsets, so that buffers stay apart whatever S is.
 */
function packMultiples(
  intervals: readonly Interval[],
): { readonly offsets: ReadonlyMap<Value, Dim>; readonly size: Dim } | undefined {
  const parts = intervals.map(({ size }) => multipleOf(size));
  const unit = parts[0]?.unit;
  if (unit === undefined || parts.some((p) => p === undefined || !equalDim(p.unit, unit))) {
    return undefined;
  }
  const multiples = intervals.map((i, n) => ({ ...i, size: parts[n]!.times }));
  const packing = packBuffers(multiples, multipleAlign);
  const order = intervals
    .map((_, n) => n)
    .sort((a, b) => packing.offsets[a]! - packing.offsets[b]!);
  const offsets = new Map<Value, Dim>();
  let constant = 0;
  for (const n of order) {
    const offset = addDim(mulDim(unit, packing.offsets[n]!), constant);
    offsets.set(intervals[n]!.owner, offset);
    constant += alignTo(parts[n]!.constant, bufferAlign);
  }
  return { offsets, size: addDim(mulDim(unit, packing.size), constant) };
}

/** A whole line for each example of a small tensor would be many times its size. */
const multipleAlign = 16;

/** `times·unit + constant`, where unit is a product of named sizes; undefined for other sizes. */
function multipleOf(
  size: Dim,
): { readonly unit: Dim; readonly times: number; readonly constant: number } | undefined {
  if (typeof size === "number") return undefined;
  const [term, rest, ...more] = size.terms;
  if (!term || more.length > 0 || term.atoms.some((a) => a.kind !== "symbol")) return undefined;
  if (rest && rest.atoms.length > 0) return undefined;
  const constant = rest?.coefficient ?? 0;
  if (term.coefficient <= 0 || constant < 0) return undefined;
  const unit = divideDim(subDim(size, constant), term.coefficient);
  return unit === undefined ? undefined : { unit, times: term.coefficient, constant };
}

/** Gives each buffer the best slot that is free for all of its life, else a new one. */
function shareSlots(intervals: readonly Interval[]): {
  readonly slots: readonly Slot[];
  readonly slotOf: ReadonlyMap<Value, number>;
} {
  const slots: { sizes: Dim[]; since: Node | undefined; busy: Interval[]; typical: number }[] = [];
  const slotOf = new Map<Value, number>();
  for (const interval of intervals) {
    const need = typicalSize(interval.size);
    const waste = (i: number): number => Math.abs(Math.log(slots[i]!.typical / need));
    const free = slots
      .map((_, i) => i)
      .filter((i) => slots[i]!.since === interval.since)
      .filter((i) => slots[i]!.busy.every((b) => b.to < interval.from || interval.to < b.from));
    const best = free.reduce<number | undefined>(
      (a, i) => (a === undefined || waste(i) < waste(a) ? i : a),
      undefined,
    );
    const slot = best === undefined ? undefined : slots[best];
    if (slot && best !== undefined) {
      slot.busy.push(interval);
      if (!slot.sizes.some((s) => equalDim(s, interval.size))) slot.sizes.push(interval.size);
      slot.typical = Math.max(slot.typical, need);
      slotOf.set(interval.owner, best);
    } else {
      slotOf.set(interval.owner, slots.length);
      const { size, since } = interval;
      slots.push({ sizes: [size], since, busy: [interval], typical: need });
    }
  }
  return {
    slots: slots.map(({ sizes, since }) => ({ sizes: simplifySizes(sizes), since })),
    slotOf,
  };
}

/** A size where every symbol is 16, to compare sizes that the plan cannot know. */
function typicalSize(d: Dim): number {
  return Math.max(1, evaluateDim(d, new Map([...symbolsOf(d)].map((s) => [s, 16]))));
}

/** Of the sizes that are plain numbers only the largest matters. */
function simplifySizes(sizes: readonly Dim[]): Dim[] {
  const numbers = sizes.filter((s) => typeof s === "number");
  const others = sizes.filter((s) => typeof s !== "number");
  return numbers.length > 0 ? [Math.max(...numbers), ...others] : others;
}
