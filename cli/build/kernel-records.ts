/** The records of kernels, by which the interpreter finds those that programs name. */

import { scalarCode } from "../../compiler/bytecode/encode-steps.ts";
import { hashName, mapName, reduceName, scanName } from "../../compiler/bytecode/kernel-keys.ts";
import { type Kernels, stepExpressions } from "../../compiler/lower/kernels/build-kernels.ts";
import { collectKernels } from "../../compiler/lower/kernels/collect.ts";
import { isShift, sharedNames } from "../../compiler/lower/kernels/shared-maps.ts";
import { scanIdentity, scanNumber } from "../../compiler/lower/kernels/shared-rows.ts";
import { childrenOf, type Expr, type ScalarType } from "../../compiler/ops/expr.ts";
import { inputsOf } from "../../compiler/ops/expr-key.ts";
import { wholeFunction } from "../../compiler/ops/expr-steps.ts";
import { scanExport } from "../../compiler/ops/kernel-abi.ts";
import type { Op } from "../../compiler/ops/op.ts";
import { kernelMap, kernelReduce, kernelScan } from "../../compiler/ops/program-format.ts";

/** Words of a record, as runtime/interpreter/kernels.ts reads it. */
export const recordWords = 5;

export interface RecordOfKernel {
  readonly hash: string;
  readonly words: readonly number[];
  /** Of its functions in the table. */
  readonly places: readonly number[];
}

interface KernelRecord {
  readonly name: string;
  readonly kind: number;
  /** How many; of reductions the lanes. */
  readonly operands: number;
  readonly number: number;
  /** Of reductions the kernel that adds two accumulators, or −1; of these and scans what results start with. */
  readonly combine: number;
  readonly identity: number;
  /** Of maps the result's first, else the operand's. */
  readonly types: readonly ScalarType[];
}
const plain = { combine: -1, identity: 0 } as const;

/** A record for each kernel that programs name. */
export function kernelRecords(kernels: Kernels, ops: readonly Op[]): RecordOfKernel[] {
  const { maps, reductions } = kernels.table;
  const needed = stepExpressions(ops);
  const records: RecordOfKernel[] = [];
  const add = (record: KernelRecord, hash = hashName(record.name), also: number[] = []): void => {
    const { kind, operands, number, combine, types, identity } = record;
    const fields = kind | (operands << 2) | (number << 8) | ((combine + 1) << 20);
    const words = [...hash, fields >>> 0, packTypes(types), identity >>> 0];
    // Only what computes elements has places of its own.
    const own = [kind === kernelMap ? number : -1, combine].filter((place) => place >= 0);
    const places = [...own, ...also];
    records.push({ hash: hash.join(" "), words, places });
  };
  for (const [key, number] of Object.entries(maps)) {
    const expr = needed.get(key);
    if (!expr) continue;
    const inputs = inputsOf(expr);
    const types = [expr.type, ...inputs.args.map((i) => typeOfArg(expr, i))];
    const operands = inputs.args.length;
    const record = { ...plain, name: mapName(key), kind: kernelMap, number, operands, types };
    const also = isShift(expr) ? [kernels.module.table.indexOf(sharedNames.elements)] : [];
    add(record, undefined, also);
    const known = wholeFunction(key);
    if (known) add(record, known.hash2);
  }
  for (const [key, { row, combine, identity }] of Object.entries(reductions)) {
    const [name = "", dtype = "", lanes = ""] = key.split(" ");
    const result = name.startsWith("arg") ? "i32" : dtype;
    const types = [dtype, result].map(scalarType);
    const operands = Number(lanes);
    const kind = kernelReduce;
    add({ name: reduceName(key), kind, number: row, combine, identity, operands, types });
  }
  for (const scan of collectKernels(ops).scans) {
    const { combine, type } = scan;
    add({
      name: scanName(scanExport(combine, type)),
      kind: kernelScan,
      number: scanNumber(scan),
      combine: -1,
      identity: scanIdentity(scan),
      operands: combine === "linear" ? 2 : 1,
      types: [type, combine.startsWith("arg") ? "i32" : type],
    });
  }
  return records;
}

/** Four bits for each type. */
const packTypes = (types: readonly ScalarType[]): number =>
  types.reduce((bits, type, i) => bits | (scalarCode(type) << (4 * i)), 0);

function scalarType(name: string): ScalarType {
  if (name === "f32" || name === "i32" || name === "bool") return name;
  throw new Error(`${name} is no type of elements`);
}

function typeOfArg(expr: Expr, index: number): ScalarType {
  const visit = (e: Expr): ScalarType | undefined => {
    if (e.op === "arg") return e.index === index ? e.type : undefined;
    for (const child of childrenOf(e)) {
      const found = visit(child);
      if (found !== undefined) return found;
    }
    return undefined;
  };
  const type = visit(expr);
  if (type === undefined) throw new Error(`a kernel has no operand ${index}`);
  return type;
}
