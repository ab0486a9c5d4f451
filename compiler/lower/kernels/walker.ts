/**
 * Walkers: strided operands read in the linear order of a shape, a run at a time. Axes of size 1 are
 * left out and axes that continue one another become one, so that a dense operand is a single run.
 */

import { call, FuncBuilder, i32, load, loadVector, minus, plus, times } from "../../loop/build.ts";
import type { LoopExpr, LoopFunc } from "../../loop/ir.ts";
import { descriptor } from "../../ops/kernel-abi.ts";
import {
  advance,
  and,
  blockElements,
  breakIf,
  eq,
  ge,
  least,
  lt,
  ne,
  region,
  repeat,
  setWord,
  shiftOf,
  shl,
  shr,
  walkerBytes,
  word,
} from "./memory.ts";
import { uses } from "./uses.ts";

/** Words of a walker; axes innermost first. `counters` are the position along each axis. */
export const walker = { address: 0, shift: 1, rank: 2, dims: 3, steps: 11, counters: 19 } as const;

export const walkerAt = (index: LoopExpr | number): LoopExpr =>
  region("walkers", typeof index === "number" ? index * walkerBytes : times(index, walkerBytes));

/** Prepares `w` to read what descriptor `operand` says, broadcast to descriptor `shape`. */
export const initWalker = (b: FuncBuilder, w: LoopExpr, operand: LoopExpr, shape: LoopExpr): void =>
  b.call("initWalker", [w, operand, shape]);
/** The address of the next `count` elements: where they are, if dense, else copied into `block`. */
export const take = (w: LoopExpr, count: LoopExpr, block: LoopExpr): LoopExpr =>
  call("i32", "take", [w, count, block]);
/** Passes over `count` elements of the present run. */
export const skip = (b: FuncBuilder, w: LoopExpr, count: LoopExpr | number): void =>
  b.call("skip", [w, typeof count === "number" ? i32(count) : count]);

/** `count` elements of `1 << shift` bytes that lie `step` bytes apart, to neighbouring places. */
export interface Run {
  readonly to: LoopExpr;
  readonly from: LoopExpr;
  readonly step: LoopExpr | number;
  readonly count: LoopExpr;
  readonly shift: LoopExpr;
}
export const copyRun = (b: FuncBuilder, { to, from, step, count, shift }: Run): void =>
  b.call("copyRun", [to, from, typeof step === "number" ? i32(step) : step, count, shift]);

/** Whether all elements are one run, `step` bytes apart: dense, or (0) all the same. */
export const isOneRun = (w: LoopExpr, step: LoopExpr | number): LoopExpr =>
  and(eq(word(w, walker.rank), 1), eq(word(w, walker.steps), step));

/**
 * log2 of the bytes of its elements. `isShared`, here and elsewhere: of the interpreter, which may be made for
 * programs whose elements all have four.
 */
export const shiftIn = (w: LoopExpr, isShared: boolean): LoopExpr =>
  isShared ? call("i32", "shiftIn", [w]) : word(w, walker.shift);
/** log2 of the bytes of an element whose dtype stands at `at`. */
export const shiftAt = (at: LoopExpr, isShared: boolean): LoopExpr =>
  isShared ? call("i32", "shiftAt", [at]) : shiftOf(word(at, 0));

/** The interpreter has elements of eight bytes, too. */
export const walkerFunctions = (isShared: boolean): LoopFunc[] => [
  buildInit(isShared),
  buildSkip(),
  buildFetch(isShared),
  buildTake(isShared),
  buildCopyRun(isShared),
  ...(isShared
    ? [
        buildShift("shiftIn", (w) => word(w, walker.shift)),
        buildShift("shiftAt", (at) => shiftOf(word(at, 0))),
      ]
    : []),
];

function buildShift(name: string, shiftFrom: (at: LoopExpr) => LoopExpr): LoopFunc {
  const b = new FuncBuilder();
  const at = b.param("at", "i32");
  b.if(uses("other sizes"), () => b.emit({ s: "return", value: shiftFrom(at) }));
  b.emit({ s: "return", value: i32(2) });
  return b.finish(name, { result: "i32" });
}

