/** Reads Graph IR text. A mistake is a GraphSyntaxError with its line and column. */

import type { TensorType } from "../ops/types.ts";
import { parseData, parseNumber } from "./data-text.ts";
import type { HeapType } from "./heap-types.ts";
import type {
  Constant,
  Func,
  Module,
  ResultShape,
  SizeBounds,
  StateCell,
  TensorData,
  Type,
} from "./ir.ts";
import { type Layout, storageSize } from "./layout.ts";
import { RegionParser } from "./parse-region.ts";
import { parseHeapType, parsePlacedType, parseSymbol, parseType } from "./parse-type.ts";
import { Scanner } from "./scanner.ts";

/**
 * The module that `text` says. `data` holds the elements of constants and state that the text gives as
 * a digest, by their names; the digests are compared.
 */
export function parseGraph(text: string, data?: ReadonlyMap<string, TensorData>): Module {
  const s = new Scanner(text);
  const sizes: SizeBounds[] = [];
  const constants = new Map<string, Constant>();
  const state = new Map<string, StateCell>();
  const heap = new Map<string, HeapType>();
  const funcs: Func[] = [];
  s.lines();
  const name = s.takeWord("module") ? s.name("the module's name") : "module";
  for (s.lines(); !s.atEnd; s.lines()) {
    const at = s.place;
    if (s.takeWord("size")) sizes.push(parseSize(s));
    else if (s.takeWord("type")) {
      const name = parseSymbol(s, "the type's name");
      if (heap.has(name)) s.fail(`@${name} is defined twice`, at);
      s.expect("=");
      heap.set(name, parseHeapType(s));
    } else if (s.takeWord("const")) {
      addNamed(s, at, constants, parseConstant(s, data));
    } else if (s.takeWord("state")) addNamed(s, at, state, parseState(s, data));
    else funcs.push(parseFunc(s));
  }
  return { name, funcs, constants, state, heap, sizes };
}

function addNamed<T extends { readonly name: string }>(
  s: Scanner,
  at: number,
  into: Map<string, T>,
  item: T,
): void {
  if (into.has(item.name)) s.fail(`@${item.name} is defined twice`, at);
  into.set(item.name, item);
}

function parseSize(s: Scanner): SizeBounds {
  const name = s.name("a size's name");
  s.space();
  const min = Number(s.token(/\d+/y, "the least value"));
  s.expect("..");
  const max = Number(s.token(/\d+|Infinity/y, "the greatest value"));
  return { name, min, max };
}

function parseConstant(s: Scanner, given: ReadonlyMap<string, TensorData> | undefined): Constant {
  const name = parseSymbol(s, "the constant's name");
  const aliases: string[] = [];
  while (s.take(",")) aliases.push(parseSymbol(s, "another name of the constant"));
  s.expect(":");
  const at = s.place;
  const { type, layout } = parsePlacedType(s);
  if (type.kind !== "tensor") s.fail(`a constant is a tensor, not ${type.kind}`, at);
  s.expect("=");
  const data = parseElements(s, type, layout, given?.get(name));
  return { name, type, layout, data, ...(aliases.length > 0 ? { aliases } : {}) };
}

function parseElements(
  s: Scanner,
  type: TensorType,
  layout: Layout | undefined,
  given: TensorData | undefined,
): TensorData {
  const size = storageSize(layout, type.shape);
  const length = typeof size === "number" ? size : undefined;
  return parseData(s, { dtype: type.dtype, length, given });
}

function parseState(s: Scanner, given: ReadonlyMap<string, TensorData> | undefined): StateCell {
  const name = parseSymbol(s, "the state's name");
  s.expect(":");
  const type = parseType(s);
  s.expect("=");
  if (type.kind === "tensor") {
    return { name, type, initial: parseElements(s, type, undefined, given?.get(name)) };
  }
  if (type.kind === "f64") return { name, type, initial: parseNumber(s) };
  if (type.kind === "ref") {
    s.expect("func");
    return { name, type, initial: { maker: parseSymbol(s, "the function that makes it") } };
  }
  return { name, type, initial: parseBoolean(s) };
}

const parseBoolean = (s: Scanner): boolean => s.token(/true|false/y, "true or false") === "true";

function parseFunc(s: Scanner): Func {
  let doc = "";
  if (s.takeWord("doc")) {
    doc = s.quoted();
    s.lines();
  }
  const entry = s.takeWord("entry");
  if (!s.takeWord("func")) s.fail("expected module, size, const, state, doc, entry or func");
  const name = parseSymbol(s, "the function's name");
  const region = new RegionParser(s);
  const params = s.list("(", ")", () => {
    const value = region.defineHere(":");
    const param = { name: value.hint ?? "", value };
    if (!s.take("=")) return param;
    const { kind } = value.type;
    const given = kind === "str" ? s.quoted() : kind === "bool" ? parseBoolean(s) : parseNumber(s);
    return { ...param, default: given };
  });
  const results = parseResults(s);
  const shape = s.takeWord("as") ? parseShape(s) : usualShape(s, results.length);
  s.space();
  const body = region.block([]);
  return { name, entry, doc, params, results, shape, body, span: undefined };
}

function parseResults(s: Scanner): Type[] {
  if (!s.take("->")) return [];
  return s.sees("(") ? s.list("(", ")", () => parseType(s)) : [parseType(s)];
}

function usualShape(s: Scanner, results: number): ResultShape {
  if (results > 1) s.fail("several results need `as` and their structure");
  return results === 0 ? { kind: "void" } : { kind: "leaf", result: 0 };
}

function parseShape(s: Scanner): ResultShape {
  if (s.takeWord("void")) return { kind: "void" };
  if (s.sees("[")) return { kind: "list", items: s.list("[", "]", () => parseShape(s)) };
  if (s.sees("{")) {
    const fields = s.list("{", "}", () => {
      const key = s.name("a field's name");
      s.expect(":");
      return [key, parseShape(s)] as const;
    });
    return { kind: "record", fields };
  }
  if (s.takeWord("union")) {
    const result = Number(s.token(/\d+/y, "the tag's number"));
    s.space();
    const options = s.list("(", ")", () => {
      const code = Number(s.token(/\d+/y, "an option's code"));
      s.expect(":");
      return [code, parseShape(s)] as const;
    });
    return { kind: "union", result, options };
  }
  const result = Number(s.token(/\d+/y, "a result's number, [ or {"));
  s.space();
  return { kind: "leaf", result };
}
