/** Prints Loop IR as text.ts describes it. */

import { infixes } from "./infix.ts";
import type { Callee, DataObject, Links, LoopExpr, LoopFunc, LoopModule, LoopStmt } from "./ir.ts";
import { isVector, lanesOf } from "./operation-types.ts";

export interface PrintOptions {
  /** Objects with more bytes show `…` instead, which cannot be parsed. Default: no limit. */
  readonly maxDataBytes?: number;
}

export function printLoop(module: LoopModule, options: PrintOptions = {}): string {
  const maxDataBytes = options.maxDataBytes ?? Number.POSITIVE_INFINITY;
  const head = [
    ...(module.links ? printLinks(module.links) : []),
    ...Array.from(module.imports ?? [], (callee) => `import ${printCallee(callee)}`),
    ...module.data.map((d) => printData(d, maxDataBytes)),
    ...module.globals.map((g) => `global ${named("$", g.name)} = ${g.initial}`),
    ...(module.table.length > 0
      ? [`table ${module.table.map((name) => named("@", name)).join(" ")}`]
      : []),
  ];
  const parts = [head.join("\n"), ...module.funcs.map(printFunc)];
  return `${parts.filter((part) => part !== "").join("\n\n")}\n`;
}

/** `link` alone where nothing is named. */
function printLinks({ functions, globals, exports }: Links): string[] {
  return [
    "link",
    ...Array.from(functions, (callee) => `  ${printCallee(callee)}`),
    ...Array.from(globals, (name) => `  ${named("$", name)}`),
    ...Array.from(
      exports,
      ([exported, name]) =>
        `  export ${JSON.stringify(exported)} = ${named(functions.has(name) ? "@" : "$", name)}`,
    ),
  ];
}

function printCallee([name, { params, result }]: readonly [string, Callee]): string {
  const types = params.map((p) => p.type).join(", ");
  return `${named("@", name)} (${types})${result ? ` -> ${result}` : ""}`;
}

const named = (sigil: string, name: string): string =>
  /^[\w.]+$/.test(name) ? sigil + name : sigil + JSON.stringify(name);
const label = (name: string): string =>
  /^[A-Za-z_][\w.]*$/.test(name) ? name : JSON.stringify(name);

const bytesPerLine = 32;

function printData(data: DataObject, maxBytes: number): string {
  const { name, bytes, size } = data;
  const start = `data ${named("@", name)} size ${size}`;
  if (!bytes) return start;
  if (bytes.length > maxBytes) return `${start} = …`;
  const lines: string[] = [];
  for (let at = 0; at < bytes.length; at += bytesPerLine)
    lines.push(`"${hex(bytes.subarray(at, at + bytesPerLine))}"`);
  if (lines.length <= 1) return `${start} = ${lines[0] ?? '""'}`;
  return [`${start} =`, ...lines.map((line) => `  ${line}`)].join("\n");
}

const hex = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");

export function printFunc(f: LoopFunc): string {
  const exported = f.exported === undefined ? "" : ` export ${JSON.stringify(f.exported)}`;
  const params = f.params.map((p) => `${named("%", p.name)}: ${p.type}`).join(", ");
  const result = f.result ? ` -> ${f.result}` : "";
  const head = `func ${named("@", f.name)}${exported} (${params})${result}`;
  return [`${head} {`, ...printBody(f.body), "}"].join("\n");
}

const printBody = (body: readonly LoopStmt[]): string[] =>
  body.flatMap(printStmt).map((line) => `  ${line}`);

