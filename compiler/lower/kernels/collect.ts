/**
 * Which kernels the operators need: every expression and reduction that a record's `lower` gives for
 * its samples with every combination of dtypes that it takes.
 */

import { GraphRule, inferResult, RefusedCall } from "../../graph/infer.ts";
import { parseTypeText } from "../../graph/parse-type.ts";
import type { Expr } from "../../ops/expr.ts";
import { type KeyedExpr, keyExpr, liftConstants } from "../../ops/expr-key.ts";
import { isKernelDType, type KernelDType, kernelDTypes } from "../../ops/kernel-abi.ts";
import type { Lowering, ReduceLowering, ScanLowering } from "../../ops/lowering.ts";
import type { Op, Sample } from "../../ops/op.ts";
import { type TensorType, tensorType } from "../../ops/types.ts";
import type { RowReduction } from "./reduce-row.ts";
import type { Scan } from "./scan.ts";

export interface NeededKernels {
  /** By key. */
  readonly maps: ReadonlyMap<string, Expr>;
  readonly reductions: readonly RowReduction[];
  readonly scans: readonly Scan[];
}

export function collectKernels(ops: readonly Op[]): NeededKernels {
  const maps = new Map<string, Expr>();
  const reductions = new Map<string, RowReduction>();
  const scans = new Map<string, Scan>();
  for (const op of ops) {
    for (const expressions of expressionsByDTypes(op, reductions, scans).values()) {
      for (const { key, expr } of withoutVaryingConstants(expressions)) addMap(maps, key, expr);
    }
  }
  return { maps, reductions: [...reductions.values()], scans: [...scans.values()] };
}

function addMap(maps: Map<string, Expr>, key: string, expr: Expr): void {
  const known = maps.get(key);
  if (known !== undefined && JSON.stringify(known) !== JSON.stringify(expr))
    throw new Error(`two expressions have the key ${key}`);
  maps.set(key, expr);
}

/** The expressions of one operator, those of equal dtypes together; its reductions and scans are added. */
function expressionsByDTypes(
  op: Op,
  reductions: Map<string, RowReduction>,
  scans: Map<string, Scan>,
): ReadonlyMap<string, readonly Expr[]> {
  const found = new Map<string, Expr[]>();
  for (const sample of op.samples) {
    for (const { types, lowering, result } of callsOf(op, sample)) {
      const key = [...types, result].map((t) => t.dtype).join();
      const expressions = found.get(key) ?? [];
      found.set(key, expressions);
      const expr = expressionOf(lowering);
      if (expr) expressions.push(expr);
      if (lowering.kind === "reduce") addReduction(reductions, lowering, types[0]!.dtype);
      if (lowering.kind === "scan") addScan(scans, lowering, types[0]!.dtype);
    }
  }
  return found;
}

function expressionOf(lowering: Lowering): Expr | undefined {
  if (lowering.kind === "map") return lowering.expr;
  return lowering.kind === "reduce" || lowering.kind === "window" ? lowering.finish : undefined;
}

function addReduction(
  found: Map<string, RowReduction>,
  { combine }: ReduceLowering,
  dtype: KernelDType,
): void {
  if (dtype === "bool") throw new Error(`${combine} of bool has no kernel: convert to i32 first`);
  for (const lanes of [1, 16] as const)
    found.set(`${combine} ${dtype} ${lanes}`, { combine, type: dtype, lanes });
}

function addScan(found: Map<string, Scan>, { combine }: ScanLowering, type: KernelDType): void {
  if (type === "bool") throw new Error(`a scan of bool has no kernel: convert to i32 first`);
  found.set(`${combine} ${type}`, { combine, type });
}

type KernelTensor = TensorType & { readonly dtype: KernelDType };

interface SampleCall {
  readonly types: readonly KernelTensor[];
  readonly lowering: Lowering;
  readonly result: TensorType;
}

/** The calls that a sample gives with its own and with all other dtypes, if they are allowed. */
function callsOf(op: Op, sample: Sample): SampleCall[] {
  const shapes = sample.operands.map((text) => {
    const type = parseTypeText(text);
    if (type.kind !== "tensor") throw new Error(`${op.name}: ${text} is not the type of a tensor`);
    return type.shape;
  });
  return combinations(op.variadic ? 1 : shapes.length).flatMap((choice) => {
    const types = shapes.map((shape, i): KernelTensor => {
      const dtype = choice[i] ?? choice[0]!;
      return { ...tensorType(dtype, shape), dtype };
    });
    try {
      const attrs = op.bind(sample.args, types, new GraphRule());
      const result = inferResult(op, types, attrs).type;
      // An operator that makes a tensor of nothing may make one of another dtype.
      if (!isKernelDType(result.dtype)) return [];
      return [{ types, lowering: op.lower(types, attrs, result), result }];
    } catch (error) {
      if (error instanceof RefusedCall) return [];
      throw error;
    }
  });
}

function combinations(count: number): (readonly KernelDType[])[] {
  let all: (readonly KernelDType[])[] = [[]];
  for (let i = 0; i < count; i++) all = all.flatMap((c) => kernelDTypes.map((d) => [...c, d]));
  return all;
}

/**
 * An operator whose attributes become constants (`arange`) would need a kernel per value. Expressions
 * that differ in constants only share one kernel, which takes the constants as operands.
 */
function withoutVaryingConstants(expressions: readonly Expr[]): KeyedExpr[] {
  const byShape = new Map<string, Map<string, KeyedExpr>>();
  const lifted = new Map<string, KeyedExpr>();
  for (const expr of expressions) {
    const exact = keyExpr(expr);
    const shape = keyExpr(liftConstants(expr).expr);
    lifted.set(shape.key, shape);
    const same = byShape.get(shape.key) ?? new Map<string, KeyedExpr>();
    byShape.set(shape.key, same.set(exact.key, exact));
  }
  return [...byShape].map(([key, same]) =>
    same.size > 1 ? lifted.get(key)! : [...same.values()][0]!,
  );
}
