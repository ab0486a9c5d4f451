/** AssemblyScript that the build writes: what the interpreter imports, and the functions of scalars and texts by their numbers. */

import { scalarNumbers, textNumbers } from "../../compiler/bytecode/function-numbers.ts";
import type { Type } from "../../compiler/graph/ir.ts";
import { scalarFns } from "../../compiler/graph/scalars.ts";
import { textFns } from "../../compiler/graph/text-functions.ts";
import { heapFunctions } from "../../compiler/loop/heap.ts";
import { type GeneralQuestion, questionName } from "../../compiler/lower/kernels/uses.ts";

const external = (name: string, as: string, params: readonly string[], result: string): string =>
  `// @ts-ignore: decorator\n@external("kernels", ${JSON.stringify(name)})\nexport declare function ${as}(${params
    .map((type, i) => `p${i}: ${type}`)
    .join(", ")}): ${result};\n`;

const fill = (count: number, type: string): string[] => Array.from({ length: count }, () => type);

/** What the interpreter's own code asks: `usesCalls` for "calls". */
const asked: readonly GeneralQuestion[] = [
  ...(["calls", "state", "floors", "holes", "guards", "parts"] as const),
  ...(["positions", "constants", "finishes"] as const),
  ...(["values", "other types", "other sizes", "staying rows"] as const),
];
const importOf = (what: string): string =>
  `uses${what.replace(/(^| )(.)/g, (_, _space, letter: string) => letter.toUpperCase())}`;

export function importsText(): string {
  return [
    external("mapStrided", "mapStrided", fill(2, "i32"), "void"),
    external("reduce", "reduce", [...fill(4, "i32"), "usize"], "void"),
    ...["contract", "move"].map((n) => external(n, n, [], "void")),
    external("window", "window", ["i32"], "void"),
    external("index", "indexRows", [], "i32"),
    external("scatter", "scatterRows", [], "i32"),
    external("sort", "sortRows", [], "void"),
    external("scan", "scan", fill(2, "i32"), "void"),
    external("kernel by number", "callKernel", fill(5, "i32"), "void"),
    external("operation by number", "callOperation", fill(1, "i32"), "void"),
    ...asked.map((what) => external(questionName(what), importOf(what), [], "bool")),
  ].join("");
}

/** Scalar functions that the interpreter computes itself; x, y are numbers or, from p on, booleans. */
const scalarText: Readonly<Record<string, string>> = {
  add: "x + y",
  sub: "x - y",
  mul: "x * y",
  div: "x / y",
  rem: "remainder(x, y)",
  neg: "-x",
  eq: "x == y",
  ne: "x != y",
  lt: "x < y",
  le: "x <= y",
  gt: "x > y",
  ge: "x >= y",
  not: "p == 0",
  and: "(p & q) != 0",
  or: "(p | q) != 0",
  same: "p == q",
  differ: "p != q",
  toNumber: "<f64>p",
  toBoolean: "x < 0 || x > 0",
  bitAnd: "<f64>(toInt32(x) & toInt32(y))",
  bitOr: "<f64>(toInt32(x) | toInt32(y))",
  bitXor: "<f64>(toInt32(x) ^ toInt32(y))",
  bitNot: "<f64>~toInt32(x)",
  shl: "<f64>(toInt32(x) << toInt32(y))",
  shr: "<f64>(toInt32(x) >> toInt32(y))",
  shrU: "<f64>(<u32>toInt32(x) >> <u32>toInt32(y))",
  sqrt: "sqrt(x)",
  abs: "abs(x)",
  floor: "floor(x)",
  ceil: "ceil(x)",
  round: "round(x)",
  trunc: "trunc(x)",
  sign: "x > 0 ? 1 : x < 0 ? -1 : x",
  fround: "<f64><f32>x",
  min: "min<f64>(x, y)",
  max: "max<f64>(x, y)",
  imul: "<f64>(toInt32(x) * toInt32(y))",
  clz32: "<f64>clz(toInt32(x))",
};

/** Four bits for each kind, plus one: the result's first. */
const kinds: readonly Type["kind"][] = ["f64", "bool", "str", "ref", "tensor"];
const signature = (types: readonly Type["kind"][]): number =>
  types.reduce((bits, kind, i) => {
    const code = kinds.indexOf(kind) + 1;
    if (code === 0) throw new Error(`programs have no ${kind}`);
    return bits | (code << (4 * i));
  }, 0);

