/**
 * Every built-in of the table in docs/language.md as an entry of a program, with what it is given. The names
 * are those of the table; a name may have several entries.
 */

export type Group = "lists" | "texts" | "maps" | "numbers" | "Math" | "objects";

/** `xs`, `ys`: numbers; `ws`: texts; `s`, `t`: texts; `x`, `y`: any numbers; `i`, `j`: small numbers. */
export interface BuiltinCase {
  readonly group: Group;
  readonly name: string;
  /** Statements whose last one returns. */
  readonly body: string;
}

const of =
  (group: Group) =>
  (name: string, ...bodies: readonly string[]): BuiltinCase[] =>
    bodies.map((body) => ({ group, name, body: /return|;/.test(body) ? body : `return ${body};` }));

const list = of("lists");
const text = of("texts");
const map = of("maps");
const number = of("numbers");
const math = of("Math");
const object = of("objects");

const counts =
  "const m = new Map<number, number>(); for (const e of xs) m.set(e, (m.get(e) ?? 0) + 1);";
const places = "const m = new Map<string, number>(); ws.forEach((w, k) => { m.set(w, k); });";

export const cases: readonly BuiltinCase[] = [
  ...list("length", "xs.length", "xs.length = Math.min(i & 3, xs.length); return xs;"),
  ...list("push", "const n = xs.push(x, y); return [n, ...xs];"),
  ...list("pop", "const e = xs.pop(); return { e, xs };"),
  ...list("shift", "const e = xs.shift(); return { e, xs };"),
  ...list("unshift", "const n = xs.unshift(x, y); return [n, ...xs];"),
  ...list(
    "splice",
    "const out = xs.splice(i, j, x, y); return { out, xs };",
    "const out = xs.splice(i, j); return { out, xs };",
    "const out = xs.splice(i); return { out, xs };",
  ),
  ...list("slice", "xs.slice(i, j)", "xs.slice(i)", "ws.slice()"),
  ...list("concat", "xs.concat(ys)", "xs.concat(ys, xs)", "ws.concat(ws)"),
  ...list("join", "xs.join()", "ws.join(s)", "xs.map((e) => e > 0).join(s)"),
  ...list("reverse", "xs.reverse()", "ws.reverse()"),
  ...list("toReversed", "const r = xs.toReversed(); return [...xs, ...r];"),
  ...list(
    "sort",
    "xs.filter((e) => e <= 1e12).sort((a, b) => a - b)",
    "xs.sort()",
    "ws.sort()",
    "ws.sort((a, b) => b.length - a.length)",
  ),
  ...list(
    "toSorted",
    "const r = xs.filter((e) => e <= 3).toSorted((a, b) => b - a); return [...xs, ...r];",
  ),
  ...list("fill", "xs.fill(x)", "xs.fill(x, i)", "xs.fill(x, i, j)", "ws.fill(s, i)"),
  ...list("map", "xs.map((e, k) => e * 2 + k)", "ws.map((w) => w + s)"),
  ...list("filter", "xs.filter((e) => e > x)", "ws.filter((w, k) => w.length > k)"),
  ...list(
    "reduce",
    "xs.reduce((a, b) => a - b)",
    "xs.reduce((a, b) => a - b, x)",
    "ws.reduce((a, w, k) => a + w + k)",
    "ws.reduce((a, w) => a + w.length, x)",
  ),
  ...list(
    "reduceRight",
    "xs.reduceRight((a, b) => a - b)",
    "ws.reduceRight((a, w, k) => a + w + k, s)",
  ),
  ...list("forEach", "let sum = 0; xs.forEach((e, k) => { sum += e * k; }); return sum;"),
  ...list("some", "xs.some((e) => e > x)"),
  ...list("every", "xs.every((e) => e > x)"),
  ...list("find", "xs.find((e) => e > x)", "ws.find((w) => w > s)"),
  ...list("findIndex", "xs.findIndex((e) => e > x)"),
  ...list("findLast", "xs.findLast((e) => e > x)"),
  ...list("findLastIndex", "xs.findLastIndex((e) => e > x)"),
  ...list("indexOf", "xs.indexOf(x)", "xs.indexOf(x, i)", "ws.indexOf(s)"),
  ...list("lastIndexOf", "xs.lastIndexOf(x)", "xs.lastIndexOf(x, i)", "ws.lastIndexOf(s)"),
  ...list("includes", "xs.includes(x)", "xs.includes(x, i)", "ws.includes(s)"),
  ...list("at", "xs.at(i)", "ws.at(i)"),
  ...list("with", "xs.with(i, y)"),
  ...list("flat", "[xs, ys, xs.slice(1)].flat()", "xs.map((e) => [e, i]).flat()"),
  ...list("flatMap", "xs.flatMap((e, k) => [e, k])"),
  ...list("keys", "let sum = 0; for (const k of xs.keys()) sum += k; return sum;"),
  ...list("values", "let sum = 0; for (const e of xs.values()) sum += e; return sum;"),
  ...list("entries", "let sum = 0; for (const [k, e] of xs.entries()) sum += k * e; return sum;"),

  ...text("length", "s.length"),
  ...text("[i]", 'return s[i] === undefined ? "none" : s[i]!;'),
  ...text("at", "s.at(i)"),
  ...text("charAt", "s.charAt(i)"),
  ...text("charCodeAt", "s.charCodeAt(i)"),
  ...text("slice", "s.slice(i, j)", "s.slice(i)"),
  ...text("substring", "s.substring(i, j)", "s.substring(i)"),
  ...text("indexOf", "s.indexOf(t)", "s.indexOf(t, i)"),
  ...text("lastIndexOf", "s.lastIndexOf(t)", "s.lastIndexOf(t, i)"),
  ...text("startsWith", "s.startsWith(t)", "s.startsWith(t, i)"),
  ...text("endsWith", "s.endsWith(t)", "s.endsWith(t, i)"),
  ...text("includes", "s.includes(t)", "s.includes(t, i)"),
  ...text("trim", "s.trim()"),
  ...text("trimStart", "s.trimStart()"),
  ...text("trimEnd", "s.trimEnd()"),
  ...text("repeat", "s.repeat(Math.abs(i))"),
  ...text("padStart", "s.padStart(i * 2, t)", "s.padStart(i * 2)"),
  ...text("padEnd", "s.padEnd(i * 2, t)", "s.padEnd(i * 2)"),
  ...text("replace", "s.replace(t, s)", 's.replace(t, "$&")'),
  ...text("replaceAll", "s.replaceAll(t, s)"),
  ...text("split", "s.split(t)", "s.split(t, i)", 's.split("")'),
  ...text("concat", "s.concat(t, s)"),
  ...text("toUpperCase", "s.toUpperCase()"),
  ...text("toLowerCase", "s.toLowerCase()"),
  ...text(
    "iteration by code points",
    "const out: string[] = []; for (const c of s) out.push(c); return out;",
  ),

  ...map("size", `${places} return m.size;`, "return new Set(xs).size;"),
  ...map("has", "return new Set(xs).has(x);", `${places} return m.has(s);`),
  ...map("get", `${counts} return m.get(x);`, `${places} return m.get(s);`),
  ...map("set", `${counts} return m;`, `${places} m.set(s, -1); return m;`),
  ...map("add", "const m = new Set(ws); m.add(s).add(t); return m;"),
  ...map("delete", "const m = new Set(xs); const was = m.delete(x); m.add(x); return { was, m };"),
  ...map("clear", `${places} m.clear(); m.set(s, 1); return m;`),
  ...map("keys", `${counts} let o = 0; for (const k of m.keys()) o = o * 3 + k; return o;`),
  ...map("values", `${places} let o = 0; for (const k of m.values()) o = o * 3 + k; return o;`),
  ...map(
    "entries",
    `${places} let o = ""; for (const [w, k] of m.entries()) o += w + k; return o;`,
  ),
  ...map("forEach", `${places} let o = ""; m.forEach((k, w) => { o += w + k; }); return o;`),

  ...number("toString", "x.toString()", "x.toString(2 + (Math.abs(i) % 35))"),
  ...number("toFixed", "x.toFixed(Math.abs(i))", "x.toFixed()"),
  ...number("Number(x)", "Number(s)", "Number(x > 0)", "Number(x)"),
  ...number("String(x)", "String(x)", "String(x > 0)", "String(s)"),
  ...number("parseInt", "parseInt(s)", "parseInt(s, 16)", "parseInt(String(x), 10)"),
  ...number("parseFloat", "parseFloat(s)", "parseFloat(String(x))"),
  ...number("isNaN", "Number.isNaN(x)"),
  ...number("isFinite", "Number.isFinite(x)"),
  ...number("Number.isInteger", "Number.isInteger(x)"),
  ...number(
    "Number.isSafeInteger",
    "Number.isSafeInteger(x)",
    "Number.isSafeInteger(x * 9007199254740991)",
  ),

  ...math("abs", "Math.abs(x)"),
  ...math("ceil", "Math.ceil(x)"),
  ...math("clz32", "Math.clz32(x)"),
  ...math("floor", "Math.floor(x)"),
  ...math("fround", "Math.fround(x)"),
  ...math("imul", "Math.imul(x, y)"),
  ...math("max", "Math.max(x, y)", "Math.max(x, y, i)", "Math.max()"),
  ...math("min", "Math.min(x, y)", "Math.min(x, y, i)", "Math.min()"),
  ...math("round", "Math.round(x)"),
  ...math("sign", "Math.sign(x)"),
  ...math("sqrt", "Math.sqrt(x)"),
  ...math("trunc", "Math.trunc(x)"),

  ...object(
    "Array.from",
    "Array.from(xs)",
    "Array.from({ length: Math.abs(i) }, (_, k) => k * x)",
    "Array.from(new Set(xs))",
  ),
  ...object("Array.of", "Array.of(x, y, i)"),
  ...object("Array.isArray", "Array.isArray(xs)", "Array.isArray(x)"),
  ...object("Object.keys", "Object.keys({ a: x, b: s })"),
  ...object("Object.values", "Object.values({ a: x, b: y })"),
  ...object("Object.entries", "Object.entries({ a: x, b: y })"),
  ...object(
    "Object.fromEntries",
    'const o = Object.fromEntries([["a", x], ["b", y]] as const); return o;',
  ),
];

const parameters =
  "xs: number[], ys: number[], ws: string[], s: string, t: string, x: number, y: number, i: number, j: number";

/** The program with an entry for each case: `case0`, `case1` and so on. */
export const program = (which: readonly BuiltinCase[]): string =>
  `import { script } from "glim";\n${which
    .map(({ body }, n) => `export const case${n} = script((${parameters}) => {\n  ${body}\n});\n`)
    .join("\n")}`;
