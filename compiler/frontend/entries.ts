/** Lowers entry points: their declared parameters, their body, and what they give back to the host. */

import type ts from "typescript";
import { internal } from "../diagnostics/catalog/bugs.ts";
import * as loading from "../diagnostics/catalog/loading.ts";
import {
  anyType,
  asynchronous,
  escapingClosure,
  generator,
} from "../diagnostics/catalog/subset.ts";
import { parameterDefault, parameterType } from "../diagnostics/catalog/unsupported.ts";
import { at, type Message } from "../diagnostics/diagnostic.ts";
import { boolType, type Func, f64Type, type Param, type Type } from "../graph/ir.ts";
import { isDType, maxRank, tensorType } from "../ops/types.ts";
import { Block } from "./block.ts";
import { usable } from "./conflicts.ts";
import { Context, type Frame, Target, type Unit } from "./context.ts";
import { EntrySizes } from "./entry-sizes.ts";
import type { EntryPoint } from "./environment.ts";
import { holdsFunction, walkBody } from "./function-table.ts";
import { makeRecord } from "./lists.ts";
import { Merge } from "./merge.ts";
import { type ParameterType, TypeReader, withoutUndefined } from "./parameter-types.ts";
import { end } from "./paths.ts";
import { tsc } from "./typescript.ts";
import { type AbstractValue, dynamic, undefinedValue } from "./values.ts";

/** Lowers one entry; undefined (and reported) if it cannot be. */
export function lowerEntry(unit: Unit, entry: EntryPoint): Func | undefined {
  const reported = unit.diagnostics.length;
  const frame = entryFrame(unit, entry);
  if (frame === undefined) return undefined;
  const cx = new Context(unit, frame, new Block());
  if (!isPlain(cx, frame, entry.name)) return undefined;
  const parameters = new EntryParameters(cx, entry);
  const args = frame.node.parameters.map((p) => parameters.add(p));
  parameters.finish();
  const { block, exits, base } = walkBody(cx, frame, args);
  if (unit.diagnostics.length > reported) return undefined;
  for (const exit of exits) {
    if (exit.value.kind === "error") cx.report(exit.node, internal("an error was not reported"));
    if (holdsFunction(exit.value, exit.store)) cx.report(exit.node, escapes(exit.value));
  }
  if (unit.diagnostics.length > reported) return undefined;
  const returns = new Merge(cx, base, new Block(), exits, undefined, true);
  const { shape, conflict } = returns;
  if (conflict !== undefined) {
    usable(cx, { kind: "conflict", reason: conflict }, "the result", frame.node);
    return undefined;
  }
  if (typeof shape === "string") {
    cx.report(exits[0]?.node ?? frame.node, loading.resultKind(shape));
    return undefined;
  }
  exits.forEach((exit, i) => {
    end(cx, exit, "return", returns.operands(cx, i), {});
  });
  return {
    name: entry.name,
    entry: true,
    doc: firstSentence(frame.node),
    params: parameters.params,
    results: returns.leaves.map((leaf) => leaf.type),
    shape,
    body: block.region(),
    span: cx.ownSpan(frame.node),
  };
}

const escapes = (v: AbstractValue): Message =>
  escapingClosure(v.kind === "closure" && v.name !== "" ? `\`${v.name}\`` : "in this result");

function entryFrame(unit: Unit, entry: EntryPoint): Frame | undefined {
  const { program, environment, diagnostics } = unit;
  const captured = environment.describe(entry.value);
  const source = captured.kind === "function" ? captured.source : undefined;
  const node = source && program.functionAt(source.file, source.position);
  const file = source && program.fileAt(source.file);
  if (source === undefined || node === undefined || file === undefined) {
    diagnostics.push(at(undefined, loading.notAFunction(entry.name)));
    return undefined;
  }
  return {
    node,
    name: entry.name,
    source,
    file,
    library: false,
    thisValue: undefinedValue,
    target: new Target("function"),
    site: undefined,
    caller: undefined,
    depth: 0,
  };
}