function buildInit(isShared: boolean): LoopFunc {
  const b = new FuncBuilder();
  const w = b.param("walker", "i32");
  const operand = b.param("operand", "i32");
  const shape = b.param("shape", "i32");
  const shift = b.let("shift", shiftAt(plus(operand, descriptor.dtype * 4), isShared));
  setWord(b, w, walker.address, word(operand, descriptor.pointer));
  setWord(b, w, walker.shift, shift);
  const axes = b.let("axes", word(shape, descriptor.rank));
  const missing = b.let("missing", minus(axes, word(operand, descriptor.rank)));
  // The walker's address plus four bytes for each axis found.
  const top = b.let("top", w);
  b.for("i", 0, axes, 1, (i) => {
    const axis = b.let("axis", minus(minus(axes, i), 1));
    const size = b.let("size", word(plus(shape, shl(axis, 2)), descriptor.dims));
    b.if(ne(size, 1), () => {
      const own = b.let("own", plus(operand, shl(minus(axis, missing), 2)));
      const step = b.let("step", i32(0));
      b.if(and(ge(axis, missing), ne(word(own, descriptor.dims), 1)), () =>
        b.set(step, shl(word(own, descriptor.strides), shift)),
      );
      addAxis(b, w, top, size, step);
    });
  });
  b.if(eq(top, w), () => pushAxis(b, top, i32(1), shl(i32(1), shift)));
  setWord(b, w, walker.rank, shr(minus(top, w), 2));
  return b.finish("initWalker");
}

/** An axis whose step is that of the axis inside it times its size continues it. */
function addAxis(b: FuncBuilder, w: LoopExpr, top: LoopExpr, size: LoopExpr, step: LoopExpr): void {
  const inner = b.let("inner", word(top, walker.dims - 1));
  const continues = eq(step, times(word(top, walker.steps - 1), inner));
  b.if(
    and(ne(top, w), continues),
    () => setWord(b, top, walker.dims - 1, times(inner, size)),
    () => pushAxis(b, top, size, step),
  );
}

function pushAxis(b: FuncBuilder, top: LoopExpr, size: LoopExpr, step: LoopExpr): void {
  setWord(b, top, walker.dims, size);
  setWord(b, top, walker.steps, step);
  setWord(b, top, walker.counters, i32(0));
  advance(b, top, 4);
}

/** At the end of a run the outer axes move on; at the end of all, the walker is at its start again. */
function buildSkip(): LoopFunc {
  const b = new FuncBuilder();
  const w = b.param("walker", "i32");
  const count = b.param("count", "i32");
  const position = b.let("position", plus(word(w, walker.counters), count));
  const address = b.let("address", word(w, walker.address));
  advance(b, address, times(count, word(w, walker.steps)));
  const axis = b.let("axis", w);
  const end = b.let("end", plus(w, shl(word(w, walker.rank), 2)));
  repeat(b, "axes", () => {
    breakIf(b, "axes", ne(position, word(axis, walker.dims)));
    setWord(b, axis, walker.counters, i32(0));
    advance(b, address, minus(i32(0), times(position, word(axis, walker.steps))));
    advance(b, axis, 4);
    breakIf(b, "axes", eq(axis, end));
    advance(b, address, word(axis, walker.steps));
    b.set(position, plus(word(axis, walker.counters), 1));
  });
  b.if(ne(axis, end), () => setWord(b, axis, walker.counters, position));
  setWord(b, w, walker.address, address);
  return b.finish("skip");
}

