/** Owns which of JavaScript's globals the frontend knows, and what they are called. */

const namespaces: readonly (readonly [string, object])[] = [
  ["Math", Math],
  ["Number", Number],
  ["Array", Array],
  ["Object", Object],
  ["String", String],
  ["Boolean", Boolean],
  ["Symbol", Symbol],
  ["BigInt", BigInt],
  ["Date", Date],
  ["RegExp", RegExp],
  ["Promise", Promise],
  ["Map", Map],
  ["Set", Set],
  ["Error", Error],
  ["RangeError", RangeError],
  ["TypeError", TypeError],
  ["Reflect", Reflect],
  ["JSON", JSON],
  ["Function", Function],
  ["console", console],
  ["globalThis", globalThis],
];

const functions = ["parseInt", "parseFloat", "isNaN", "isFinite", "eval"] as const;

/** The members that are called by name, and those that are numbers. */
const memberOwners: readonly string[] = ["Math", "Number", "Array", "Object", "String", "console"];

function listGlobals(): ReadonlyMap<unknown, string> {
  const names = new Map<unknown, string>(namespaces.map(([name, object]) => [object, name]));
  for (const name of functions) names.set(Reflect.get(globalThis, name), name);
  for (const [owner, object] of namespaces) {
    if (!memberOwners.includes(owner)) continue;
    for (const key of Object.getOwnPropertyNames(object)) {
      const member: unknown = Reflect.get(object, key);
      // `Number.parseInt` is the global `parseInt`: the first name stays.
      if (typeof member === "function" && !names.has(member)) names.set(member, `${owner}.${key}`);
    }
  }
  return names;
}

const names = listGlobals();

/** `Math`, `Math.sqrt`, `isNaN` …: the name of a global object or function; undefined for others. */
export const globalName = (value: unknown): string | undefined => names.get(value);