/** The functions of scalars and texts as AssemblyScript, and their signatures by their numbers, which are data. */
export function dispatchParts(): {
  readonly text: string;
  readonly scalars: Uint32Array;
  readonly texts: Uint32Array;
} {
  const scalars = scalarNumbers.map((name, number) => {
    const { operands, result } = scalarFns.get(name)!;
    const own = scalarText[name];
    const value = name === "choose" ? "p != 0 ? y : z" : own;
    const set = result === "bool" ? `setBool(d, ${value} ? 1 : 0)` : `setNumber(d, ${value})`;
    // The third operand is read whether or not it is the one.
    const third = operands.length > 2 ? "const z = numberIn(next()); " : "";
    return {
      number,
      run: `    case ${number}: { ${third}${set}; break; }\n`,
      signature: signature([result, ...operands]),
      arity: operands.length,
    };
  });
  const texts = textNumbers.map((name, number) => textCase(name, number));
  const heapNames = [...new Set(texts.map((t) => t.heap))];
  const text = `${dispatchHead(heapNames)}
export function scalarSignature(fn: i32): i32 {
  return <u32>fn < ${scalars.length} ? load<i32>(scalarSignaturesAt + ((<usize>fn) << 2)) : 0;
}

export function runScalar(): void {
  const fn = next();
  const d = next();
  const first = next();
  const x = numberIn(first);
  const p = boolIn(first);
  let y: f64 = 0;
  let q: i32 = 0;
  if (${scalars
    .filter((s) => s.arity > 1)
    .map((s) => `fn === ${s.number}`)
    .join(" || ")}) {
    const second = next();
    y = numberIn(second);
    q = boolIn(second);
  }
  switch (fn) {
${scalars.map((s) => s.run).join("")}    default: unreachable();
  }
}

export function textSignature(fn: i32): i32 {
  return <u32>fn < ${texts.length} ? load<i32>(textSignaturesAt + ((<usize>fn) << 2)) : 0;
}

export function runTexts(): void {
  const fn = next();
  const d = next();
  switch (fn) {
${texts.map((t) => t.run).join("")}    default: unreachable();
  }
}
`;
  const signatures = (all: readonly { signature: number }[]): Uint32Array =>
    Uint32Array.from(all, (s) => s.signature);
  return { text, scalars: signatures(scalars), texts: signatures(texts) };
}

function textCase(name: string, number: number) {
  const { operands, result, heap } = textFns.get(name)!;
  const callee = heapFunctions.get(`heap.${heap}`)!;
  const args = operands.map(({ kind }, i) => {
    const due = callee.params[i]!.type;
    if (kind === "str") return "textIn(next())";
    const x = kind === "bool" ? "boolIn(next())" : "numberIn(next())";
    const own = kind === "bool" ? "i32" : "f64";
    return own === due ? x : `<${due}>${x}`;
  });
  const value = `${heap}(${args.join(", ")})`;
  const kind = result === "texts" ? "ref" : result.kind;
  const set = {
    ref: `give(d, ${value})`,
    str: `giveText(d, ${value})`,
    bool: `setBool(d, <i32>(${value}))`,
    f64: `setNumber(d, <f64>${value})`,
    tensor: "unreachable()",
    i32: "unreachable()",
  }[kind];
  return {
    number,
    heap,
    run: `    case ${number}: { ${set}; break; }\n`,
    signature: signature([kind, ...operands.map((t) => t.kind)]),
  };
}

function dispatchHead(heapNames: readonly string[]): string {
  return `import { ${heapNames.join(", ")} } from "../heap/index";
import { unitCount } from "../heap/strings";
import { spendOn } from "./limits";
import { toUint32 } from "../heap/number-arguments";
import { boolIn, give, numberIn, pointerIn, setBool, setNumber } from "./registers";
import { scalarSignaturesAt, textSignaturesAt } from "./kernel-table";
import { remainder, round } from "./numbers";
import { next } from "./words";

/** Functions of texts take time by their lengths. */
function textIn(r: i32): usize {
  const s = pointerIn(r);
  if (s !== 0) spendOn(<i64>unitCount(s));
  return s;
}

function giveText(r: i32, s: usize): void {
  spendOn(<i64>unitCount(s));
  give(r, s);
}

function toInt32(x: f64): i32 {
  return <i32>toUint32(x);
}
`;
}
