/** Prints Graph IR as text that `parse.ts` reads back. */

import type { Attr } from "../ops/op.ts";
import { coreOp } from "./core-ops.ts";
import { printData, printNumber } from "./data-text.ts";
import type {
  Func,
  Module,
  Node,
  Param,
  Region,
  ResultShape,
  Span,
  StateCell,
  Value,
} from "./ir.ts";
import { printName } from "./scanner.ts";
import { printHeapType, printPlacedType, printType } from "./type.ts";

/** Text of a place in a source file, such as `model.ts:12`. */
export type PrintPlace = (span: Span) => string;

/** The module as text. With `place`, each node's source is a comment after it. */
export function printGraph(m: Module, place?: PrintPlace): string {
  const head = [`module ${printName(m.name)}`];
  for (const s of m.sizes) head.push(`size ${printName(s.name)} ${s.min}..${s.max}`);
  for (const [name, type] of m.heap) head.push(`type @${printName(name)} = ${printHeapType(type)}`);
  for (const c of m.constants.values()) {
    const type = printPlacedType(c.type, c.layout);
    const also = (c.aliases ?? []).map((name) => `, @${printName(name)}`).join("");
    head.push(`const @${printName(c.name)}${also} : ${type} = ${printData(c.data)}`);
  }
  for (const s of m.state.values()) {
    head.push(`state @${printName(s.name)} : ${printType(s.type)} = ${printInitial(s.initial)}`);
  }
  return [`${head.join("\n")}\n`, ...m.funcs.map((f) => printFunc(f, place))].join("\n");
}

function printInitial(initial: StateCell["initial"]): string {
  if (typeof initial === "number") return printNumber(initial);
  if (typeof initial === "boolean") return String(initial);
  return "maker" in initial ? `func @${printName(initial.maker)}` : printData(initial);
}

function printFunc(f: Func, place: PrintPlace | undefined): string {
  const printer = new FuncPrinter(nameValues(f), place);
  const params = f.params.map((p) => printParam(p, printer.name(p.value))).join(", ");
  const head = `${f.entry ? "entry " : ""}func @${printName(f.name)}(${params})${printResults(f)}`;
  const doc = f.doc === "" ? "" : `doc ${JSON.stringify(f.doc)}\n`;
  return `${doc}${head} ${printer.block(f.body, "")}\n`;
}

function printParam({ value, default: given }: Param, name: string): string {
  const plain = `${name}: ${typeOf(value)}`;
  return given === undefined ? plain : `${plain} = ${printAttr(given)}`;
}

const typeOf = (v: Value): string => printPlacedType(v.type, v.layout);

function printResults(f: Func): string {
  const types = f.results.map(printType);
  const list = types.length === 1 ? ` -> ${types[0]}` : ` -> (${types.join(", ")})`;
  const shape = isUsualShape(f.shape, types.length) ? "" : ` as ${printShape(f.shape)}`;
  return (types.length === 0 ? "" : list) + shape;
}

/** No result, or a single one given as it is: not worth writing. */
const isUsualShape = (shape: ResultShape, results: number): boolean =>
  (shape.kind === "void" && results === 0) ||
  (shape.kind === "leaf" && shape.result === 0 && results === 1);

function printShape(shape: ResultShape): string {
  switch (shape.kind) {
    case "void":
      return "void";
    case "leaf":
      return String(shape.result);
    case "union": {
      const options = shape.options.map(([code, option]) => `${code}: ${printShape(option)}`);
      return `union ${shape.result} (${options.join(", ")})`;
    }
    case "list":
      return `[${shape.items.map(printShape).join(", ")}]`;
    case "record":
      return `{${shape.fields.map(([k, v]) => `${printName(k)}: ${printShape(v)}`).join(", ")}}`;
  }
}

export function printAttr(a: Attr): string {
  if (typeof a === "string") return JSON.stringify(a);
  if (typeof a === "number") return printNumber(a);
  if (typeof a === "boolean") return String(a);
  return isList(a) ? `[${a.map(printAttr).join(",")}]` : a.text;
}

const isList = (a: Attr): a is readonly Attr[] => Array.isArray(a);

/**
 * A name for every value of a function, with its `%`: a parameter's is its own, another's is its
 * hint, with a number where that is taken; values without a hint are numbered.
 */
export function nameValues(f: Func): ReadonlyMap<Value, string> {
  const names = new Map<Value, string>();
  const taken = new Set<string>();
  let unnamed = 0;
  const give = (v: Value, hint: string | undefined): void => {
    if (names.has(v)) return;
    if (hint === undefined) {
      names.set(v, `%${unnamed++}`);
      return;
    }
    let name = hint;
    for (let n = 1; taken.has(name); n++) name = `${hint}_${n}`;
    taken.add(name);
    names.set(v, `%${printName(name)}`);
  };
  const visit = (region: Region): void => {
    for (const p of region.params) give(p, p.hint);
    for (const node of region.nodes) {
      for (const r of node.results) give(r, r.hint);
      node.regions.forEach(visit);
    }
  };
  for (const p of f.params) give(p.value, p.name);
  visit(f.body);
  return names;
}

class FuncPrinter {
  readonly #names: ReadonlyMap<Value, string>;
  readonly #place: PrintPlace | undefined;

  constructor(names: ReadonlyMap<Value, string>, place: PrintPlace | undefined) {
    this.#names = names;
    this.#place = place;
  }

  /** A value defined outside the function, which no lawful graph has, prints as `%undefined`. */
  name(v: Value): string {
    return this.#names.get(v) ?? "%undefined";
  }

  block(region: Region, indent: string): string {
    const lines = region.nodes.map((n) => `${indent}  ${this.#node(n, `${indent}  `)}\n`);
    return `{\n${lines.join("")}${indent}}`;
  }

  #node(node: Node, indent: string): string {
    const results = node.results.map((r) => this.name(r)).join(", ");
    const head = (results === "" ? "" : `${results} = `) + this.#head(node);
    const types = node.results.map(typeOf).join(", ");
    const line = head + (types === "" ? "" : ` : ${types}`);
    const place = this.#place && node.span ? ` ; ${this.#place(node.span)}` : "";
    const [first, ...others] = node.regions.map((r) => this.block(r, indent));
    if (first === undefined) return line + place;
    const blocks = [first.replace("{", `{${place}`), ...others];
    return `${line} ${blocks.join(" else ")}`;
  }

  #head(node: Node): string {
    const words = [node.op];
    const lead = coreOp(node.op)?.leading;
    const first = lead && node.attrs[lead.name];
    if (lead && first !== undefined) words.push(printLeading(first, lead.as));
    words.push(...this.#operands(node));
    for (const key of Object.keys(node.attrs).sort()) {
      if (key !== lead?.name) words.push(`${key}=${printAttr(node.attrs[key]!)}`);
    }
    return words.join(" ");
  }

  #operands(node: Node): string[] {
    const params = node.regions[0]?.params;
    if (!coreOp(node.op)?.bindsOperands || !params) return node.operands.map((v) => this.name(v));
    const bound = params.map((p, i) => {
      const operand = node.operands[i];
      return `${this.name(p)} = ${operand ? this.name(operand) : "%undefined"} : ${typeOf(p)}`;
    });
    const others = node.operands.slice(params.length).map((v) => this.name(v));
    return [`(${bound.join(", ")})`, ...others];
  }
}

function printLeading(a: Attr, as: "symbol" | "word" | "value"): string {
  if (typeof a !== "string" || as === "value") return printAttr(a);
  return as === "symbol" ? `@${printName(a)}` : printName(a);
}
