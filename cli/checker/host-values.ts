/** Lists, maps, sets and texts of evaluated programs: JavaScript's own, as far as what they hold is known. */

import type { Machine } from "./machine.ts";
import {
  isPrimitive,
  type Key,
  StaticArray,
  StaticFunction,
  StaticNamespace,
  StaticObject,
  unclear,
} from "./static-values.ts";

/** What iterating over a value gives; undefined where that is not known. */
export function itemsOf(m: Machine, value: unknown): readonly unknown[] | undefined {
  if (typeof value === "string") return [...value];
  if (typeof value !== "object" || value === null || m.certainty.isBlurred(value)) return undefined;
  if (Array.isArray(value)) return value;
  if (value instanceof Map || value instanceof Set) return [...value];
  return undefined;
}

/** The own fields of a value; undefined where they are not known. */
export function fieldsOf(m: Machine, value: unknown): ReadonlyMap<Key, unknown> | undefined {
  if (value === undefined || value === null) return new Map();
  if (value instanceof StaticNamespace) {
    return new Map(value.names().map((name) => [name, value.read(name)]));
  }
  if (typeof value !== "object" || m.certainty.isBlurred(value)) return undefined;
  if (value instanceof StaticObject) return value.fields;
  if (Array.isArray(value)) return new Map(value.map((item, i) => [String(i), item]));
  return undefined;
}

/** A property of a list, map, set or text that is not a method; undefined where there is none. */
export function hostProperty(
  m: Machine,
  object: unknown,
  key: Key,
): { readonly value: unknown } | undefined {
  if (typeof object === "object" && object !== null && m.certainty.isBlurred(object)) {
    return { value: unclear };
  }
  if (object instanceof StaticArray) {
    if (key === "length") return { value: object.length ?? unclear };
    return { value: unclear };
  }
  const isSized = typeof object === "string" || Array.isArray(object);
  if (isSized && key === "length") return { value: object.length };
  if (isSized && typeof key === "string" && /^\d+$/.test(key))
    return { value: object[Number(key)] };
  if ((object instanceof Map || object instanceof Set) && key === "size") {
    return { value: object.size };
  }
  return undefined;
}

const changing: ReadonlySet<Key> = new Set([
  ...["push", "pop", "shift", "unshift", "splice", "sort", "reverse", "fill", "copyWithin"],
  ...["set", "add", "delete", "clear"],
]);

/** Methods that only move values around or hand them to a function: what they hold need not be known. */
const anyContents: ReadonlySet<Key> = new Set([
  ...["push", "pop", "shift", "unshift", "splice", "reverse", "fill", "concat", "slice", "at"],
  ...["map", "forEach", "flat", "flatMap", "reduce", "reduceRight", "entries", "keys", "values"],
  ...["set", "get", "clear", "toReversed", "with"],
]);

/** Calls a method that JavaScript itself has; unclear where its result would not be known. */
export function callHostMethod(
  m: Machine,
  object: unknown,
  key: Key,
  args: readonly unknown[],
): unknown {
  if (typeof object === "object" && object !== null) {
    if (m.certainty.isBlurred(object)) {
      giveAway(m, args);
      return unclear;
    }
    if (changing.has(key) && !m.certainty.changes(object)) {
      m.certainty.blur(object);
      giveAway(m, args);
      return unclear;
    }
  }
  const method: unknown = Reflect.get(Object(object), key);
  if (typeof method !== "function") return unclear;
  const isMovable = anyContents.has(key) && !isPrimitive(object);
  const held = object instanceof Map ? [...object.keys()] : Array.isArray(object) ? object : [];
  if (!isMovable && [...held, ...args].some((v) => !isKnown(v))) {
    if (typeof object === "object" && object !== null && changing.has(key))
      m.certainty.blur(object);
    giveAway(m, args);
    return unclear;
  }
  if (isMovable && args.some((v, i) => v === unclear && isPosition(key, i))) {
    if (typeof object === "object" && object !== null) m.certainty.blur(object);
    return unclear;
  }
  let isUnclear = false;
  const given = args.map((arg) =>
    arg instanceof StaticFunction
      ? (...inner: readonly unknown[]) => {
          const result = m.call(arg, undefined, inner);
          if (result === unclear && !anyContents.has(key)) isUnclear = true;
          return result;
        }
      : arg,
  );
  let result: unknown;
  try {
    result = Reflect.apply(method, object, given);
  } catch (error) {
    // A RangeError or TypeError of the method's own is one that the program would meet.
    if (error instanceof TypeError || error instanceof RangeError) return unclear;
    throw error;
  }
  if (isUnclear) {
    if (typeof object === "object" && object !== null && changing.has(key))
      m.certainty.blur(object);
    return unclear;
  }
  if (isIterator(result)) return m.certainty.made([...result]);
  return typeof result === "object" && result !== null && result !== object
    ? m.certainty.made(result)
    : result;
}

const isIterator = (v: unknown): v is Iterable<unknown> =>
  typeof v === "object" && v !== null && "next" in v && Symbol.iterator in v;

/** Values that comparing and converting give a known result for. */
const isKnown = (v: unknown): boolean => v !== unclear;

/** Whether an argument says where or how much, and not what. */
function isPosition(key: Key, index: number): boolean {
  switch (key) {
    case "slice":
    case "at":
    case "flat":
    case "get":
      return true;
    case "splice":
      return index < 2;
    case "fill":
      return index > 0;
    case "with":
    case "set":
      return index === 0;
    default:
      return false;
  }
}

/** Something that is not known gets hold of values: it may change what they hold. */
export function giveAway(m: Machine, values: readonly unknown[]): void {
  const seen = new Set<unknown>();
  const visit = (v: unknown): void => {
    if (typeof v !== "object" || v === null || seen.has(v)) return;
    seen.add(v);
    if (v instanceof StaticObject) {
      m.certainty.blur(v);
      for (const field of v.fields.values()) visit(field);
    } else if (Array.isArray(v) || v instanceof Set || v instanceof Map) {
      m.certainty.blur(v);
      for (const item of v instanceof Map ? v.values() : v) visit(item);
    }
  };
  for (const v of values) visit(v);
}
