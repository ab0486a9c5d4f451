/**
 * The run-time heap as Loop IR calls it: the types of the library's functions (runtime/heap documents
 * each), and which of them a module links.
 */

import type { Callee, Links, LoopExpr, LoopFunc, LoopType } from "./ir.ts";
import { namesIn } from "./walk.ts";

type Types = readonly [params: readonly LoopType[], result?: LoopType];

/** By the names that runtime/heap/index.ts exports. Addresses and booleans are i32. */
const types = {
  alloc: [["i32"], "i32"],
  allocRaw: [["i32"], "i32"],
  free: [["i32"]],
  heapForget: [[]],
  heapInit: [["i32"]],
  heapSweep: [[]],
  retain: [["i32"]],
  usedBytes: [[], "i32"],
  boolToStr: [["i32"], "i32"],
  intToStr: [["i32"], "i32"],
  intUnits: [["i32"], "i32"],
  listCopy: [["i32", "i32", "i32", "i32"], "i32"],
  listFree: [["i32"]],
  listKeep: [["i32"]],
  listInsert: [["i32", "i32", "i32", "i32"], "i32"],
  listNew: [["i32", "i32"], "i32"],
  listPush: [["i32", "i32"], "i32"],
  listRemove: [["i32", "i32", "i32", "i32"]],
  listResize: [["i32", "i32", "i32"]],
  listReverse: [["i32", "i32"]],
  listSlot: [["i32", "f64", "i32"], "i32"],
  mapClear: [["i32"]],
  mapDropNum: [["i32", "f64"], "i32"],
  mapDropRef: [["i32", "i32"], "i32"],
  mapDropStr: [["i32", "i32"], "i32"],
  mapFindNum: [["i32", "f64"], "i32"],
  mapFindRef: [["i32", "i32"], "i32"],
  mapFindStr: [["i32", "i32"], "i32"],
  mapFree: [["i32"]],
  mapKeep: [["i32"]],
  mapKeyAt: [["i32", "i32"], "i32"],
  mapLock: [["i32"]],
  mapNew: [["i32"], "i32"],
  mapNext: [["i32", "i32"], "i32"],
  mapPutNum: [["i32", "f64"], "i32"],
  mapPutRef: [["i32", "i32"], "i32"],
  mapPutStr: [["i32", "i32"], "i32"],
  mapSize: [["i32"], "f64"],
  mapUnlock: [["i32"]],
  mapValueAt: [["i32", "i32"], "i32"],
  numToExponential: [["f64", "f64"], "i32"],
  numToExponentialShort: [["f64"], "i32"],
  numToFixed: [["f64", "f64"], "i32"],
  numToPrecision: [["f64", "f64"], "i32"],
  numToRadix: [["f64", "f64"], "i32"],
  numToStr: [["f64"], "i32"],
  parseFloat: [["i32"], "f64"],
  parseInt: [["i32", "f64"], "f64"],
  strAppend: [["i32", "i32"], "i32"],
  strAppendInt: [["i32", "i32"], "i32"],
  strAt: [["i32", "f64"], "i32"],
  strCharAt: [["i32", "f64"], "i32"],
  strChars: [["i32"], "i32"],
  strCodeAt: [["i32", "f64"], "f64"],
  strCodePointAt: [["i32", "f64"], "f64"],
  strCompare: [["i32", "i32"], "i32"],
  strConcat: [["i32", "i32"], "i32"],
  strEnds: [["i32", "i32", "f64"], "i32"],
  strEqual: [["i32", "i32"], "i32"],
  strFromCode: [["f64"], "i32"],
  strFromCodePoint: [["f64"], "i32"],
  strHash: [["i32"], "i32"],
  strIncludes: [["i32", "i32", "f64"], "i32"],
  strIndexOf: [["i32", "i32", "f64"], "f64"],
  strJoin: [["i32", "i32"], "i32"],
  strLastIndexOf: [["i32", "i32", "f64"], "f64"],
  strLength: [["i32"], "f64"],
  strLonger: [["i32", "i32"], "i32"],
  strLower: [["i32"], "i32"],
  strNew: [["i32"], "i32"],
  strNextPoint: [["i32", "i32"], "i32"],
  strPadEnd: [["i32", "f64", "i32"], "i32"],
  strPadStart: [["i32", "f64", "i32"], "i32"],
  strPut: [["i32", "i32"], "i32"],
  strPutInt: [["i32", "i32", "i32"], "i32"],
  strRaw: [["i32"], "i32"],
  strRepeat: [["i32", "f64"], "i32"],
  strReplace: [["i32", "i32", "i32"], "i32"],
  strReplaceAll: [["i32", "i32", "i32"], "i32"],
  strSlice: [["i32", "f64", "f64"], "i32"],
  strSplit: [["i32", "i32", "f64"], "i32"],
  strStarts: [["i32", "i32", "f64"], "i32"],
  strSubstring: [["i32", "f64", "f64"], "i32"],
  strToNum: [["i32"], "f64"],
  strTrim: [["i32"], "i32"],
  strTrimEnd: [["i32"], "i32"],
  strTrimStart: [["i32"], "i32"],
  strUtf8: [["i32"], "i32"],
  strUpper: [["i32"], "i32"],
} as const satisfies Readonly<Record<string, Types>>;

export type HeapFunction = keyof typeof types;

const prefix = "heap.";

const calleeOf = ([params, result]: Types): Callee => ({
  params: params.map((type) => ({ type })),
  result,
});

/** Every function of the heap by the name that calls have: `heap.alloc`. */
export const heapFunctions: ReadonlyMap<string, Callee> = new Map(
  Object.entries<Types>(types).map(([name, type]) => [prefix + name, calleeOf(type)]),
);

/** `heap.heapFailure`: why the heap trapped. `heap.mapAdded`: whether the last put made an entry. */
export const heapGlobals: ReadonlySet<string> = new Set(["heap.heapFailure", "heap.mapAdded"]);

/** An expression that calls the heap. */
export function callHeap(name: HeapFunction, ...args: readonly LoopExpr[]): LoopExpr {
  const { result } = calleeOf(types[name]);
  if (result === undefined) throw new Error(`heap.${name} gives nothing`);
  return { k: "call", type: result, callee: prefix + name, args };
}

/**
 * What `funcs` use of the heap, and what the host is to see of it: linked names by exported ones.
 * Undefined where that is nothing.
 */
export function heapLinks(
  funcs: readonly LoopFunc[],
  exports: ReadonlyMap<string, string> = new Map(),
): Links | undefined {
  const used = new Set([...exports.values(), ...funcs.flatMap((f) => [...namesIn(f)])]);
  const functions = new Map([...heapFunctions].filter(([name]) => used.has(name)));
  const globals = new Set([...heapGlobals].filter((name) => used.has(name)));
  return functions.size + globals.size === 0 ? undefined : { functions, globals, exports };
}
