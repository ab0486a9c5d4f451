/**
 * What the interpreter is told when it is built, as AssemblyScript: where the kernels have their memory,
 * which kernels there are, and the functions of scalars and texts by their numbers.
 */

import { scalarCode } from "../../compiler/bytecode/encode-steps.ts";
import { scalarNumbers, textNumbers } from "../../compiler/bytecode/function-numbers.ts";
import { hashName, mapName, reduceName, scanName } from "../../compiler/bytecode/kernel-keys.ts";
import type { Type } from "../../compiler/graph/ir.ts";
import { scalarFns } from "../../compiler/graph/scalars.ts";
import { textFns } from "../../compiler/graph/text-functions.ts";
import { heapFunctions } from "../../compiler/loop/heap.ts";
import { type DataObject, placeData } from "../../compiler/loop/ir.ts";
import { type Kernels, stepExpressions } from "../../compiler/lower/kernels/build-kernels.ts";
import { collectKernels } from "../../compiler/lower/kernels/collect.ts";
import { blockElements } from "../../compiler/lower/kernels/memory.ts";
import { scanIdentity, scanNumber } from "../../compiler/lower/kernels/shared-rows.ts";
import { childrenOf, type Expr, type ScalarType } from "../../compiler/ops/expr.ts";
import { inputsOf } from "../../compiler/ops/expr-key.ts";
import { wholeFunction } from "../../compiler/ops/expr-steps.ts";
import { constantCode, indexCode, maxPlanAxes, scanExport } from "../../compiler/ops/kernel-abi.ts";
import type { Op } from "../../compiler/ops/op.ts";
import * as format from "../../compiler/ops/program-format.ts";
import {
  kernelMap,
  kernelReduce,
  kernelScan,
  mostConstants,
  mostInputs,
  mostOperation,
  mostPlaces,
} from "../../compiler/ops/program-format.ts";
import { type InterpreterTable, operationBits } from "../../compiler/wasm/trim-interpreter.ts";

/** Words of a record, as runtime/interpreter/kernels.ts reads it. */
const recordWords = 5;
/** What one step makes of a block: elements of up to eight bytes, and room for a vector past the end. */
const placeBytes = blockElements * 8 + 64;

/** The kernels with the memory that the interpreter needs beside theirs. */
export interface InterpreterParts {
  readonly table: InterpreterTable;
  readonly module: Kernels["module"];
  /** Functions of the interpreter that are called by number, after the kernels. */
  readonly hostTable: readonly string[];
  /** Sources by the names under which the interpreter imports them. */
  readonly sources: ReadonlyMap<string, string>;
}

const operations = new Map<number, string>(
  Object.entries(format).flatMap(([name, number]) =>
    /^op[A-Z]/.test(name) ? [[number, name] as const] : [],
  ),
);
/** Sums and maxima of windows count as operations of their own after all others. */
const knownOperations = [...operations.keys(), mostOperation + 1, mostOperation + 2];

/** The exported function of each operation, by its number; numbers without one have that of `drop`. */
const operationTable = Array.from(
  { length: mostOperation + 1 },
  (_, number) => `run_${operations.get(number) ?? "opDrop"}`,
);

export function interpreterParts(kernels: Kernels, ops: readonly Op[]): InterpreterParts {
  const records = kernelRecords(kernels, ops);
  const recordBytes = recordWords * 4;
  const recordWordList = Uint32Array.from(records.flatMap((r) => r.words));
  const recordList = new Uint8Array(recordWordList.buffer);
  const countWord = new Uint8Array(Uint32Array.of(records.length).buffer);
  const hostTable = ["table_runSteps", ...operationTable];
  const extra: DataObject[] = [
    { name: "interpreter scratch", bytes: undefined, size: 13 * 128 },
    { name: "step values", bytes: undefined, size: 8 * (mostInputs + mostConstants + mostPlaces) },
    { name: "step constants", bytes: undefined, size: 64 * mostConstants },
    { name: "step inputs", bytes: undefined, size: 64 * (mostInputs + 1) },
    { name: "step slots", bytes: undefined, size: 8 * (mostInputs + 1) },
    { name: "step places", bytes: undefined, size: placeBytes * mostPlaces },
    { name: "kernel count", bytes: countWord, size: 8 },
    { name: "known operations", bytes: operationBits(knownOperations), size: 16 },
    { name: "kernel keys", bytes: recordList, size: recordList.length },
  ];
  const module = { ...kernels.module, data: [...kernels.module.data, ...extra] };
  const { addresses, end } = placeData(module.data);
  const { regions, tiles } = kernels.table;
  const numbers: Readonly<Record<string, readonly [type: string, value: number]>> = {
    descriptorsAt: ["usize", regions.descriptors],
    planAt: ["usize", regions.plan],
    cellsAt: ["usize", regions.cells],
    scratchAt: ["usize", addresses.get("interpreter scratch")!],
    kernelKeysAt: ["usize", addresses.get("kernel keys")!],
    stepValuesAt: ["usize", addresses.get("step values")!],
    stepConstantsAt: ["usize", addresses.get("step constants")!],
    stepInputsAt: ["usize", addresses.get("step inputs")!],
    stepSlotsAt: ["usize", addresses.get("step slots")!],
    stepPlacesAt: ["usize", addresses.get("step places")!],
    placeBytes: ["usize", placeBytes],
    stepElements: ["i32", blockElements],
    stepsKernel: ["i32", kernels.module.table.length],
    memoryStart: ["usize", end],
    kernelCountAt: ["usize", addresses.get("kernel count")!],
    knownOperationsAt: ["usize", addresses.get("known operations")!],
    operationsAt: ["i32", kernels.module.table.length + 1],
    tilesF32: ["i32", tiles.f32],
    tilesI32: ["i32", tiles.i32],
    indexCode: ["i32", indexCode],
    constantCode: ["i32", constantCode],
    maxPlanAxes: ["i32", maxPlanAxes],
  };
  const table = Object.entries(numbers)
    .map(([name, [type, value]]) => `export const ${name}: ${type} = ${value};\n`)
    .join("");
  return {
    module,
    hostTable,
    table: {
      places: [...kernels.module.table, ...hostTable],
      kernels: records.map(({ hash, places }) => ({ hash, places })),
      recordBytes,
      countAt: addresses.get("kernel count")!,
      operationsAt: addresses.get("known operations")!,
      recordsAt: addresses.get("kernel keys")!,
    },
    sources: new Map([
      ["interpreter/kernel-table.ts", table],
      ["interpreter/kernel-imports.ts", importsText()],
      ["interpreter/kernel-dispatch.ts", dispatchText()],
    ]),
  };
}

