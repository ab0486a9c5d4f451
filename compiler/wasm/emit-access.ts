/** Loads and stores: addresses with immediate offsets, and the instruction for each element. */

import { knownI32 } from "../loop/build.ts";
import type { Element, LoopExpr } from "../loop/ir.ts";
import { elementBytes } from "../loop/ir.ts";
import type { Ref } from "./api.ts";
import { EmitError } from "./api.ts";
import type { Scope } from "./scope.ts";

interface Place {
  readonly element: Element;
  readonly base: LoopExpr;
  readonly index: LoopExpr;
  readonly offset: number;
}

type Emit = (e: LoopExpr) => Ref;

/** `pointer` plus the immediate `offset` is the address in bytes. */
function emitAddress(scope: Scope, at: Place, emit: Emit): { pointer: Ref; offset: number } {
  const { m } = scope;
  const size = elementBytes[at.element];
  const known = knownI32(at.index);
  const offset = (at.offset + (known ?? 0)) * size;
  let pointer: Ref;
  if (known !== undefined) {
    pointer = emit(at.base);
  } else {
    const scaled = emitScaled(scope, at.index, size, emit);
    pointer = knownI32(at.base) === 0 ? scaled : m.i32.add(emit(at.base), scaled);
  }
  // Immediate offsets are unsigned.
  return offset >= 0
    ? { pointer, offset }
    : { pointer: m.i32.add(pointer, m.i32.const(offset)), offset: 0 };
}

/** `index × size`; `(x × c) × size ⇒ x × (c·size)`, and a power of two shifts. */
function emitScaled({ m }: Scope, index: LoopExpr, size: number, emit: Emit): Ref {
  const c = index.k === "binary" && index.op === "mul" ? knownI32(index.b) : undefined;
  const factor = c === undefined ? size : Math.imul(c, size);
  const value = emit(index.k === "binary" && c !== undefined ? index.a : index);
  if (factor === 1) return value;
  const power = Math.log2(factor);
  return Number.isInteger(power)
    ? m.i32.shl(value, m.i32.const(power))
    : m.i32.mul(value, m.i32.const(factor));
}

export function emitLoad(scope: Scope, e: LoopExpr & { k: "load" }, emit: Emit): Ref {
  const { m } = scope;
  const { pointer, offset } = emitAddress(scope, e, emit);
  switch (`${e.splat ? "splat " : ""}${e.type} ${e.element}`) {
    case "f32 f32":
      return m.f32.load(offset, 4, pointer);
    case "f64 f64":
      return m.f64.load(offset, 8, pointer);
    case "i32 i32":
      return m.i32.load(offset, 4, pointer);
    case "i64 i64":
      return m.i64.load(offset, 8, pointer);
    case "i32 u8":
      return m.i32.load8_u(offset, 1, pointer);
    case "i32 i8":
      return m.i32.load8_s(offset, 1, pointer);
    case "i32 u16":
      return m.i32.load16_u(offset, 2, pointer);
    case "v4f32 f32":
    case "v4i32 i32":
      return m.v128.load(offset, 4, pointer);
    case "v2f64 f64":
    case "v2i64 i64":
      return m.v128.load(offset, 8, pointer);
    case "v4i32 u8": {
      const bytes = m.v128.load32_zero(offset, 1, pointer);
      return m.i32x4.extend_low_i16x8_u(m.i16x8.extend_low_i8x16_u(bytes));
    }
    case "v4i32 i8": {
      const bytes = m.v128.load32_zero(offset, 1, pointer);
      return m.i32x4.extend_low_i16x8_s(m.i16x8.extend_low_i8x16_s(bytes));
    }
    case "splat v4f32 f32":
    case "splat v4i32 i32":
      return m.v128.load32_splat(offset, 4, pointer);
    case "splat v2f64 f64":
    case "splat v2i64 i64":
      return m.v128.load64_splat(offset, 8, pointer);
    case "splat v4i32 u8":
      return m.i32x4.splat(m.i32.load8_u(offset, 1, pointer));
    case "splat v4i32 i8":
      return m.i32x4.splat(m.i32.load8_s(offset, 1, pointer));
    default:
      throw new EmitError(`no load of ${e.type} from ${e.element}`);
  }
}

/** The low byte of each lane, then anything. */
const lowBytes = [0, 4, 8, 12, 0, 4, 8, 12, 0, 4, 8, 12, 0, 4, 8, 12];

export function emitStore(scope: Scope, at: Place, value: LoopExpr, emit: Emit): Ref {
  const { m } = scope;
  const { pointer, offset } = emitAddress(scope, at, emit);
  switch (`${value.type} ${at.element}`) {
    case "f32 f32":
      return m.f32.store(offset, 4, pointer, emit(value));
    case "f64 f64":
      return m.f64.store(offset, 8, pointer, emit(value));
    case "i32 i32":
      return m.i32.store(offset, 4, pointer, emit(value));
    case "i64 i64":
      return m.i64.store(offset, 8, pointer, emit(value));
    case "i32 u8":
    case "i32 i8":
      return m.i32.store8(offset, 1, pointer, emit(value));
    case "i32 u16":
      return m.i32.store16(offset, 2, pointer, emit(value));
    case "v4f32 f32":
    case "v4i32 i32":
      return m.v128.store(offset, 4, pointer, emit(value));
    case "v2f64 f64":
    case "v2i64 i64":
      return m.v128.store(offset, 8, pointer, emit(value));
    case "v4i32 u8":
    case "v4i32 i8": {
      const lanes = emit(value);
      const bytes = m.i8x16.shuffle(lanes, lanes, lowBytes);
      return m.v128.store32_lane(offset, 1, 0, pointer, bytes);
    }
    default:
      throw new EmitError(`no store of ${value.type} into ${at.element}`);
  }
}
