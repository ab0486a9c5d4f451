/** Expressions of Loop IR as binaryen expressions, one instruction each where wasm has it. */

import type { BinaryOp, LoopExpr, LoopType, ScalarLoopType } from "../loop/ir.ts";
import { isVector, lanesOf } from "../loop/operation-types.ts";
import type { Ref } from "./api.ts";
import { EmitError, wasmType } from "./api.ts";
import { emitLoad } from "./emit-access.ts";
import {
  binaryInstructions,
  bitsInstructions,
  compareInstructions,
  convertInstructions,
  laneInstructions,
  shiftInstructions,
  unaryInstructions,
} from "./operations.ts";
import type { Scope } from "./scope.ts";
import { addressOf, calleeOf, globalOf } from "./scope.ts";

type Of<K extends LoopExpr["k"]> = LoopExpr & { readonly k: K };

export function emitExpr(scope: Scope, e: LoopExpr): Ref {
  const { m } = scope;
  const emit = (child: LoopExpr): Ref => emitExpr(scope, child);
  switch (e.k) {
    case "const":
      return emitConst(scope, e.type, e.value);
    case "local":
      return m.local.get(scope.locals.get(e.name).index, wasmType(scope.api, e.type));
    case "global":
      return m.global.get(globalOf(scope, e.name), scope.api.i32);
    case "address":
      return m.i32.const(addressOf(scope, e.name));
    case "unary":
      return emitUnary(scope, e);
    case "binary":
      return emitBinary(scope, e);
    case "compare": {
      const instruction = compareInstructions[`${e.op} ${e.a.type}`];
      return found(instruction, e.op, e.a.type)(m, emit(e.a), emit(e.b));
    }
    case "select":
      return isVector(e.type)
        ? m.v128.bitselect(emit(e.a), emit(e.b), emit(e.c))
        : m.select(emit(e.c), emit(e.a), emit(e.b));
    case "convert":
      return emitConvert(scope, e);
    case "bits":
      return found(bitsInstructions[`${e.a.type} ${e.type}`], "bits", e.type)(m, emit(e.a));
    case "splat":
      return laneInstructions[lanesOf[e.type].type].splat(m, emit(e.a));
    case "lane":
      return laneInstructions[e.type].extract(m, emit(e.a), e.lane);
    case "shuffle":
      return m.i8x16.shuffle(
        emit(e.a),
        emit(e.b),
        e.lanes.flatMap((lane) => [0, 1, 2, 3].map((byte) => lane * 4 + byte)),
      );
    case "load":
      return emitLoad(scope, e, emit);
    case "call":
      return m.call(calleeOf(scope, e.callee).name, e.args.map(emit), wasmType(scope.api, e.type));
    case "memorySize":
      return m.memory.size();
    case "memoryGrow":
      return m.memory.grow(emit(e.pages));
  }
}

function found<F>(instruction: F | undefined, op: string, type: LoopType): F {
  if (!instruction) throw new EmitError(`no ${op} of ${type}`);
  return instruction;
}

function emitConst({ m }: Scope, type: LoopType, value: number | bigint): Ref {
  switch (type) {
    case "i32":
      return m.i32.const(Number(value) | 0);
    case "i64":
      return m.i64.const(BigInt.asIntN(64, BigInt(value)));
    case "f32":
      return Number.isNaN(value) ? m.f32.const_bits(0x7fc00000) : m.f32.const(Number(value));
    case "f64":
      return Number.isNaN(value)
        ? m.f64.const_bits(0x7ff8000000000000n)
        : m.f64.const(Number(value));
    default:
      return m.v128.const(vectorBytes(lanesOf[type].type, value));
  }
}

function vectorBytes(type: ScalarLoopType, value: number | bigint): Uint8Array {
  const view = new DataView(new ArrayBuffer(16));
  const isNone = Number.isNaN(value);
  const size = type === "f32" || type === "i32" ? 4 : 8;
  for (let lane = 0; lane < 16; lane += size) {
    if (type === "i32") view.setInt32(lane, Number(value), true);
    else if (type === "i64") view.setBigInt64(lane, BigInt(value), true);
    else if (type === "f32" && isNone) view.setInt32(lane, 0x7fc00000, true);
    else if (type === "f32") view.setFloat32(lane, Number(value), true);
    else if (isNone) view.setBigInt64(lane, 0x7ff8000000000000n, true);
    else view.setFloat64(lane, Number(value), true);
  }
  return new Uint8Array(view.buffer);
}

/** Lanes of 64 bits are converted one by one. */
function emitConvert(scope: Scope, e: Of<"convert">): Ref {
  const { m } = scope;
  const [from, to] = [e.a.type, e.type];
  if (!isVector(from) || !isVector(to) || lanesOf[from].count === 4 || lanesOf[to].count === 4)
    return found(convertInstructions[`${from} ${to}`], "convert", to)(m, emitExpr(scope, e.a));
  const [source, target] = [lanesOf[from].type, lanesOf[to].type];
  const instruction = found(convertInstructions[`${source} ${target}`], "convert", to);
  const a = tee(scope, e.a);
  const lane = (n: number, x: Ref): Ref =>
    instruction(m, laneInstructions[source].extract(m, x, n));
  const first = laneInstructions[target].splat(m, lane(0, a.first));
  const result = laneInstructions[target].replace(m, first, 1, lane(1, a.again()));
  a.done();
  return result;
}

