/**
 * Owns which tensor a cell stands for. A cell is a tensor that changes; tapes follow the tensors that it
 * holds one after the other.
 */

import { cellMark } from "./marks.ts";
import { isRecording, noteAssignment } from "./recording.ts";
import { again, type EagerTensor } from "./tensor.ts";

/** Kept as long as the cell keeps its value. */
const contents = new WeakMap<EagerTensor, EagerTensor>();

/** The cell that a tensor was made for, to stand for it. */
const holders = new WeakMap<EagerTensor, EagerTensor>();

/** The cell that stands for a tensor at this moment; the tensor itself where there is none. */
export function holderOf(x: EagerTensor): EagerTensor {
  const holder = holders.get(x);
  return holder !== undefined && contents.get(holder) === x ? holder : x;
}

/** The tensor that a cell stands for at this moment; any other tensor is itself. */
export function contentsOf(x: EagerTensor): EagerTensor {
  if (!(cellMark in x)) return x;
  const known = contents.get(x);
  if (known !== undefined) return known;
  const made = x[again]();
  contents.set(x, made);
  holders.set(made, x);
  return made;
}

/** A cell is given the value of a tensor: from here on it stands for that tensor. */
export function recordAssignment(cell: EagerTensor, value: EagerTensor): void {
  if (isRecording()) {
    noteAssignment();
    contents.set(cell, contentsOf(value));
  } else contents.delete(cell);
}

/** Runs `f` while each cell stands for another tensor than before, unless it is written meanwhile. */
export function withContents<R>(
  others: readonly (readonly [cell: EagerTensor, contents: EagerTensor])[],
  f: () => R,
): R {
  const before = others.map(([cell]) => [cell, contentsOf(cell)] as const);
  for (const [cell, other] of others) contents.set(cell, other);
  try {
    return f();
  } finally {
    before.forEach(([cell, own], i) => {
      if (contents.get(cell) === others[i]![1]) contents.set(cell, own);
    });
  }
}
