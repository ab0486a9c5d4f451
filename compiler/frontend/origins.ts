/** Says where the tensors that do not fit each other come from. */

import type { Related } from "../diagnostics/diagnostic.ts";
import type { SizeDemand } from "../graph/infer.ts";
import type { Span, Value } from "../graph/ir.ts";
import { printTensorType } from "../ops/types.ts";
import type { Context } from "./context.ts";
import type { AbstractValue } from "./values.ts";

/** As many places as help. */
const mostPlaces = 3;

/** The tensors among the arguments of a call, and in lists among them. */
function tensorsIn(cx: Context, args: readonly AbstractValue[]): readonly Value[] {
  return args.flatMap((v): readonly Value[] => {
    if (v.kind === "dynamic") return v.value.type.kind === "tensor" ? [v.value] : [];
    const isList = v.kind === "ref" && v.object.shape === "list" && cx.store.has(v.object);
    return isList ? tensorsIn(cx, [...cx.store.object(v.object).fields.values()]) : [];
  });
}

/** Where the tensors of a call come from, unless that is in the call itself. */
export function originsOf(
  cx: Context,
  args: readonly AbstractValue[],
  call: Span,
): readonly Related[] {
  const found: Related[] = [];
  for (const value of new Set(tensorsIn(cx, args))) {
    const span = cx.unit.definitions.placeOf(value);
    if (span === undefined || value.type.kind !== "tensor" || isInside(span, call)) continue;
    if (found.some((r) => r.span.start === span.start && r.span.file === span.file)) continue;
    found.push({ span, message: `${printTensorType(value.type)} comes from here` });
  }
  return found.slice(0, mostPlaces);
}

const isInside = (span: Span, call: Span): boolean =>
  span.file === call.file && span.start >= call.start && span.end <= call.end;

/** A demand whose message says from which lines the sizes come that must be equal. */
export function withLines(cx: Context, demand: SizeDemand, operands: readonly Value[]): SizeDemand {
  if (demand.relation !== "equal") return demand;
  const places = operands.flatMap((v) => {
    const line = lineOf(cx, cx.unit.definitions.placeOf(v));
    const type = v.type.kind === "tensor" && v.type.shape.length > 0 ? v.type : undefined;
    return type && line !== undefined ? [`${printTensorType(type)} from line ${line}`] : [];
  });
  const [first, second, ...others] = new Set(places);
  if (first === undefined || second === undefined || others.length > 0) return demand;
  return { ...demand, message: `${demand.message}; ${first} meets ${second}` };
}

function lineOf(cx: Context, span: Span | undefined): number | undefined {
  const file = span && cx.unit.program.fileAt(span.file);
  return file && file.getLineAndCharacterOfPosition(span.start).line + 1;
}
