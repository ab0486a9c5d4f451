/** Reads the nodes of a function's regions, and gives every name its value. */

import type { Attr, Attrs } from "../ops/op.ts";
import { coreOp, type LeadingAttribute } from "./core-ops.ts";
import { makeNode, type Node, type Region, type Type, type Value, value } from "./ir.ts";
import type { Layout } from "./layout.ts";
import { parseAttr, parsePlacedType, parseSymbol } from "./parse-type.ts";
import type { Scanner } from "./scanner.ts";

interface Placed {
  readonly type: Type;
  readonly layout: Layout | undefined;
}

export class RegionParser {
  readonly #s: Scanner;
  readonly #values = new Map<string, Value>();

  constructor(s: Scanner) {
    this.#s = s;
  }

  /** `%name`, `mark` and a type: a new value. */
  defineHere(mark: string): Value {
    const at = this.#s.place;
    const name = this.#name();
    this.#s.expect(mark);
    return this.#define(name, parsePlacedType(this.#s), at);
  }

  /** `{`, nodes on lines of their own, `}`. */
  block(params: readonly Value[]): Region {
    const s = this.#s;
    const nodes: Node[] = [];
    s.expect("{");
    for (s.lines(); !s.sees("}"); s.lines()) {
      nodes.push(this.#node());
      s.space();
      if (!s.sees("\n") && !s.sees("}") && !s.atEnd) s.fail("expected the end of the line");
    }
    s.expect("}");
    return { params, nodes };
  }

  /** A name as it is written, quotes included, so that `%0` and `%"0"` differ. */
  #name(): string {
    const s = this.#s;
    const name = s.token(/%(?:\d+|[\p{L}_$][\p{L}\p{N}_$.]*|"(?:[^"\\\n]|\\.)*")/uy, "a value");
    s.space();
    return name;
  }

  #define(name: string, { type, layout }: Placed, at: number): Value {
    if (this.#values.has(name)) this.#s.fail(`${name} is defined twice`, at);
    const v = value(type, hintOf(name), layout);
    this.#values.set(name, v);
    return v;
  }

  #use(): Value {
    const at = this.#s.place;
    const name = this.#name();
    return this.#values.get(name) ?? this.#s.fail(`${name} is not defined before its use`, at);
  }

  #node(): Node {
    const s = this.#s;
    const names = this.#resultNames();
    const opAt = s.place;
    const op = s.token(/[A-Za-z][\w.]*/y, "an operation");
    s.space();
    const lead = coreOp(op)?.leading;
    const attrs: Record<string, Attr> = {};
    if (lead) attrs[lead.name] = this.#leading(lead);

    const operands: Value[] = [];
    const params = coreOp(op)?.bindsOperands ? this.#bound(operands) : [];
    while (s.sees("%")) operands.push(this.#use());
    this.#attributes(attrs);
    const types = this.#resultTypes();
    if (types.length !== names.length) {
      s.fail(`${op} names ${names.length} results and gives ${types.length} types`, opAt);
    }
    const regions = s.sees("{") ? this.#regions(params) : [];
    const results = names.map(({ name, at }, i) => this.#define(name, types[i]!, at));
    return makeNode(op, operands, sorted(attrs), results, undefined, regions);
  }

  #resultNames(): { name: string; at: number }[] {
    const s = this.#s;
    if (!s.sees("%")) return [];
    const names: { name: string; at: number }[] = [];
    do names.push({ at: s.place, name: this.#name() });
    while (s.take(","));
    s.expect("=");
    return names;
  }

  #resultTypes(): Placed[] {
    const s = this.#s;
    if (!s.take(":")) return [];
    const types: Placed[] = [];
    do types.push(parsePlacedType(s));
    while (s.take(","));
    return types;
  }

  #leading(lead: LeadingAttribute): Attr {
    const s = this.#s;
    if (lead.as === "symbol") return parseSymbol(s, `the ${lead.name}`);
    const attr = lead.as === "word" ? s.name(`the ${lead.name}`) : parseAttr(s);
    s.space();
    return attr;
  }

  /** `(%param = %operand : type, …)`: the parameters of the region, and the operands in their order. */
  #bound(operands: Value[]): Value[] {
    const s = this.#s;
    return s.list("(", ")", () => {
      const at = s.place;
      const name = this.#name();
      s.expect("=");
      operands.push(this.#use());
      s.expect(":");
      return this.#define(name, parsePlacedType(s), at);
    });
  }

  #attributes(into: Record<string, Attr>): void {
    const s = this.#s;
    for (;;) {
      const at = s.place;
      const key = s.match(/[A-Za-z_]\w*(?==)/y);
      if (key === undefined) return;
      if (Object.hasOwn(into, key)) s.fail(`${key} is given twice`, at);
      s.expect("=");
      into[key] = parseAttr(s);
      s.space();
    }
  }

  #regions(params: readonly Value[]): Region[] {
    const regions = [this.block(params)];
    while (this.#s.takeWord("else")) regions.push(this.block([]));
    return regions;
  }
}

function hintOf(name: string): string | undefined {
  if (/^%\d/.test(name)) return undefined;
  return name.startsWith('%"') ? String(JSON.parse(name.slice(1))) : name.slice(1);
}

const sorted = (attrs: Attrs): Attrs =>
  Object.fromEntries(Object.entries(attrs).sort(([a], [b]) => (a < b ? -1 : 1)));
