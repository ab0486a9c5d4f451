/** Runs a map kernel over operands of any strides: in place where dense, else block by block. */

import {
  binary,
  FuncBuilder,
  i32,
  load,
  loadVector,
  minus,
  plus,
  times,
} from "../../loop/build.ts";
import type { LoopExpr, LoopFunc } from "../../loop/ir.ts";
import { constantCode, descriptor, indexCode, stepElements } from "../../ops/kernel-abi.ts";
import { mapParams } from "./map-kernel.ts";
import {
  advance,
  blockBytes,
  blockElements,
  descriptorBytes,
  eq,
  ge,
  lt,
  ne,
  part,
  region,
  setWord,
  shl,
  slotBytes,
  splatBytes,
  word,
} from "./memory.ts";
import { ifUsed } from "./uses.ts";
import { initWalker, isOneRun, shiftAt, shiftIn, take, walker, walkerAt } from "./walker.ts";

/**
 * Elements per call of a kernel on dense operands. V8 replaces the first, slow code of a function
 * only between its calls, so that one long call would stay slow.
 */
const chunk = 16384;

export const slotAt = (index: LoopExpr | number): LoopExpr =>
  region("slots", typeof index === "number" ? index * slotBytes : shl(index, 3));

export function setSlot(b: FuncBuilder, slot: LoopExpr, at: LoopExpr, step: LoopExpr): void {
  setWord(b, slot, 0, at);
  setWord(b, slot, 1, step);
}

export const callKernel = (
  b: FuncBuilder,
  kernel: LoopExpr,
  out: LoopExpr,
  count: LoopExpr,
): void => {
  const args = [out, count, region("slots"), kernel];
  b.emit({ s: "callIndirect", target: kernel, params: mapParams, args });
};

/** A kernel step, in bytes for four elements, of neighbours of `1 << shift` bytes. */
export const denseStep = (shift: LoopExpr): LoopExpr => shl(i32(stepElements), shift);

/** The interpreter has elements of eight bytes, too. */
export const mapDriverFunctions = (isShared: boolean): LoopFunc[] => [
  buildRunMap(),
  buildSetOperand(isShared),
  ...[1, 2, 3].map(buildMapDense),
  buildPositions(),
  buildInitSlots(isShared),
  buildMapStrided(isShared),
];

/** All slots are dense or repeated. */
function buildRunMap(): LoopFunc {
  const b = new FuncBuilder();
  const kernel = b.param("kernel", "i32");
  const slotCount = b.param("slotCount", "i32");
  const out = b.param("out", "i32");
  const outStep = b.param("outStep", "i32");
  const count = b.param("count", "i32");
  b.for("done", 0, count, chunk, (done) => {
    callKernel(b, kernel, out, part(count, done, chunk));
    advance(b, out, times(outStep, chunk / stepElements));
    b.for("slot", 0, slotCount, 1, (i) => {
      const slot = b.let("at", slotAt(i));
      const step = times(word(slot, 1), chunk / stepElements);
      setWord(b, slot, 0, plus(word(slot, 0), step));
    });
  });
  return b.finish("runMap");
}

/**
 * A step of −16 or −4 says: one element of four bytes or one, for all. One of eight bytes (−32) is read where it
 * lies: kernels take those one at a time.
 */
function buildSetOperand(isShared: boolean): LoopFunc {
  const b = new FuncBuilder();
  const index = b.param("index", "i32");
  const from = b.param("from", "i32");
  const step = b.param("step", "i32");
  b.if(lt(step, 0), () => {
    const writeOwn = (): void => {
      const splat = b.let("splat", region("splats", times(index, splatBytes)));
      writeSplat(b, splat, from, eq(step, -stepElements));
      b.set(from, splat);
    };
    if (isShared) b.if(ge(step, -4 * stepElements), writeOwn);
    else writeOwn();
    b.set(step, i32(0));
  });
  setSlot(b, slotAt(index), from, step);
  return b.finish("setOperand");
}

function writeSplat(b: FuncBuilder, to: LoopExpr, from: LoopExpr, isByte: LoopExpr): void {
  const byte = load({ element: "u8", base: from, index: i32(0) });
  b.if(
    isByte,
    () => b.emit({ s: "fillBytes", to, value: byte, bytes: i32(splatBytes) }),
    () => {
      const all = b.let("all", loadVector({ element: "i32", base: from, index: i32(0) }, true));
      for (let i = 0; i < splatBytes / 4; i += 4)
        b.store({ element: "i32", base: to, index: i32(i) }, all);
    },
  );
}

/** `map1 … map3`: kernel, result, its step, count, then an address and a step per operand. */
function buildMapDense(operands: number): LoopFunc {
  const b = new FuncBuilder();
  const params = ["kernel", "out", "outStep", "count"].map((name) => b.param(name, "i32"));
  const [kernel, out, outStep, count] = params;
  for (let i = 0; i < operands; i++) {
    const [from, step] = [b.param("from", "i32"), b.param("step", "i32")];
    b.call("setOperand", [i32(i), from, step]);
  }
  b.call("runMap", [kernel!, i32(operands), out!, outStep!, count!]);
  return b.finish(`map${operands}`, { exported: `map${operands}` });
}

