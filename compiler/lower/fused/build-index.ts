/** Elements read at positions that a tensor gives: gather, embedding rows. */

import type { Node } from "../../graph/ir.ts";
import { tensorOf } from "../../graph/ir.ts";
import { rowMajor, strides } from "../../graph/layout.ts";
import {
  binary,
  compare,
  FuncBuilder,
  global,
  i32,
  knownI32,
  load,
  loadVector,
  plus,
  select,
} from "../../loop/build.ts";
import type { LoopExpr } from "../../loop/ir.ts";
import type { Dim } from "../../ops/dim.ts";
import { addDim, mulDim } from "../../ops/dim.ts";
import type { Affine, IndexLowering } from "../../ops/lowering.ts";
import { boolToInt, type Lanes, lowerExpr } from "../expression.ts";
import type { Kernel, KernelParams, LoweredKernel } from "./kernel.ts";
import { elementAddress, elementOf, failureGlobal, kernelParams } from "./kernel.ts";
import { evaluateForm, identityIndex, type LinearForm, linearForm } from "./linear-form.ts";
import { loopOver } from "./nest.ts";
import { isVectorizable, type Pulled, pull } from "./pull.ts";
import { readPoint } from "./read-point.ts";
import { sizeExpr } from "./size-expr.ts";

/** The last parameter of such a kernel's function is the number to report for a position outside. */
export function buildIndex(kernel: Kernel, anchor: Node, lowering: IndexLowering): LoweredKernel {
  const b = new FuncBuilder();
  const params = kernelParams(b, kernel);
  const site = b.param("site", "i32");
  const result = tensorOf(kernel.result);
  const rank = result.shape.length;
  const identity = identityIndex(rank);
  const [data, positions] = [anchor.operands[0]!, anchor.operands[1]!];
  const epilogue = pull({ region: kernel.region, axes: rank, anchor }, kernel.result, identity);
  const place = dataForm(lowering.data, tensorOf(data).shape, rank);
  const indexForm = linearForm(lowering.index, tensorOf(positions).shape, positions.layout, rank);
  const out = linearForm(identity, result.shape, kernel.result.layout, rank);
  const size = sizeExpr(place.size, params.sizes);
  const base = (v: typeof data): LoopExpr => params.operands[kernel.region.params.indexOf(v)]!;
  const [dataBase, positionBase] = [base(data), base(positions)];
  // Axes along which the position stays the same run inside the one read of it.
  let shared = rank;
  while (shared > 0 && indexForm.by[shared - 1] === 0) shared--;
  const dtype = tensorOf(data).dtype;
  loopOver(b, params, result.shape.slice(0, shared), [], (outer) => {
    const at = elementAddress(positionBase, evaluateForm(indexForm, outer, params.sizes), "i32");
    const given = load({ element: "i32", base: at, index: i32(0) });
    // The failure ends the call after this kernel; until then 0 stands for the position.
    const row = checkedPosition(b, given, size, site, (wrong) => b.set(wrong, i32(0)));
    const rowOffset = b.let("row", binary("mul", row, sizeExpr(place.step, params.sizes)));
    const write = (point: readonly LoopExpr[], lanes: Lanes): void => {
      const index = plus(rowOffset, evaluateForm(place.form, point, params.sizes));
      const from = elementAddress(dataBase, index, dtype);
      const access = { element: elementOf(dtype), base: from, index: i32(0) };
      const read = lanes === 1 ? load(access) : loadVector(access);
      writePoint(b, params, kernel, epilogue, point, b.let("x", read), out, lanes);
    };
    const inner = rank - 1;
    const runs = [place.form, out].every((form) => form.by[inner] === 1);
    if (shared === rank || dtype === "bool" || !runs || !fitsVectors(epilogue, kernel, inner)) {
      loopOver(b, params, result.shape, outer, (point) => write(point, 1));
      return;
    }
    loopOver(b, params, result.shape.slice(0, inner), outer, (row) => {
      overVectors(b, sizeExpr(result.shape[inner]!, params.sizes), (j, lanes) =>
        write([...row, j], lanes),
      );
    });
  });
  return { funcs: [b.finish(kernel.name)], data: [] };
}

/** Four elements at a time, then what remains one by one. */
function overVectors(
  b: FuncBuilder,
  extent: LoopExpr,
  write: (at: LoopExpr, lanes: Lanes) => void,
): void {
  const known = knownI32(extent);
  const count = known === undefined ? b.let("n", extent) : extent;
  const whole = known === undefined ? b.let("m", binary("and", count, i32(-4))) : i32(known & -4);
  b.for("j", 0, whole, 4, (j) => write(j, 4));
  b.for("j", whole, count, 1, (j) => write(j, 1));
}

/** Whether the epilogue reads what it needs side by side, or as one element, along the axis. */
const fitsVectors = (epilogue: Pulled, kernel: Kernel, axis: number): boolean =>
  tensorOf(kernel.result).dtype !== "bool" &&
  isVectorizable(epilogue.expr) &&
  epilogue.args.every((a) => {
    if (a.kind === "anchor") return true;
    if (a.kind === "position") return a.at.terms.every((t) => t.axis !== axis);
    return a.form.by[axis] === 0 || a.form.by[axis] === 1;
  });

function writePoint(
  b: FuncBuilder,
  params: KernelParams,
  kernel: Kernel,
  epilogue: Pulled,
  at: readonly LoopExpr[],
  anchor: LoopExpr,
  out: LinearForm,
  lanes: Lanes,
): void {
  const dtype = tensorOf(kernel.result).dtype;
  const along = lanes === 1 ? -1 : at.length - 1;
  const args = epilogue.args.map((a) => readPoint(b, params, a, at, lanes, along, anchor));
  const value = lowerExpr(b, epilogue.expr, { args, lanes, indexOf: () => i32(0) });
  const base = elementAddress(params.out, evaluateForm(out, at, params.sizes), dtype);
  b.store(
    { element: elementOf(dtype), base, index: i32(0) },
    dtype === "bool" ? boolToInt(value) : value,
  );
}

/** Where an element of the data lies but for the dimension that is looked up, and that one's step. */
export function dataForm(
  data: IndexLowering["data"],
  shape: readonly Dim[],
  rank: number,
): { form: LinearForm; step: Dim; size: Dim } {
  const steps = strides(rowMajor(shape.length), shape);
  const by: Dim[] = Array.from({ length: rank }, () => 0);
  let [offset, step, size]: [Dim, Dim, Dim] = [0, 0, 0];
  data.forEach((d: Affine | "index", i) => {
    if (d === "index") {
      step = steps[i]!;
      size = shape[i]!;
      return;
    }
    offset = addDim(offset, mulDim(d.offset, steps[i]!));
    for (const t of d.terms) by[t.axis] = addDim(by[t.axis]!, mulDim(t.by, steps[i]!));
  });
  return { form: { by, offset }, step, size };
}

/** A position counted from the end when negative. Outside, the failure is noted and `whenOutside` follows. */
export function checkedPosition(
  b: FuncBuilder,
  value: LoopExpr,
  size: LoopExpr,
  site: LoopExpr,
  whenOutside: (row: LoopExpr) => void,
): LoopExpr {
  const raw = b.let("at", value);
  const row = b.let("at", select(compare("lt", raw, i32(0)), plus(raw, size), raw));
  b.if(compare("eq", compare("ltU", row, size), i32(0)), () => {
    const first = compare("eq", global(failureGlobal), i32(0));
    b.emit({
      s: "setGlobal",
      name: failureGlobal,
      value: select(first, site, global(failureGlobal)),
    });
    whenOutside(row);
  });
  return row;
}