function isPlain(cx: Context, { node }: Frame, name: string): boolean {
  const isAsync = (tsc.getCombinedModifierFlags(node) & tsc.ModifierFlags.Async) !== 0;
  if (isAsync) cx.report(node, asynchronous(name));
  else if (node.asteriskToken !== undefined) cx.report(node, generator(name));
  else return true;
  return false;
}

/** Makes the graph parameters of an entry, and the values that its body sees. */
class EntryParameters {
  readonly params: Param[] = [];
  readonly #cx: Context;
  readonly #reader: TypeReader;
  readonly #sizes: EntrySizes;

  constructor(cx: Context, entry: EntryPoint) {
    this.#cx = cx;
    this.#reader = new TypeReader(cx.unit.program);
    this.#sizes = new EntrySizes(entry.dims, cx.unit.tables.sizes);
  }

  /** Reports what is wrong with the options of `script`. */
  finish(): void {
    const { frame } = this.#cx;
    const call = frame.node.parent;
    for (const problem of this.#sizes.problems()) {
      const options = tsc.isCallExpression(call) ? call.arguments[1] : undefined;
      this.#cx.report(options ?? frame.node, problem);
    }
  }

  add(node: ts.ParameterDeclaration): AbstractValue {
    const cx = this.#cx;
    const name = tsc.isIdentifier(node.name) ? node.name.text : `p${this.params.length}`;
    if (node.type === undefined) return cx.report(node, loading.untypedParameter(name));
    const { type, optional } = withoutUndefined(node.type);
    if (node.dotDotDotToken !== undefined) {
      return cx.report(node, parameterType(`...${node.type.getText()}`));
    }
    if (optional || node.questionToken !== undefined || node.initializer !== undefined) {
      return cx.report(node.initializer ?? node, parameterDefault());
    }
    return this.#value(this.#reader.read(type), name, node.type);
  }

  #value(type: ParameterType, name: string, node: ts.Node): AbstractValue {
    const cx = this.#cx;
    switch (type.kind) {
      case "number":
        return this.#param(name, f64Type);
      case "boolean":
        return this.#param(name, boolType);
      case "tensor": {
        const { dtype, sizes } = type;
        if (!isDType(dtype)) return cx.report(node, loading.parameterDType(name, dtype));
        if (sizes.length > maxRank) {
          return cx.report(node, loading.badSize(`a shape of ${sizes.length} dimensions`));
        }
        const shape = sizes.map((size, axis) => this.#sizes.dim(size, plain(name), axis));
        return this.#param(name, tensorType(dtype, shape));
      }
      case "record":
        return this.#record(type, name);
      case "shapeless":
        return cx.report(node, loading.shapelessParameter(name));
      case "badSize":
        return cx.report(type.node, loading.badSize(`\`${type.node.getText()}\``));
      case "any":
        return cx.report(node, anyType(name, type.text));
      case "unsupported":
        return cx.report(node, parameterType(type.text));
    }
  }

  #record(type: ParameterType & { readonly kind: "record" }, name: string): AbstractValue {
    const fields = new Map<string, AbstractValue>();
    for (const field of type.fields) {
      const value = field.optional
        ? this.#cx.report(field.node, parameterDefault())
        : this.#value(field.type, `${name}.${field.name}`, field.node);
      fields.set(field.name, value);
    }
    return makeRecord(this.#cx, fields);
  }

  #param(name: string, type: Type): AbstractValue {
    const { unit, block } = this.#cx;
    const value = unit.definitions.define(type, block, name);
    this.params.push({ name, value });
    return dynamic(value);
  }
}

const plain = (name: string): string => name.replaceAll(".", "_");

/** The first sentence of the comment above the declaration that `node` belongs to. */
function firstSentence(node: ts.Node): string {
  const declaration = tsc.findAncestor(
    node,
    (n) => n.parent !== undefined && tsc.isSourceFile(n.parent),
  );
  if (declaration === undefined) return "";
  for (const part of tsc.getJSDocCommentsAndTags(declaration)) {
    if (!tsc.isJSDoc(part)) continue;
    const text = (tsc.getTextOfJSDocComment(part.comment) ?? "").replace(/\s+/g, " ").trim();
    return /^.*?[.!?](?= |$)/.exec(text)?.[0] ?? text;
  }
  return "";
}