/** Positions along an axis of `extent`, each for `inner` elements, of elements `first` onwards. */
function buildPositions(): LoopFunc {
  const b = new FuncBuilder();
  const to = b.param("to", "i32");
  const first = b.param("first", "i32");
  const count = b.param("count", "i32");
  const inner = b.param("inner", "i32");
  const extent = b.param("extent", "i32");
  const repeats = b.let("repeats", binary("rem", first, inner));
  const position = b.let("position", binary("rem", binary("div", first, inner), extent));
  b.for("i", 0, count, 1, (i) => {
    setWord(b, plus(to, shl(i, 2)), 0, position);
    advance(b, repeats, 1);
    b.if(eq(repeats, inner), () => {
      b.set(repeats, i32(0));
      advance(b, position, 1);
      b.if(eq(position, extent), () => b.set(position, i32(0)));
    });
  });
  return b.finish("positions");
}

/** Walkers and slots for all operands; returns whether none needs copying. */
function buildInitSlots(isShared: boolean): LoopFunc {
  const b = new FuncBuilder();
  const slotCount = b.param("slotCount", "i32");
  const out = b.param("out", "i32");
  const isDense = b.let("isDense", i32(1));
  b.for("i", 0, slotCount, 1, (i) => {
    const operand = b.let("operand", region("descriptors", times(i, descriptorBytes)));
    const w = b.let("walker", walkerAt(i));
    const code = b.let("code", word(operand, descriptor.dtype));
    ifUsed(b, isShared, "positions", () =>
      b.if(eq(code, indexCode), () => {
        b.set(isDense, i32(0));
        initPositions(b, w, operand, out);
      }),
    );
    ifUsed(b, isShared, "constants", () =>
      b.if(eq(code, constantCode), () => {
        setSlot(b, slotAt(i), word(operand, descriptor.pointer), i32(0));
        setWord(b, w, walker.rank, i32(0));
      }),
    );
    b.if(lt(code, indexCode), () => initOperand(b, i, w, operand, out, isDense, isShared));
  });
  b.emit({ s: "return", value: isDense });
  return b.finish("initSlots", { result: "i32" });
}

function initOperand(
  b: FuncBuilder,
  index: LoopExpr,
  w: LoopExpr,
  operand: LoopExpr,
  out: LoopExpr,
  isDense: LoopExpr,
  isShared: boolean,
): void {
  initWalker(b, w, operand, out);
  const step = b.let("step", denseStep(shiftIn(w, isShared)));
  const from = word(w, walker.address);
  b.if(
    isOneRun(w, 0),
    () => {
      b.call("setOperand", [index, from, minus(i32(0), step)]);
      // Read from its splat from now on.
      setWord(b, w, walker.rank, i32(0));
    },
    () => {
      b.call("setOperand", [index, from, step]);
      const isRun = isOneRun(w, shl(i32(1), shiftIn(w, isShared)));
      b.if(eq(isRun, 0), () => b.set(isDense, i32(0)));
    },
  );
}

/** A walker of rank −1 holds an axis: its extent, and the elements inside one step along it. */
function initPositions(b: FuncBuilder, w: LoopExpr, operand: LoopExpr, out: LoopExpr): void {
  const axis = b.let("axis", word(operand, descriptor.pointer));
  const inner = b.let("inner", i32(1));
  const dim = (i: LoopExpr): LoopExpr => word(plus(out, shl(i, 2)), descriptor.dims);
  b.for("inside", plus(axis, 1), word(out, descriptor.rank), 1, (i) =>
    b.set(inner, times(inner, dim(i))),
  );
  setWord(b, w, walker.rank, i32(-1));
  setWord(b, w, walker.dims, dim(axis));
  setWord(b, w, walker.steps, inner);
}

/** Operands in descriptors 0 … slotCount−1, the dense result in the next. */
function buildMapStrided(isShared: boolean): LoopFunc {
  const b = new FuncBuilder();
  const kernel = b.param("kernel", "i32");
  const slotCount = b.param("slotCount", "i32");
  const result = b.let("result", region("descriptors", times(slotCount, descriptorBytes)));
  const out = b.let("out", word(result, descriptor.pointer));
  const count = b.let("count", word(result, descriptor.length));
  const outShift = b.let("outShift", shiftAt(plus(result, descriptor.dtype * 4), isShared));
  const isDense = b.let("isDense", initSlots(slotCount, result));
  b.if(isDense, () => {
    b.call("runMap", [kernel, slotCount, out, denseStep(outShift), count]);
    b.emit({ s: "return", value: undefined });
  });
  b.for("done", 0, count, blockElements, (done) => {
    const n = b.let("n", part(count, done, blockElements));
    b.for("i", 0, slotCount, 1, (i) => fillSlot(b, i, done, n, isShared));
    callKernel(b, kernel, out, n);
    advance(b, out, shl(n, outShift));
  });
  return b.finish("mapStrided", { exported: "mapStrided" });
}

const initSlots = (slotCount: LoopExpr, result: LoopExpr): LoopExpr => ({
  k: "call",
  type: "i32",
  callee: "initSlots",
  args: [slotCount, result],
});

/** The next `n` elements of operand `i`, from element `done` of the result on. */
function fillSlot(
  b: FuncBuilder,
  i: LoopExpr,
  done: LoopExpr,
  n: LoopExpr,
  isShared: boolean,
): void {
  const w = b.let("walker", walkerAt(i));
  const slot = b.let("slot", slotAt(i));
  const block = b.let("block", region("blocks", times(i, blockBytes)));
  const rank = b.let("rank", word(w, walker.rank));
  ifUsed(b, isShared, "positions", () =>
    b.if(eq(rank, -1), () => {
      b.call("positions", [block, done, n, word(w, walker.steps), word(w, walker.dims)]);
      setSlot(b, slot, block, i32(4 * stepElements));
    }),
  );
  b.if(ne(lt(rank, 1), 1), () => setWord(b, slot, 0, take(w, n, block)));
}