/** Copies the next `count` elements to `to`. */
function buildFetch(isShared: boolean): LoopFunc {
  const b = new FuncBuilder();
  const w = b.param("walker", "i32");
  const count = b.param("count", "i32");
  const to = b.param("to", "i32");
  const step = b.let("step", word(w, walker.steps));
  const shift = b.let("shift", shiftIn(w, isShared));
  repeat(b, "runs", () => {
    breakIf(b, "runs", lt(count, 1));
    const left = minus(word(w, walker.dims), word(w, walker.counters));
    const run = b.let("run", least(left, count));
    copyRun(b, { to, from: word(w, walker.address), step, count: run, shift });
    skip(b, w, run);
    advance(b, to, shl(run, shift));
    b.set(count, minus(count, run));
  });
  return b.finish("fetch");
}

function buildTake(isShared: boolean): LoopFunc {
  const b = new FuncBuilder();
  const w = b.param("walker", "i32");
  const count = b.param("count", "i32");
  const block = b.param("block", "i32");
  const isDense = eq(word(w, walker.steps), shl(i32(1), shiftIn(w, isShared)));
  const left = minus(word(w, walker.dims), word(w, walker.counters));
  b.if(and(isDense, ge(left, count)), () => {
    const address = b.let("address", word(w, walker.address));
    skip(b, w, count);
    b.emit({ s: "return", value: address });
  });
  b.call("fetch", [w, count, block]);
  b.emit({ s: "return", value: block });
  return b.finish("take", { result: "i32" });
}

function buildCopyRun(isShared: boolean): LoopFunc {
  const b = new FuncBuilder();
  const to = b.param("to", "i32");
  const from = b.param("from", "i32");
  const step = b.param("step", "i32");
  const count = b.param("count", "i32");
  const shift = b.param("shift", "i32");
  b.if(eq(shift, 0), () => {
    copyBytesApart(b, to, from, step, count);
    b.emit({ s: "return", value: undefined });
  });
  if (isShared) {
    b.if(eq(shift, 3), () => {
      copyLongsApart(b, to, from, step, count);
      b.emit({ s: "return", value: undefined });
    });
  }
  // memory.copy costs a call out of wasm: it pays for long runs only.
  b.if(and(eq(step, 4), ge(count, blockElements)), () => {
    b.emit({ s: "copyBytes", to, from, bytes: shl(count, 2) });
    b.emit({ s: "return", value: undefined });
  });
  const done = b.let("done", i32(0));
  const whole = b.let("whole", and(count, -4));
  const one = { element: "i32", base: from, index: i32(0) } as const;
  const vectors = (value: (i: LoopExpr) => LoopExpr): void => {
    b.for("i", 0, whole, 4, (i) => b.store({ element: "i32", base: to, index: i }, value(i)));
    b.set(done, whole);
  };
  b.if(eq(step, 4), () => {
    vectors((index) => loadVector({ element: "i32", base: from, index }));
    advance(b, from, shl(whole, 2));
  });
  b.if(eq(step, 0), () => {
    const same = b.let("same", loadVector(one, true));
    vectors(() => same);
  });
  b.for("rest", done, count, 1, (index) => {
    b.store({ element: "i32", base: to, index }, load(one));
    advance(b, from, step);
  });
  return b.finish("copyRun");
}

function copyBytesApart(
  b: FuncBuilder,
  to: LoopExpr,
  from: LoopExpr,
  step: LoopExpr,
  count: LoopExpr,
): void {
  const one = { element: "u8", base: from, index: i32(0) } as const;
  b.if(
    eq(step, 1),
    () => b.emit({ s: "copyBytes", to, from, bytes: count }),
    () =>
      b.for("byte", 0, count, 1, (index) => {
        b.store({ element: "u8", base: to, index }, load(one));
        advance(b, from, step);
      }),
  );
}

function copyLongsApart(
  b: FuncBuilder,
  to: LoopExpr,
  from: LoopExpr,
  step: LoopExpr,
  count: LoopExpr,
): void {
  b.for("long", 0, count, 1, (index) => {
    b.store(
      { element: "i64", base: to, index },
      load({ element: "i64", base: from, index: i32(0) }),
    );
    advance(b, from, step);
  });
}