interface RecordOfKernel {
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
function kernelRecords(kernels: Kernels, ops: readonly Op[]): RecordOfKernel[] {
  const { maps, reductions } = kernels.table;
  const needed = stepExpressions(ops);
  const records: RecordOfKernel[] = [];
  const add = (record: KernelRecord, hash = hashName(record.name)): void => {
    const { kind, operands, number, combine, types, identity } = record;
    const fields = kind | (operands << 2) | (number << 8) | ((combine + 1) << 20);
    const words = [...hash, fields >>> 0, packTypes(types), identity >>> 0];
    // Only what computes elements has places of its own.
    const places = [kind === kernelMap ? number : -1, combine].filter((place) => place >= 0);
    records.push({ hash: hash.join(" "), words, places });
  };
  for (const [key, number] of Object.entries(maps)) {
    const expr = needed.get(key);
    if (!expr) continue;
    const inputs = inputsOf(expr);
    const types = [expr.type, ...inputs.args.map((i) => typeOfArg(expr, i))];
    const operands = inputs.args.length;
    const record = { ...plain, name: mapName(key), kind: kernelMap, number, operands, types };
    add(record);
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

const external = (name: string, as: string, params: readonly string[], result: string): string =>
  `// @ts-ignore: decorator\n@external("kernels", ${JSON.stringify(name)})\nexport declare function ${as}(${params
    .map((type, i) => `p${i}: ${type}`)
    .join(", ")}): ${result};\n`;

const fill = (count: number, type: string): string[] => Array.from({ length: count }, () => type);

function importsText(): string {
  return [
    external("mapStrided", "mapStrided", fill(2, "i32"), "void"),
    external("reduce", "reduce", [...fill(4, "i32"), "usize"], "void"),
    ...["contract", "windowMax", "windowSum", "move"].map((n) => external(n, n, [], "void")),
    external("index", "indexRows", [], "i32"),
    external("scatter", "scatterRows", [], "i32"),
    external("sort", "sortRows", [], "void"),
    external("scan", "scan", fill(2, "i32"), "void"),
    external("kernel by number", "callKernel", fill(5, "i32"), "void"),
    external("operation by number", "callOperation", fill(1, "i32"), "void"),
  ].join("");
}

/** Scalar functions that the interpreter computes itself; x, y are numbers or, from p on, booleans. */
const scalarText: Readonly<Record<string, string>> = {
  add: "x + y",
  sub: "x - y",
  mul: "x * y",
  div: "x / y",
  rem: "remainder(x, y)",
  neg: "-x",
  eq: "x == y",
  ne: "x != y",
  lt: "x < y",
  le: "x <= y",
  gt: "x > y",
  ge: "x >= y",
  not: "p == 0",
  and: "(p & q) != 0",
  or: "(p | q) != 0",
  same: "p == q",
  differ: "p != q",
  toNumber: "<f64>p",
  toBoolean: "x < 0 || x > 0",
  bitAnd: "<f64>(toInt32(x) & toInt32(y))",
  bitOr: "<f64>(toInt32(x) | toInt32(y))",
  bitXor: "<f64>(toInt32(x) ^ toInt32(y))",
  bitNot: "<f64>~toInt32(x)",
  shl: "<f64>(toInt32(x) << toInt32(y))",
  shr: "<f64>(toInt32(x) >> toInt32(y))",
  shrU: "<f64>(<u32>toInt32(x) >> <u32>toInt32(y))",
  sqrt: "sqrt(x)",
  abs: "abs(x)",
  floor: "floor(x)",
  ceil: "ceil(x)",
  round: "round(x)",
  trunc: "trunc(x)",
  sign: "x > 0 ? 1 : x < 0 ? -1 : x",
  fround: "<f64><f32>x",
  min: "min<f64>(x, y)",
  max: "max<f64>(x, y)",
  imul: "<f64>(toInt32(x) * toInt32(y))",
  clz32: "<f64>clz(toInt32(x))",
};

/** Four bits for each kind, plus one: the result's first. */
const kinds: readonly Type["kind"][] = ["f64", "bool", "str", "ref", "tensor"];
const signature = (types: readonly Type["kind"][]): number =>
  types.reduce((bits, kind, i) => {
    const code = kinds.indexOf(kind) + 1;
    if (code === 0) throw new Error(`programs have no ${kind}`);
    return bits | (code << (4 * i));
  }, 0);

function dispatchText(): string {
  const scalars = scalarNumbers.map((name, number) => {
    const { operands, result } = scalarFns.get(name)!;
    const own = scalarText[name];
    const value = name === "choose" ? "p != 0 ? y : z" : own;
    const set = result === "bool" ? `setBool(d, ${value} ? 1 : 0)` : `setNumber(d, ${value})`;
    // The third operand is read whether or not it is the one.
    const third = operands.length > 2 ? "const z = numberIn(next()); " : "";
    return {
      number,
      run: `    case ${number}: { ${third}${set}; break; }\n`,
      signature: signature([result, ...operands]),
      arity: operands.length,
    };
  });
  const texts = textNumbers.map((name, number) => textCase(name, number));
  const signatures = (all: readonly { number: number; signature: number }[]): string =>
    all.map((s) => `    case ${s.number}: return ${s.signature};\n`).join("");
  const heapNames = [...new Set(texts.map((t) => t.heap))];
  return `${dispatchHead(heapNames)}
export function scalarSignature(fn: i32): i32 {
  switch (fn) {
${signatures(scalars)}    default: return 0;
  }
}

export function runScalar(): void {
  const fn = next();
  const d = next();
  const first = next();
  const x = numberIn(first);
  const p = boolIn(first);
  let y: f64 = 0;
  let q: i32 = 0;
  if (${scalars
    .filter((s) => s.arity > 1)
    .map((s) => `fn === ${s.number}`)
    .join(" || ")}) {
    const second = next();
    y = numberIn(second);
    q = boolIn(second);
  }
  switch (fn) {
${scalars.map((s) => s.run).join("")}    default: unreachable();
  }
}

export function textSignature(fn: i32): i32 {
  switch (fn) {
${signatures(texts)}    default: return 0;
  }
}

export function runTexts(): void {
  const fn = next();
  const d = next();
  switch (fn) {
${texts.map((t) => t.run).join("")}    default: unreachable();
  }
}
`;
}

function textCase(name: string, number: number) {
  const { operands, result, heap } = textFns.get(name)!;
  const callee = heapFunctions.get(`heap.${heap}`)!;
  const args = operands.map(({ kind }, i) => {
    const due = callee.params[i]!.type;
    if (kind === "str") return "textIn(next())";
    const x = kind === "bool" ? "boolIn(next())" : "numberIn(next())";
    const own = kind === "bool" ? "i32" : "f64";
    return own === due ? x : `<${due}>${x}`;
  });
  const value = `${heap}(${args.join(", ")})`;
  const kind = result === "texts" ? "ref" : result.kind;
  const set = {
    ref: `give(d, ${value})`,
    str: `giveText(d, ${value})`,
    bool: `setBool(d, <i32>(${value}))`,
    f64: `setNumber(d, <f64>${value})`,
    tensor: "unreachable()",
    i32: "unreachable()",
  }[kind];
  return {
    number,
    heap,
    run: `    case ${number}: { ${set}; break; }\n`,
    signature: signature([kind, ...operands.map((t) => t.kind)]),
  };
}

function dispatchHead(heapNames: readonly string[]): string {
  return `import { ${heapNames.join(", ")} } from "../heap/index";
import { unitCount } from "../heap/strings";
import { spendOn } from "./limits";
import { toUint32 } from "../heap/number-arguments";
import { boolIn, give, numberIn, pointerIn, setBool, setNumber } from "./registers";
import { remainder, round } from "./numbers";
import { next } from "./words";

/** Functions of texts take time by their lengths. */
function textIn(r: i32): usize {
  const s = pointerIn(r);
  if (s !== 0) spendOn(<i64>unitCount(s));
  return s;
}

function giveText(r: i32, s: usize): void {
  spendOn(<i64>unitCount(s));
  give(r, s);
}

function toInt32(x: f64): i32 {
  return <i32>toUint32(x);
}
`;
}
