/** How calls fail from deep inside: a trap, and a number that the host asks for after it. */

import type { Span } from "../../graph/ir.ts";
import { compare, FuncBuilder, global, i32 } from "../../loop/build.ts";
import { callHeap } from "../../loop/heap.ts";
import type { LoopExpr, LoopFunc } from "../../loop/ir.ts";
import type { HeapLibrary } from "./heap-library.ts";

/** Why lowered code trapped, as the number of a failure. */
const trappedName = "trapped";
/** Not 0 once functions of the program were called that call themselves. */
export const stackName = "stack";
export const tooDeep = "calls nest too deeply";

/** What the heap's own failures mean, by their numbers from 1 on. */
const heapFailures = [
  "out of memory",
  "a text is longer than 536,870,912 units",
  "upper and lower case are known for ASCII letters only",
  "the count of a repetition is negative or not finite",
  "a list is too long",
  "a radix is from 2 to 36, a number of digits from 0 to 100",
  "a code point is a whole number from 0 to 1,114,111",
] as const;

/** What functions of texts can fail with, by what they are given. */
const failuresOf: ReadonlyMap<string, readonly number[]> = new Map([
  ["toUpperCase", [3]],
  ["toLowerCase", [3]],
  ["repeat", [2, 4]],
  ["padStart", [2]],
  ["padEnd", [2]],
  ["replaceAll", [2]],
  ["toFixed", [6]],
  ["toRadix", [6]],
  ["fromCodePoint", [7]],
]);

/** Not 0 while a function of the heap runs that can fail by what it is given: the number of its place. */
const placeName = "heapPlace";

/** `call` of the function `fn` of texts, with its place told where it can fail. */
export function atPlace(
  heap: HeapLibrary,
  b: FuncBuilder,
  fn: string,
  span: Span | undefined,
  call: LoopExpr,
): LoopExpr {
  if (!failuresOf.has(fn) || span === undefined) return call;
  heap.places.push({ fn, span });
  b.emit({ s: "setGlobal", name: heap.global(placeName), value: i32(heap.places.length) });
  const result = b.let("result", call);
  b.emit({ s: "setGlobal", name: heap.global(placeName), value: i32(0) });
  return result;
}

/** Ends the call with a failure, from however deep inside. */
export function trap(heap: HeapLibrary, b: FuncBuilder, message: string): void {
  trapWith(heap, b, i32(heap.sites.add(message, undefined)));
}

export function trapWith(heap: HeapLibrary, b: FuncBuilder, site: LoopExpr): void {
  b.emit({ s: "setGlobal", name: heap.global(trappedName), value: site });
  b.emit({ s: "trap" });
}

/** The number of the failure that has a text of its own, and where that lies. */
export const textSiteName = "failureText.site";
export const textAtName = "failureText.at";

/** The failure `site` is told by the text at `text`, as far as hosts ask before the next call. */
export function keepFailureText(
  heap: HeapLibrary,
  b: FuncBuilder,
  site: number,
  text: LoopExpr,
): void {
  heap.hasFailureTexts = true;
  b.emit({ s: "setGlobal", name: heap.global(textAtName), value: callHeap("strUtf8", text) });
  b.emit({ s: "setGlobal", name: heap.global(textSiteName), value: i32(site) });
}

/** Part of an entry: no earlier trap counts. */
export function forgetTraps(heap: HeapLibrary, b: FuncBuilder): void {
  b.emit({ s: "setGlobal", name: heap.global(trappedName), value: i32(0) });
  b.emit({ s: "setGlobal", name: heap.global(stackName), value: i32(0) });
  b.emit({ s: "setGlobal", name: heapFailure, value: i32(0) });
  b.emit({ s: "setGlobal", name: heap.global(placeName), value: i32(0) });
}

const heapFailure = "heap.heapFailure";

/** `glim_failure()`: why the last call trapped; 0 where nothing is known of it. */
export function failureFunction(heap: HeapLibrary): LoopFunc {
  const b = new FuncBuilder();
  const give = (value: LoopExpr): void => b.emit({ s: "return", value });
  const trapped = global(heap.global(trappedName));
  b.if(trapped, () => give(trapped));
  heap.places.forEach(({ fn, span }, i) => {
    for (const failure of failuresOf.get(fn)!) {
      const site = heap.sites.add(heapFailures[failure - 1]!, span);
      const isIt = compare("eq", global(heapFailure), i32(failure));
      const isHere = compare("eq", global(heap.global(placeName)), i32(i + 1));
      b.if(isIt, () => b.if(isHere, () => give(i32(site))));
    }
  });
  heapFailures.forEach((message, i) => {
    const site = heap.sites.add(message, undefined);
    b.if(compare("eq", global(heapFailure), i32(i + 1)), () => give(i32(site)));
  });
  // An engine's own limit may come before ours. It tells no place; there may be only one.
  const places = heap.sites.sites.filter(({ message }) => message === tooDeep);
  const site = places.length === 1 ? places[0]!.id : heap.sites.add(tooDeep, undefined);
  b.if(global(heap.global(stackName)), () => give(i32(site)));
  give(i32(0));
  return b.finish("glim_failure", { exported: "glim_failure", result: "i32" });
}
