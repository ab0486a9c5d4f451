/** Checks the types of Loop IR expressions. */

import type { Callee, LoopExpr, LoopModule, LoopType } from "./ir.ts";
import {
  accessTypes,
  binaryTypes,
  compareTypes,
  conversions,
  fourOf,
  isVector,
  lanesOf,
  reinterpretations,
  unaryTypes,
} from "./operation-types.ts";
import { operandsOf } from "./walk.ts";

/** What the module defines, or takes from the library that it is linked with. */
export interface Definitions {
  readonly funcs: ReadonlyMap<string, Callee>;
  readonly data: ReadonlySet<string>;
  readonly globals: ReadonlySet<string>;
  readonly hasTable: boolean;
}

export const definitionsOf = (module: LoopModule): Definitions => ({
  funcs: new Map([
    ...(module.links?.functions ?? []),
    ...(module.imports ?? []),
    ...module.funcs.map((f) => [f.name, f] as const),
  ]),
  data: new Set(module.data.map((d) => d.name)),
  globals: new Set([...(module.links?.globals ?? []), ...module.globals.map((g) => g.name)]),
  hasTable: module.table.length > 0,
});

export interface ExpressionChecks {
  readonly definitions: Definitions;
  readonly report: (what: string) => void;
  /** Reports a local that has no value here, or one of another type. */
  readonly checkLocal: (name: string, type: LoopType) => void;
}

/** Checks `e` and all below it, and that it has type `wanted` where that is given. */
export function verifyExpr(checks: ExpressionChecks, e: LoopExpr, wanted?: LoopType): void {
  for (const operand of operandsOf(e)) verifyExpr(checks, operand);
  verifyNode(checks, e);
  if (wanted && e.type !== wanted) checks.report(`expected ${wanted}, found ${e.type}`);
}

function verifyNode(checks: ExpressionChecks, e: LoopExpr): void {
  const { report, definitions } = checks;
  switch (e.k) {
    case "const":
      verifyConst(e.type, e.value, report);
      return;
    case "local":
      checks.checkLocal(e.name, e.type);
      return;
    case "global":
      if (!definitions.globals.has(e.name)) report(`there is no global $${e.name}`);
      return;
    case "address":
      if (!definitions.data.has(e.name)) report(`there is no data object @${e.name}`);
      return;
    case "unary":
      if (!unaryTypes[e.op].includes(e.type)) report(`${e.op} does not take ${e.type}`);
      same(e.op, e.a.type, e.type, report);
      return;
    case "binary":
      verifyBinary(e, report);
      return;
    case "compare":
      if (!compareTypes[e.op].includes(e.a.type)) report(`${e.op} does not take ${e.a.type}`);
      same(e.op, e.b.type, e.a.type, report);
      same(`the result of ${e.op}`, e.type, isVector(e.a.type) ? "v4i32" : "i32", report);
      return;
    case "select":
      same("the condition", e.c.type, isVector(e.type) ? "v4i32" : "i32", report);
      same("select", e.a.type, e.type, report);
      same("select", e.b.type, e.type, report);
      return;
    case "convert":
    case "bits":
      if (!(e.k === "bits" ? reinterpretations : conversions).some(isPair(e.a.type, e.type)))
        report(`${e.k} does not take ${e.a.type} to ${e.type}`);
      return;
    case "splat":
      same("splat", e.a.type, lanesOf[e.type].type, report);
      return;
    case "lane": {
      const lanes = isVector(e.a.type) ? lanesOf[e.a.type] : undefined;
      if (lanes?.type !== e.type) same("lane", e.a.type, fourOf[e.type], report);
      if (!isIntegerIn(e.lane, 0, (lanes?.count ?? 4) - 1)) report(`there is no lane ${e.lane}`);
      return;
    }
    case "shuffle":
      same("shuffle", e.a.type, e.type, report);
      same("shuffle", e.b.type, e.type, report);
      for (const lane of e.lanes) if (!isIntegerIn(lane, 0, 7)) report(`there is no lane ${lane}`);
      return;
    case "load":
      if (!accessTypes[e.element].includes(e.type))
        report(`no ${e.type} is loaded from ${e.element}`);
      if (e.splat && !isVector(e.type)) report("only a vector is loaded by splat");
      verifyPlace(e, report);
      return;
    case "call": {
      const callee = verifyCall(checks, e.callee, e.args);
      if (callee && callee.result !== e.type)
        report(`@${e.callee} gives ${callee.result ?? "nothing"}, not ${e.type}`);
      return;
    }
    case "memoryGrow":
      same("memory.grow", e.pages.type, "i32", report);
      return;
    case "memorySize":
      return;
  }
}

const isPair =
  (from: LoopType, to: LoopType) =>
  (pair: readonly [LoopType, LoopType]): boolean =>
    pair[0] === from && pair[1] === to;

const isIntegerIn = (value: number, min: number, max: number): boolean =>
  Number.isInteger(value) && value >= min && value <= max;

function same(what: string, found: LoopType, wanted: LoopType, report: (what: string) => void) {
  if (found !== wanted) report(`${what}: expected ${wanted}, found ${found}`);
}

function verifyBinary(
  e: LoopExpr & { readonly k: "binary" },
  report: (what: string) => void,
): void {
  if (!binaryTypes[e.op].includes(e.type)) report(`${e.op} does not take ${e.type}`);
  same(e.op, e.a.type, e.type, report);
  const isShift = e.op === "shl" || e.op === "shrS" || e.op === "shrU";
  if (isShift && isVector(e.type) && e.b.type === "i32") return;
  same(e.op, e.b.type, e.type, report);
}

function verifyConst(type: LoopType, value: number | bigint, report: (what: string) => void) {
  const isLawful = {
    i32: () => typeof value === "number" && isInt32(value),
    i64: () => typeof value === "bigint" && BigInt.asIntN(64, value) === value,
    f32: () => typeof value === "number",
    f64: () => typeof value === "number",
  };
  if (!isLawful[isVector(type) ? lanesOf[type].type : type]())
    report(`${typeof value} ${value} is no ${type}`);
}

export const isInt32 = (value: number): boolean => Object.is(value | 0, value);

/** What loads and stores have in common. */
export function verifyPlace(
  at: { readonly base: LoopExpr; readonly index: LoopExpr; readonly offset: number },
  report: (what: string) => void,
): void {
  same("the base", at.base.type, "i32", report);
  same("the index", at.index.type, "i32", report);
  if (!isInt32(at.offset)) report(`the offset ${at.offset} is no i32`);
}

export function verifyCall(
  { definitions, report }: ExpressionChecks,
  name: string,
  args: readonly LoopExpr[],
): Callee | undefined {
  const callee = definitions.funcs.get(name);
  if (!callee) report(`there is no function @${name}`);
  else
    verifyArgs(
      `@${name}`,
      callee.params.map((p) => p.type),
      args,
      report,
    );
  return callee;
}

export function verifyArgs(
  callee: string,
  params: readonly LoopType[],
  args: readonly LoopExpr[],
  report: (what: string) => void,
): void {
  if (params.length !== args.length)
    report(`${callee} takes ${params.length} arguments, not ${args.length}`);
  else
    params.forEach((type, i) => {
      same(`argument ${i + 1} of ${callee}`, args[i]!.type, type, report);
    });
}
