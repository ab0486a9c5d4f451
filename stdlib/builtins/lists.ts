/**
 * The methods of JavaScript's lists, for lists that live on the run-time heap of compiled code. Each
 * takes the list first. Lists of script have no holes, so nothing is said about these. Also `cat` of a list of any
 * length whose tensors differ in size.
 */

import { cat } from "../../runtime/eager/primitives.ts";
import type { Tensor } from "../../runtime/eager/tensor-types.ts";
import { elementOf, insertInto, joinTexts, removeFrom, sliceOf } from "./intrinsics.ts";

type Visit<T, R> = (element: T, index: number, list: readonly T[]) => R;

/** A place that JavaScript counts from the end where it is negative, within the list. */
function placeIn(length: number, at: number): number {
  // The sum takes the sign from -0, which is no place.
  const place = Math.trunc(at) + 0;
  if (Number.isNaN(place)) return 0;
  return place < 0 ? Math.max(place + length, 0) : Math.min(place, length);
}

/** Elements that a function adds are not visited, those that it takes away neither. */
export function forEach<T>(list: readonly T[], visit: Visit<T, unknown>): void {
  const length = list.length;
  for (let i = 0; i < length && i < list.length; i++) visit(elementOf(list, i), i, list);
}

export function map<T, R>(list: readonly T[], visit: Visit<T, R>): R[] {
  const result: R[] = [];
  const length = list.length;
  for (let i = 0; i < length && i < list.length; i++) {
    result.push(visit(elementOf(list, i), i, list));
  }
  return result;
}

export function filter<T>(list: readonly T[], keeps: Visit<T, boolean>): T[] {
  const result: T[] = [];
  const length = list.length;
  for (let i = 0; i < length && i < list.length; i++) {
    const element = elementOf(list, i);
    if (keeps(element, i, list)) result.push(element);
  }
  return result;
}

type Combine<T, R> = (sum: T | R, element: T, index: number, list: readonly T[]) => T | R;

const nothingToReduce = "Reduce of empty array with no initial value";

export function reduce<T, R>(
  list: readonly T[],
  combine: Combine<T, R>,
  ...initial: readonly R[]
): T | R {
  if (initial.length === 0 && list.length === 0) throw new TypeError(nothingToReduce);
  let sum: T | R = initial.length === 0 ? elementOf(list, 0) : initial[0]!;
  const length = list.length;
  for (let i = initial.length === 0 ? 1 : 0; i < length && i < list.length; i++)
    sum = combine(sum, elementOf(list, i), i, list);
  return sum;
}

export function reduceRight<T, R>(
  list: readonly T[],
  combine: Combine<T, R>,
  ...initial: readonly R[]
): T | R {
  if (initial.length === 0 && list.length === 0) throw new TypeError(nothingToReduce);
  let sum: T | R = initial.length === 0 ? elementOf(list, list.length - 1) : initial[0]!;
  for (let i = list.length - (initial.length === 0 ? 2 : 1); i >= 0; i--) {
    if (i < list.length) sum = combine(sum, elementOf(list, i), i, list);
  }
  return sum;
}

export function some<T>(list: readonly T[], accepts: Visit<T, boolean>): boolean {
  return findIndex(list, accepts) >= 0;
}

export function every<T>(list: readonly T[], accepts: Visit<T, boolean>): boolean {
  const length = list.length;
  for (let i = 0; i < length && i < list.length; i++) {
    if (!accepts(elementOf(list, i), i, list)) return false;
  }
  return true;
}

export function find<T>(list: readonly T[], accepts: Visit<T, boolean>): T | undefined {
  const length = list.length;
  for (let i = 0; i < length && i < list.length; i++) {
    const element = elementOf(list, i);
    if (accepts(element, i, list)) return element;
  }
  return undefined;
}

export function findIndex<T>(list: readonly T[], accepts: Visit<T, boolean>): number {
  const length = list.length;
  for (let i = 0; i < length && i < list.length; i++) {
    if (accepts(elementOf(list, i), i, list)) return i;
  }
  return -1;
}

export function findLast<T>(list: readonly T[], accepts: Visit<T, boolean>): T | undefined {
  for (let i = list.length - 1; i >= 0; i--) {
    if (i >= list.length) continue;
    const element = elementOf(list, i);
    if (accepts(element, i, list)) return element;
  }
  return undefined;
}