/** The lines of a statement, the outermost without indent. */
export function printStmt(s: LoopStmt): string[] {
  const p = printExpr;
  switch (s.s) {
    case "set":
      return [`${named("%", s.name)} = ${p(s.value)}`];
    case "setGlobal":
      return [`${named("$", s.name)} = ${p(s.value)}`];
    case "store":
      return [`store.${s.element} ${printPlace(s)} = ${p(s.value)}`];
    case "for": {
      const step = s.step === 1 ? "" : ` step ${s.step}`;
      const nonempty = s.atLeastOnce ? " nonempty" : "";
      const head = `for ${named("%", s.name)} = ${p(s.from)} to ${p(s.to)}${step}${nonempty} {`;
      return [head, ...printBody(s.body), "}"];
    }
    case "if": {
      const whenFalse = s.whenFalse.length > 0 ? ["} else {", ...printBody(s.whenFalse)] : [];
      return [`if ${p(s.c)} {`, ...printBody(s.whenTrue), ...whenFalse, "}"];
    }
    case "switch": {
      const cases = s.cases.flatMap((body) => ["case {", ...printBody(body), "}"]);
      return [`switch ${p(s.value)} {`, ...cases.map((line) => `  ${line}`), "}"];
    }
    case "loop":
    case "block":
      return [`${s.s} ${label(s.label)} {`, ...printBody(s.body), "}"];
    case "break":
    case "continue":
      return [`${s.s} ${label(s.label)}`];
    case "call":
      return [`call ${named("@", s.callee)}${list(s.args)}`];
    case "callIndirect":
      return [`call table[${p(s.target)}] (${s.params.join(", ")}) ${list(s.args)}`];
    case "copyBytes":
      return [`copyBytes${list([s.to, s.from, s.bytes])}`];
    case "fillBytes":
      return [`fillBytes${list([s.to, s.value, s.bytes])}`];
    case "return":
      return [s.value ? `return ${p(s.value)}` : "return"];
    case "trap":
      return ["trap"];
  }
}

const list = (args: readonly LoopExpr[]): string => `(${args.map((a) => printExpr(a)).join(", ")})`;

/** In parentheses where it binds less tightly than `precedence`. */
export function printExpr(e: LoopExpr, precedence = 0): string {
  const infix = infixes.find(({ node }) => node.k === e.k && "op" in e && node.op === e.op);
  if (infix && (e.k === "binary" || e.k === "compare")) {
    const { symbol, precedence: own } = infix;
    const text = `${printExpr(e.a, own)} ${symbol} ${printExpr(e.b, own + 1)}`;
    return own < precedence ? `(${text})` : text;
  }
  switch (e.k) {
    case "const":
      return e.type === "i32" ? number(e.value) : `${number(e.value)}:${e.type}`;
    case "local":
      return named("%", e.name);
    case "global":
      return named("$", e.name);
    case "address":
      return named("@", e.name);
    case "unary":
      return `${e.op}${list([e.a])}`;
    case "binary":
    case "compare":
      return `${e.op}${list([e.a, e.b])}`;
    case "select":
      return `select${list([e.c, e.a, e.b])}`;
    case "convert":
    case "bits":
      return `${e.k}.${e.type}${list([e.a])}`;
    case "splat":
      return `splat${lanesOf[e.type].count === 2 ? "2" : ""}${list([e.a])}`;
    case "lane":
      return `lane(${printExpr(e.a)}, ${e.lane})`;
    case "shuffle":
      return `shuffle(${printExpr(e.a)}, ${printExpr(e.b)}, [${e.lanes.join(", ")}])`;
    case "load": {
      const count = isVector(e.type) ? lanesOf[e.type].count : undefined;
      const op = e.splat ? (count === 2 ? "splat2" : "splat") : `load${count ?? ""}`;
      return `${op}.${e.element} ${printPlace(e)}`;
    }
    case "call":
      return `call.${e.type} ${named("@", e.callee)}${list(e.args)}`;
    case "memorySize":
      return "memory.size";
    case "memoryGrow":
      return `memory.grow${list([e.pages])}`;
  }
}

function printPlace(at: { base: LoopExpr; index: LoopExpr; offset: number }): string {
  const isName = at.base.k === "local" || at.base.k === "address" || at.base.k === "global";
  const base = isName ? printExpr(at.base) : `(${printExpr(at.base)})`;
  return `${base}[${printIndex(at.index, at.offset)}]`;
}

/** The offset is the number added last: what could be taken for one stands in parentheses. */
function printIndex(index: LoopExpr, offset: number): string {
  if (index.k === "const") {
    if (index.value === 0) return `${offset}`;
    return offset === 0 ? `(${printExpr(index)})` : `(${printExpr(index)}) + ${offset}`;
  }
  if (offset !== 0) return `${printExpr(index, 6)} + ${offset}`;
  const endsInNumber = index.k === "binary" && index.op === "add" && index.b.k === "const";
  return endsInNumber ? `(${printExpr(index)})` : printExpr(index);
}

function number(value: number | bigint): string {
  if (Object.is(value, -0)) return "-0";
  if (Number.isNaN(value)) return "nan";
  if (value === Number.POSITIVE_INFINITY) return "inf";
  return value === Number.NEGATIVE_INFINITY ? "-inf" : String(value);
}
