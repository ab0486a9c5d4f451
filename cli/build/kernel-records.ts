/** The records of kernels, by which the interpreter finds those that programs name. */

import { scalarCode } from "../../compiler/bytecode/encode-steps.ts";
import { hashName, mapName, reduceName, scanName } from "../../compiler/bytecode/kernel-keys.ts";
import {
  combineExpr,
  isHostFunction,
  type Kernels,
  stepExpressions,
} from "../../compiler/lower/kernels/build-kernels.ts";
import { collectKernels } from "../../compiler/lower/kernels/collect.ts";
import { isShift, sharedNames } from "../../compiler/lower/kernels/shared-maps.ts";
import {
  questionsOfRow,
  scanIdentity,
  scanNumber,
} from "../../compiler/lower/kernels/shared-rows.ts";
import { childrenOf, type Expr, type ScalarType } from "../../compiler/ops/expr.ts";
import { inputsOf, keyExpr } from "../../compiler/ops/expr-key.ts";
import { wholeFunction } from "../../compiler/ops/expr-steps.ts";
import { scanExport } from "../../compiler/ops/kernel-abi.ts";
import type { Op } from "../../compiler/ops/op.ts";
import { kernelMap, kernelReduce, kernelScan } from "../../compiler/ops/program-format.ts";
import { isDType } from "../../compiler/ops/types.ts";

/** Words of a record, as runtime/interpreter/kernels.ts reads it. */
export const recordWords = 2;

export interface RecordOfKernel {
  readonly hash: string;
  readonly words: readonly [hash: number, fields: number];
  /** Of its functions in the table. */
  readonly places: readonly number[];
  /** What has to be answered with yes. */
  readonly questions: readonly string[];
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

const scanCombines = ["sum", "prod", "max", "min", "argmax", "argmin", "linear"] as const;
const plain = { combine: -1, identity: 0 } as const;

/** A record for each kernel that programs name. */
export function kernelRecords(
  kernels: Kernels,
  ops: readonly Op[],
): { readonly records: readonly RecordOfKernel[]; readonly ways: readonly number[] } {
  const { maps, reductions } = kernels.table;
  const needed = stepExpressions(ops);
  const records: RecordOfKernel[] = [];
  const ways = new Ways();
  const add = (
    record: KernelRecord,
    asked: readonly string[] = [],
    hash = hashName(record.name),
    also: readonly number[] = [],
  ): void => {
    const { kind, operands, number, combine, types, identity } = record;
    const isMap = kind === kernelMap;
    // One lane or sixteen.
    const count = kind === kernelReduce ? Math.min(operands, 2) : operands;
    const above = packTypes(types) | (isMap ? 0 : ways.add(combine, identity) << 8);
    const fields = kind | (count << 2) | (number << 4) | (above << 16);
    const words = [hash[0], fields >>> 0] as const;
    // Only what computes elements has places of its own.
    const own = [isMap ? number : -1, combine].filter((place) => place >= 0);
    const places = [...own, ...also];
    const questions = [...asked, ...places.flatMap((n) => kernels.asked.get(n) ?? [])];
    records.push({ hash: hash.join(" "), words, places, questions });
  };
  // Functions of the interpreter's own come after the kernels, behind that which runs steps.
  const hosts = [...needed].filter(([, expr]) => isHostFunction(expr));
  const first = kernels.module.table.length + 1;
  const numbers = new Map([
    ...Object.entries(maps),
    ...hosts.map(([key], i) => [key, first + i] as const),
  ]);
  for (const [key, number] of numbers) {
    const expr = needed.get(key);
    if (!expr) continue;
    const inputs = inputsOf(expr);
    const types = [expr.type, ...inputs.args.map((i) => typeOfArg(expr, i))];
    const operands = inputs.args.length;
    const record = { ...plain, name: mapName(key), kind: kernelMap, number, operands, types };
    const also = isShift(expr) ? [kernels.module.table.indexOf(sharedNames.elements)] : [];
    add(record, undefined, undefined, also);
    const known = wholeFunction(key);
    if (known) add(record, undefined, known.hash2);
  }
  for (const [key, { row, combine, identity }] of Object.entries(reductions)) {
    const [name = "", dtype = "", lanes = ""] = key.split(" ");
    const result = name.startsWith("arg") ? "i32" : dtype;
    const types = [dtype, result].map(scalarType);
    const operands = Number(lanes);
    const kind = kernelReduce;
    const record = { name: reduceName(key), kind, number: row, combine, identity, operands, types };
    add(record, dtype === "f64" ? [] : questionsOfRow(row));
  }
  for (const scan of collectKernels(ops).scans) {
    const { combine, type } = scan;
    const number = scanNumber(scan);
    const record: KernelRecord = {
      name: scanName(scanExport(combine, type)),
      kind: kernelScan,
      number,
      combine: -1,
      identity: scanIdentity(scan),
      operands: combine === "linear" ? 2 : 1,
      types: [type, combine.startsWith("arg") ? "i32" : type],
    };
    add(record, questionsOfRow(number));
  }
  addWideScans(maps, add);
  const low = new Set(records.map(({ words }) => words[0]));
  if (low.size !== records.length) throw new Error("two kernels have names with the same low word");
  return { records, ways: ways.words };
}

/** Scans of f64: combined row by row by an operation; positions by a function of its own, which asks whether it is the least. */
function addWideScans(
  maps: Kernels["table"]["maps"],
  add: (
    record: KernelRecord,
    questions: undefined,
    hash: undefined,
    also: readonly number[],
  ) => void,
): void {
  for (const combine of scanCombines) {
    const operation = (name: typeof combine): number => {
      const expr = combineExpr(name === "linear" ? "sum" : name, "f64");
      return expr ? maps[keyExpr(expr).key]! : -1;
    };
    const isLinear = combine === "linear";
    const product = isLinear ? [operation("prod")] : [];
    add(
      {
        name: scanName(scanExport(combine, "f64")),
        kind: kernelScan,
        number: product[0] ?? (combine === "argmin" ? 1 : 0),
        combine: operation(combine),
        identity: scanIdentity({ combine, type: "f32" }),
        operands: isLinear ? 2 : 1,
        types: ["f64", combine.startsWith("arg") ? "i32" : "f64"],
      },
      undefined,
      undefined,
      product,
    );
  }
}

/** Four bits for each type. */
const packTypes = (types: readonly ScalarType[]): number =>
  types.reduce((bits, type, i) => bits | (scalarCode(type) << (4 * i)), 0);

/** How reductions and scans start and go on, which several of them share: a kernel, or −1, and what results start with. */
class Ways {
  readonly #known = new Map<string, number>();
  readonly words: number[] = [];

  /** The number of the way. */
  add(combine: number, identity: number): number {
    const text = `${combine} ${identity}`;
    const known = this.#known.get(text) ?? this.#known.size;
    if (known === this.#known.size) this.words.push(combine, identity);
    this.#known.set(text, known);
    return known;
  }
}

function scalarType(name: string): ScalarType {
  if (isDType(name)) return name;
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