export function findLastIndex<T>(list: readonly T[], accepts: Visit<T, boolean>): number {
  for (let i = list.length - 1; i >= 0; i--) {
    if (i < list.length && accepts(elementOf(list, i), i, list)) return i;
  }
  return -1;
}

export function indexOf<T>(list: readonly T[], wanted: T, from = 0): number {
  for (let i = placeIn(list.length, from); i < list.length; i++) {
    if (elementOf(list, i) === wanted) return i;
  }
  return -1;
}

export function lastIndexOf<T>(list: readonly T[], wanted: T, from = Infinity): number {
  const place = Number.isNaN(from) ? 0 : Math.trunc(from) + 0;
  const start = place < 0 ? place + list.length : Math.min(place, list.length - 1);
  for (let i = start; i >= 0; i--) if (elementOf(list, i) === wanted) return i;
  return -1;
}

/** Unlike `indexOf`, finds NaN. */
export function includes<T>(list: readonly T[], wanted: T, from = 0): boolean {
  const wantsNaN = typeof wanted === "number" && Number.isNaN(wanted);
  for (let i = placeIn(list.length, from); i < list.length; i++) {
    const element = elementOf(list, i);
    if (element === wanted) return true;
    if (wantsNaN && typeof element === "number" && Number.isNaN(element)) return true;
  }
  return false;
}

export function at<T>(list: readonly T[], index: number): T | undefined {
  const place = Math.trunc(index);
  const counted = Number.isNaN(place) ? 0 : place < 0 ? place + list.length : place;
  if (counted < 0 || counted >= list.length) return undefined;
  return elementOf(list, counted);
}

export function slice<T>(list: readonly T[], from = 0, to = Infinity): T[] {
  const start = placeIn(list.length, from);
  return sliceOf(list, start, Math.max(placeIn(list.length, to), start));
}

export function toReversed<T>(list: readonly T[]): T[] {
  const result = sliceOf(list, 0, list.length);
  result.reverse();
  return result;
}

export function appendAll<T>(list: T[], source: Iterable<T>): void {
  for (const element of source) list.push(element);
}

/** Maps and sets from what can be iterated. */
export function putAll<K, V>(map: Map<K, V>, source: Iterable<readonly [K, V]>): void {
  for (const [key, value] of source) map.set(key, value);
}

/** `new Map(list.map(visit))`: the pairs need not be values of a list, where key and value have one kind. */
export function putMapped<T, K, V>(
  map: Map<K, V>,
  list: readonly T[],
  visit: Visit<T, readonly [K, V]>,
): void {
  const length = list.length;
  for (let i = 0; i < length && i < list.length; i++) {
    const [key, value] = visit(elementOf(list, i), i, list);
    map.set(key, value);
  }
}

export function addAll<K>(set: Set<K>, source: Iterable<K>): void {
  for (const key of source) set.add(key);
}

export function forEachEntry<K, V>(map: Map<K, V>, visit: (value: V, key: K) => unknown): void {
  for (const [key, value] of map) visit(value, key);
}

export function forEachKey<K>(set: Set<K>, visit: (key: K, again: K) => unknown): void {
  for (const key of set) visit(key, key);
}

/** `Array.from({ length }, make)`. */
export function fromLength<T>(length: number, make: (none: undefined, index: number) => T): T[] {
  const result: T[] = [];
  const whole = Math.trunc(length);
  for (let i = 0; i < whole; i++) result.push(make(undefined, i));
  return result;
}

export function fill<T>(list: T[], value: T, from = 0, to = Infinity): T[] {
  const end = placeIn(list.length, to);
  for (let i = placeIn(list.length, from); i < end; i++) list[i] = value;
  return list;
}

export function unshift<T>(list: T[], ...elements: readonly T[]): number {
  insertInto(list, 0, elements.length);
  let i = 0;
  for (const element of elements) list[i++] = element;
  return list.length;
}

/** Takes elements out, and puts others in their place; gives those that were taken out. */
export function splice<T>(
  list: T[],
  from: number,
  count = Infinity,
  ...elements: readonly T[]
): T[] {
  const start = placeIn(list.length, from);
  const given = Math.trunc(count);
  const removed = Math.min(Math.max(Number.isNaN(given) ? 0 : given, 0), list.length - start);
  const result = sliceOf(list, start, start + removed);
  removeFrom(list, start, removed);
  insertInto(list, start, elements.length);
  let i = start;
  for (const element of elements) list[i++] = element;
  return result;
}

