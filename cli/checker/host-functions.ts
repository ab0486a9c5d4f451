/** JavaScript's own functions and constructors on values of evaluated programs. */

import { callHostMethod, fieldsOf, giveAway, itemsOf } from "./host-values.ts";
import type { Machine } from "./machine.ts";
import { isPrimitive, StaticArray, StaticObject, StaticTensor, unclear } from "./static-values.ts";

type Args = readonly unknown[];
type HostCall = (m: Machine, args: Args) => unknown;

const entries: HostCall = (m, [v]) => {
  const fields = namedFields(m, v);
  return fields === undefined ? unclear : fields.map(([key, value]) => [key, value]);
};

const namedFields = (
  m: Machine,
  v: unknown,
): readonly (readonly [string, unknown])[] | undefined => {
  const fields = fieldsOf(m, v);
  if (fields === undefined) return undefined;
  const named: (readonly [string, unknown])[] = [];
  for (const [key, value] of fields) {
    if (typeof key === "string" && !key.startsWith("#")) named.push([key, value]);
  }
  return named;
};

const fromEntries: HostCall = (m, [v]) => {
  const made = new StaticObject(undefined);
  const list = itemsOf(m, v);
  for (const entry of list ?? []) {
    const pair = itemsOf(m, entry);
    if (pair === undefined || pair[0] === unclear || !isPrimitive(pair[0])) return unclear;
    made.fields.set(String(pair[0]), pair[1]);
  }
  return list === undefined ? unclear : made;
};

const assign: HostCall = (m, [target, ...sources]) => {
  if (!(target instanceof StaticObject)) return unclear;
  for (const source of sources) {
    const fields = fieldsOf(m, source);
    if (fields === undefined) m.certainty.blur(target);
    else for (const [key, value] of fields) m.setMember(target, key, value);
  }
  return target;
};

const arrayFrom: HostCall = (m, [source, f]) => {
  const items = itemsOf(m, source) ?? lengthOf(m, source);
  if (items === undefined) return unclear;
  if (f === undefined) return [...items];
  return items.map((item, i) => m.call(f, undefined, [item, i]));
};

/** Only whether something is a record or a list is known of its prototype. */
function prototypeOf(_: Machine, [v]: Args): unknown {
  if (Array.isArray(v)) return Array.prototype;
  if (v instanceof StaticObject) return v.type ?? Object.prototype;
  if (v instanceof StaticTensor) return StaticTensor.prototype;
  return unclear;
}

/** `{ length: 3 }` */
function lengthOf(m: Machine, v: unknown): Args | undefined {
  const length = v instanceof StaticObject ? fieldsOf(m, v)?.get("length") : undefined;
  return typeof length === "number" && length < 100_000
    ? Array.from({ length }, () => undefined)
    : undefined;
}

const special: ReadonlyMap<unknown, HostCall> = new Map<unknown, HostCall>([
  [Object.entries, entries],
  [Object.keys, (m, [v]) => namedFields(m, v)?.map(([key]) => key) ?? unclear],
  [Object.values, (m, [v]) => namedFields(m, v)?.map(([, value]) => value) ?? unclear],
  [Object.fromEntries, fromEntries],
  [Object.assign, assign],
  [Object.freeze, (_, [v]) => v],
  [Object.getPrototypeOf, prototypeOf],
  [Array.isArray, (_, [v]) => (v === unclear ? unclear : Array.isArray(v))],
  [Array.from, arrayFrom],
  [Array.of, (_, args) => [...args]],
  [Symbol, (_, [name]) => Symbol(String(name))],
  [Promise.all, (_, [list]) => list],
  [Promise.resolve, (_, [v]) => v],
  [console.log, () => undefined],
  [console.error, () => undefined],
  [console.warn, () => undefined],
]);

/** Functions that depend on their arguments alone. */
const pure: ReadonlySet<unknown> = new Set<unknown>([
  ...Object.getOwnPropertyNames(Math)
    .filter((name) => name !== "random")
    .map((name): unknown => Reflect.get(Math, name)),
  ...[Number, String, Boolean, parseInt, parseFloat],
  ...[Number.isInteger, Number.isFinite, Number.isNaN, Number.isSafeInteger, Symbol.for],
]);

export function callHostFunction(m: Machine, f: object, thisValue: unknown, args: Args): unknown {
  const call = special.get(f);
  if (call !== undefined) {
    const result = call(m, args);
    return typeof result === "object" && result !== null ? m.certainty.made(result) : result;
  }
  const isKnown = args.every((v) => v !== unclear && isPrimitive(v));
  if (pure.has(f) && isKnown && typeof f === "function")
    return Reflect.apply(f, thisValue, [...args]);
  giveAway(m, args);
  return unclear;
}

const typedArrays: ReadonlyMap<unknown, string> = new Map<unknown, string>(
  [
    ...[Float32Array, Float64Array, Int8Array, Int16Array, Int32Array],
    ...[Uint8Array, Uint16Array, Uint32Array],
  ].map((type) => [type, type.name]),
);

/** `new type(…args)` of JavaScript's own classes. */
export function constructHost(m: Machine, type: unknown, args: Args): unknown {
  const [first] = args;
  const typed = typedArrays.get(type);
  if (typed !== undefined) {
    const length = typeof first === "number" ? first : itemsOf(m, first)?.length;
    return new StaticArray(typed, first instanceof StaticArray ? first.length : length);
  }
  if (type === Map || type === Set) return collection(m, type === Set, args);
  if (type === Array && args.length === 1 && typeof first === "number" && first < 100_000) {
    return m.certainty.made(new Array(first));
  }
  if (type === Array && !args.includes(unclear)) return m.certainty.made([...args]);
  giveAway(m, args);
  return unclear;
}

function collection(m: Machine, isSet: boolean, args: Args): unknown {
  const items = args.length === 0 ? [] : itemsOf(m, args[0]);
  if (items === undefined) return unclear;
  if (isSet) return items.includes(unclear) ? unclear : m.certainty.made(new Set(items));
  const map = m.certainty.made(new Map<unknown, unknown>());
  for (const entry of items) {
    const pair = itemsOf(m, entry);
    if (pair === undefined || pair[0] === unclear) return unclear;
    callHostMethod(m, map, "set", [pair[0], pair[1]]);
  }
  return map;
}
