/** Lowers entry points: their declared parameters, their body, and what they give back to the host. */

import type ts from "typescript";
import { internal } from "../diagnostics/catalog/bugs.ts";
import * as loading from "../diagnostics/catalog/loading.ts";
import { asynchronous, escapingClosure, generator } from "../diagnostics/catalog/subset.ts";
import { at, type Message } from "../diagnostics/diagnostic.ts";
import type { Func, ResultShape } from "../graph/ir.ts";
import type { Trace } from "../ops/trace.ts";
import { Block } from "./block.ts";
import { usable } from "./conflicts.ts";
import { Context, type Frame, outsideGradients, Target, type Unit } from "./context.ts";
import type { EntryPoint } from "./environment.ts";
import { holdsFunction, type WalkedBody, walkBody, walkTo } from "./function-table.ts";
import { Merge } from "./merge.ts";
import { EntryParameters } from "./parameters.ts";
import { end } from "./paths.ts";
import { callTraced } from "./traced.ts";
import { tsc } from "./typescript.ts";
import { type AbstractValue, undefinedValue } from "./values.ts";

/** Lowers one entry; undefined (and reported) if it cannot be. */
export function lowerEntry(unit: Unit, entry: EntryPoint): Func | undefined {
  const reported = unit.diagnostics.length;
  const frame = entryFrame(unit, entry);
  if (frame === undefined) return undefined;
  const cx = new Context(unit, frame, new Block());
  const trace = traceOf(unit, entry);
  if (trace === undefined && !isPlain(cx, frame, entry.name)) return undefined;
  const parameters = new EntryParameters(cx, entry);
  const walk = (): WalkedBody => {
    if (trace !== undefined) {
      const args = trace.inputs.map((type, i) => parameters.addExample(type, i));
      return walkTo(cx, frame, () => callTraced(cx, entry.name, trace, args, frame.node));
    }
    const args = frame.node.parameters.map((p) => parameters.add(p));
    parameters.finish();
    return walkBody(cx, frame, undefined, args);
  };
  const { block, exits, base } = walk();
  if (unit.diagnostics.length > reported) return undefined;
  for (const exit of exits) {
    if (exit.value.kind === "error") {
      if (unit.isIncomplete) return undefined;
      cx.report(exit.node, internal("an error was not reported"));
    }
    if (holdsFunction(exit.value, exit.store)) cx.report(exit.node, escapes(exit.value));
  }
  if (unit.diagnostics.length > reported) return undefined;
  const returns = new Merge(cx, base, new Block(), exits, { forHost: true });
  const { conflict } = returns;
  // What never returns gives nothing.
  const shape = exits.length === 0 ? nothing : returns.shape;
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

const nothing: ResultShape = { kind: "void" };

const escapes = (v: AbstractValue): Message =>
  escapingClosure(v.kind === "closure" && v.name !== "" ? `\`${v.name}\`` : "in this result");

function traceOf({ environment }: Unit, { value }: EntryPoint): Trace | undefined {
  const captured = environment.describe(value);
  return captured.kind === "function" ? captured.trace : undefined;
}

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
    training: false,
    order: outsideGradients,
    innerOrder: outsideGradients,
    construction: undefined,
    given: [],
  };
}

function isPlain(cx: Context, { node }: Frame, name: string): boolean {
  const isAsync = (tsc.getCombinedModifierFlags(node) & tsc.ModifierFlags.Async) !== 0;
  if (isAsync) cx.report(node, asynchronous(name));
  else if (node.asteriskToken !== undefined) cx.report(node, generator(name));
  else return true;
  return false;
}

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