/** `Math.max(…list, start)`. */
export function greatestAmong(list: readonly number[], start: number): number {
  let most = start;
  for (const x of list) most = Math.max(most, x);
  return most;
}

/** `Math.min(…list, start)`. */
export function leastAmong(list: readonly number[], start: number): number {
  let least = start;
  for (const x of list) least = Math.min(least, x);
  return least;
}

export function concat<T>(list: readonly T[], ...others: readonly (readonly T[])[]): T[] {
  const result = sliceOf(list, 0, list.length);
  for (const other of others) appendAll(result, other);
  return result;
}

export function join<T>(list: readonly T[], separator = ","): string {
  const texts: string[] = [];
  for (let i = 0; i < list.length; i++) texts.push(textOf(elementOf(list, i)));
  return joinTexts(texts, separator);
}

/** Nothing has no text in a joined list. */
const textOf = (element: unknown): string =>
  element === undefined || element === null ? "" : `${element}`;

export function flat<T>(list: readonly (readonly T[])[]): T[] {
  const result: T[] = [];
  for (const inner of list) appendAll(result, inner);
  return result;
}

export function flatMap<T, R>(list: readonly T[], visit: Visit<T, readonly R[]>): R[] {
  const result: R[] = [];
  const length = list.length;
  for (let i = 0; i < length && i < list.length; i++) {
    appendAll(result, visit(elementOf(list, i), i, list));
  }
  return result;
}

export function withElement<T>(list: readonly T[], index: number, value: T): T[] {
  const given = Number.isNaN(index) ? 0 : Math.trunc(index);
  const place = given < 0 ? given + list.length : given;
  if (place < 0 || place >= list.length) throw new RangeError(`Invalid index : ${given}`);
  const result = sliceOf(list, 0, list.length);
  result[place] = value;
  return result;
}

type Compare<T> = (a: T, b: T) => number;

/** Merges runs that double in length: stable, and always in the same order of comparisons. */
export function sort<T>(list: T[], compare: Compare<T> = compareTexts): T[] {
  const length = list.length;
  let from = sliceOf(list, 0, length);
  let to = sliceOf(list, 0, length);
  for (let width = 1; width < length; width *= 2) {
    for (let start = 0; start < length; start += 2 * width) {
      mergeRuns(
        from,
        to,
        start,
        Math.min(start + width, length),
        Math.min(start + 2 * width, length),
        compare,
      );
    }
    const done = to;
    to = from;
    from = done;
  }
  for (let i = 0; i < length; i++) list[i] = elementOf(from, i);
  return list;
}

function mergeRuns<T>(
  from: readonly T[],
  to: T[],
  start: number,
  middle: number,
  end: number,
  compare: Compare<T>,
): void {
  let left = start;
  let right = middle;
  for (let i = start; i < end; i++) {
    const takesLeft =
      right >= end ||
      (left < middle && !(compare(elementOf(from, left), elementOf(from, right)) > 0));
    to[i] = takesLeft ? elementOf(from, left++) : elementOf(from, right++);
  }
}

/** Without a function, elements are ordered by their texts. */
function compareTexts<T>(a: T, b: T): number {
  const first = `${a}`;
  const second = `${b}`;
  return first < second ? -1 : first > second ? 1 : 0;
}

export function toSorted<T>(list: readonly T[], compare: Compare<T> = compareTexts): T[] {
  return sort(sliceOf(list, 0, list.length), compare);
}

/**
 * `cat(list, dim)` of tensors whose sizes differ: neighbours are put together until one is left, so that
 * elements move only as often as the number of tensors can be halved.
 */
export function catAll(list: readonly Tensor[], dim: number): Tensor {
  let parts: Tensor[] = [];
  for (let i = 0; i < list.length; i++) parts.push(elementOf(list, i));
  while (parts.length > 1) {
    const pairs: Tensor[] = [];
    for (let i = 0; i < parts.length; i += 2) {
      const part = elementOf(parts, i);
      pairs.push(i + 1 < parts.length ? cat([part, elementOf(parts, i + 1)], dim) : part);
    }
    parts = pairs;
  }
  return elementOf(parts, 0);
}
