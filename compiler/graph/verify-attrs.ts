/**
 * Which attributes an operator's nodes have: what its record's `bind` makes of its samples says which
 * names and kinds are lawful.
 */

import { DimExpr } from "../ops/dim.ts";
import type { Attr, Attrs, Op } from "../ops/op.ts";
import type { CoreOp } from "./core-ops.ts";
import { GraphRule } from "./infer.ts";
import type { Node } from "./ir.ts";
import { parseTypeText } from "./parse-type.ts";
import { isNumberAttr } from "./scalars.ts";

interface Kinds {
  /** From `axes` and `axes[]` to the kinds seen there. */
  readonly seen: ReadonlyMap<string, ReadonlySet<string>>;
  /** Names that every sample has. */
  readonly required: readonly string[];
}

/** Remembers the kinds of each operator that it was asked about. */
export class AttrKinds {
  readonly #known = new Map<Op, Kinds>();

  /** What is wrong with the attributes of an operator's node. */
  check(op: Op, attrs: Attrs): readonly string[] {
    const kinds = this.#kindsOf(op);
    const errors: string[] = [];
    for (const name of kinds.required) {
      if (!Object.hasOwn(attrs, name)) errors.push(`attribute ${name} is missing`);
    }
    for (const [name, attr] of Object.entries(attrs)) {
      visitAttr(name, attr, (path, kind) => {
        const lawful = kinds.seen.get(path);
        if (!lawful) errors.push(`has no attribute ${path}`);
        else if (!lawful.has(kind)) {
          errors.push(`attribute ${path} is a ${kind}, not a ${[...lawful].join(" or ")}`);
        }
      });
    }
    return errors;
  }

  #kindsOf(op: Op): Kinds {
    const known = this.#known.get(op);
    if (known) return known;
    const seen = new Map<string, Set<string>>();
    let required: readonly string[] | undefined;
    for (const attrs of sampleAttrs(op)) {
      const names = Object.keys(attrs);
      required = required?.filter((n) => names.includes(n)) ?? names;
      for (const [name, attr] of Object.entries(attrs)) {
        visitAttr(name, attr, (path, kind) => {
          seen.set(path, (seen.get(path) ?? new Set()).add(kind));
        });
      }
    }
    const kinds = { seen, required: required ?? [] };
    this.#known.set(op, kinds);
    return kinds;
  }
}

const sampleAttrs = (op: Op): Attrs[] =>
  op.samples.map((sample) => {
    const operands = sample.operands.map((text) => {
      const type = parseTypeText(text);
      if (type.kind !== "tensor") throw new Error(`${op.name}: sample of type ${text}`);
      return type;
    });
    return op.bind(sample.args, operands, new GraphRule());
  });

function visitAttr(path: string, a: Attr, visit: (path: string, kind: string) => void): void {
  if (typeof a === "string") visit(path, "text");
  else if (typeof a === "boolean") visit(path, "boolean");
  else if (typeof a === "number" || a instanceof DimExpr) visit(path, "number");
  else {
    visit(path, "list");
    for (const element of a) visitAttr(`${path}[]`, element, visit);
  }
}

/** What is wrong with the attributes of a core operation's node. */
export function checkCoreAttrs(op: CoreOp, node: Node): readonly string[] {
  const errors: string[] = [];
  for (const [name, kind] of Object.entries(op.attrs)) {
    const attr = node.attrs[name];
    if (attr === undefined) errors.push(`attribute ${name} is missing`);
    else if (!isOfKind(attr, kind)) errors.push(`attribute ${name} is not a ${kind}`);
  }
  for (const name of Object.keys(node.attrs)) {
    if (!Object.hasOwn(op.attrs, name)) errors.push(`has no attribute ${name}`);
  }
  return errors;
}

function isOfKind(a: Attr, kind: CoreOp["attrs"][string]): boolean {
  switch (kind) {
    case "text":
      return typeof a === "string";
    case "texts":
      return Array.isArray(a) && a.every((item) => typeof item === "string");
    case "boolean":
      return typeof a === "boolean";
    case "double":
      return isNumberAttr(a);
    case "count":
      return typeof a === "number" && Number.isInteger(a) && a >= 0;
    case "dim":
      return (typeof a === "number" && Number.isInteger(a)) || a instanceof DimExpr;
  }
}