function emitUnary(scope: Scope, e: Of<"unary">): Ref {
  const instruction = unaryInstructions[`${e.op} ${e.type}`];
  if (instruction) return instruction(scope.m, emitExpr(scope, e.a));
  if (e.op !== "abs" || (e.type !== "i32" && e.type !== "i64"))
    throw new EmitError(`no ${e.op} of ${e.type}`);
  // |a| = (a ^ s) − s, where s is a's sign in every bit.
  const { m } = scope;
  const int = e.type === "i32" ? m.i32 : m.i64;
  const bits = e.type === "i32" ? m.i32.const(31) : m.i64.const(63n);
  const a = tee(scope, e.a);
  const sign = scope.locals.borrow(e.type);
  const type = wasmType(scope.api, e.type);
  const flipped = int.xor(a.first, m.local.tee(sign.index, int.shr_s(a.again(), bits), type));
  const result = int.sub(flipped, m.local.get(sign.index, type));
  scope.locals.giveBack(sign);
  a.done();
  return result;
}

function emitBinary(scope: Scope, e: Of<"binary">): Ref {
  if (e.op === "and" && isVector(e.type) && e.b.k === "unary" && e.b.op === "not") {
    return scope.m.v128.andnot(emitExpr(scope, e.a), emitExpr(scope, e.b.a));
  }
  const instruction = binaryInstructions[`${e.op} ${e.type}`];
  if (instruction) return instruction(scope.m, emitExpr(scope, e.a), emitExpr(scope, e.b));
  const isInteger = e.type === "v4i32" || e.type === "v2i64";
  if (isInteger && isShift(e.op)) return emitVectorShift(scope, e, e.op);
  if (isInteger && (e.op === "div" || e.op === "rem")) return emitByLane(scope, e);
  return emitExtreme(scope, e);
}

type ShiftOp = "shl" | "shrS" | "shrU";
const isShift = (op: BinaryOp): op is ShiftOp => op === "shl" || op === "shrS" || op === "shrU";

/** One count for all lanes where it is a scalar or a constant, else lane by lane. */
function emitVectorShift(scope: Scope, e: Of<"binary">, op: ShiftOp): Ref {
  const { m } = scope;
  if (e.b.type !== "i32" && e.b.k !== "const") return emitByLane(scope, e);
  const count = e.b.k === "const" ? m.i32.const(Number(e.b.value) & 63) : emitExpr(scope, e.b);
  const instruction = found(shiftInstructions[`${op} ${e.type}`], op, e.type);
  return instruction(m, emitExpr(scope, e.a), count);
}

/** What wasm has only for scalars: lanes taken out, computed, put together. */
function emitByLane(scope: Scope, e: Of<"binary">): Ref {
  const { m } = scope;
  const [type, count] = e.type === "v4i32" ? (["i32", 4] as const) : (["i64", 2] as const);
  const lanes = laneInstructions[type];
  const instruction = found(binaryInstructions[`${e.op} ${type}`], e.op, e.type);
  const a = tee(scope, e.a);
  const b = tee(scope, e.b);
  const lane = (n: number, x: Ref, y: Ref): Ref =>
    instruction(m, lanes.extract(m, x, n), lanes.extract(m, y, n));
  let result = lanes.splat(m, lane(0, a.first, b.first));
  for (let n = 1; n < count; n++)
    result = lanes.replace(m, result, n, lane(n, a.again(), b.again()));
  b.done();
  a.done();
  return result;
}

/**
 * `min(a, b) = a < b ? a : b` on integers; on floats `pmin(a, b) = b < a ? b : a` and
 * `pmax(a, b) = a < b ? b : a`.
 */
function emitExtreme(scope: Scope, e: Of<"binary">): Ref {
  const { m } = scope;
  const isInteger = e.type === "i32" || e.type === "i64";
  const isFloat = e.type === "f32" || e.type === "f64";
  const a = tee(scope, e.a);
  const b = tee(scope, e.b);
  const less = found(compareInstructions[`lt ${e.type}`], "lt", e.type);
  // wasm's select evaluates both values before the condition.
  const choose = (x: Ref, y: Ref): Ref => m.select(less(m, x, y), a.first, b.first);
  let result: Ref;
  if (isInteger && e.op === "min") result = choose(a.again(), b.again());
  else if (isInteger && e.op === "max") result = choose(b.again(), a.again());
  else if (isFloat && e.op === "pmin")
    result = m.select(m.i32.eqz(less(m, b.again(), a.again())), a.first, b.first);
  else if (isFloat && e.op === "pmax")
    result = m.select(m.i32.eqz(less(m, a.again(), b.again())), a.first, b.first);
  else throw new EmitError(`no ${e.op} of ${e.type}`);
  b.done();
  a.done();
  return result;
}

/** An operand for several uses: `first` must be evaluated before what `again()` gives. */
function tee(scope: Scope, e: LoopExpr): { first: Ref; again: () => Ref; done: () => void } {
  if (e.k === "const" || e.k === "local") {
    const again = (): Ref => emitExpr(scope, e);
    return { first: again(), again, done: () => {} };
  }
  const value = emitExpr(scope, e);
  const slot = scope.locals.borrow(e.type);
  const type = wasmType(scope.api, e.type);
  return {
    first: scope.m.local.tee(slot.index, value, type),
    again: () => scope.m.local.get(slot.index, type),
    done: () => scope.locals.giveBack(slot),
  };
}
