/**
 * Copies padded operands of a contraction into scratch memory with their zeros around them, so that
 * packing needs no checks: it reads each element many times, the copy writes it once.
 */

import type { ContractPart } from "../../../compiler/ops/contract-parts.ts";
import type { ContractIndex } from "../../../compiler/ops/lowering.ts";
import { denseStrides, lengthOf, type Strided } from "../strided.ts";
import { copyCall, fillCall } from "./copy-call.ts";
import { known } from "./plan.ts";
import { type PlannedCall, scratchTarget, type Target } from "./shaped-plan.ts";

/** Where an operand's elements are, in elements from a target's start. */
export interface Source {
  readonly target: Target;
  readonly start: number;
  readonly shape: readonly number[];
  readonly strides: readonly number[];
}

export interface PaddedOperands {
  readonly parts: readonly ContractPart[];
  readonly sources: readonly [Source, Source];
  readonly calls: readonly PlannedCall[];
  readonly scratchBytes: number;
}

/** The least and the greatest position that an index gives. */
export function rangeOf(
  { terms, offset }: ContractIndex,
  { axes }: ContractPart,
): { readonly least: number; readonly most: number } {
  let [least, most] = [known(offset), known(offset)];
  for (const { axis, by } of terms) {
    const move = known(by) * Math.max(0, known(axes[axis]!.extent) - 1);
    if (move < 0) least += move;
    else most += move;
  }
  return { least, most };
}

/** Copies what fits into `mostBytes`; of what does not, packing checks each position. */
export function padOperands(
  parts: readonly ContractPart[],
  operands: readonly Strided[],
  mostBytes: number,
): PaddedOperands {
  const plain = ([0, 1] as const).map((target): Source => {
    const { shape, strides } = operands[target]!;
    return { target, start: 0, shape, strides };
  });
  let result: PaddedOperands = {
    parts,
    sources: [plain[0]!, plain[1]!],
    calls: [],
    scratchBytes: 0,
  };
  for (const side of ["a", "b"] as const) result = padSide(result, side, mostBytes);
  return result;
}

function padSide(given: PaddedOperands, side: "a" | "b", mostBytes: number): PaddedOperands {
  const { parts, scratchBytes } = given;
  const source = given.sources[side === "a" ? 0 : 1];
  const frames = source.shape.map((size, i) => frameOf(parts, side, i, size));
  if (frames.every((f) => f.before + f.after === 0)) return given;
  const shape = source.shape.map((size, i) => frames[i]!.before + size + frames[i]!.after);
  const bytes = lengthOf(shape) * 4;
  if (scratchBytes + bytes > mostBytes) return given;
  const strides = denseStrides(shape);
  const start = scratchBytes / 4;
  const corner = frames.reduce((sum, f, i) => sum + f.before * strides[i]!, 0);
  const copies = copyCall({
    dtype: "f32",
    from: source.target,
    fromStart: source.start,
    to: scratchTarget,
    toStart: start + corner,
    axes: source.shape.map((extent, i) => ({ extent, sums: [source.strides[i]!, strides[i]!] })),
  });
  const padded: Source = { target: scratchTarget, start: start + corner, shape, strides };
  return {
    parts: parts.map((part) => ({ ...part, [side]: part[side].map(withoutPadding) })),
    sources: side === "a" ? [padded, given.sources[1]] : [given.sources[0], padded],
    calls: [...given.calls, fillCall("f32", scratchTarget, start, lengthOf(shape), 0), ...copies],
    scratchBytes: scratchBytes + bytes,
  };
}

/** How far the positions of dimension `i` go beyond its ends, over all parts. */
function frameOf(
  parts: readonly ContractPart[],
  side: "a" | "b",
  i: number,
  size: number,
): { readonly before: number; readonly after: number } {
  let [before, after] = [0, 0];
  for (const part of parts) {
    if (!part[side][i]!.padded) continue;
    const { least, most } = rangeOf(part[side][i]!, part);
    before = Math.max(before, -least);
    after = Math.max(after, most - size + 1);
  }
  return { before, after };
}

const withoutPadding = (index: ContractIndex): ContractIndex => ({ ...index, padded: false });
