/** Owns the list of tapes that record, for the places of eager mode that must tell them something. */

import type { Operation } from "../../compiler/ops/reverse.ts";
import type { EagerTensor } from "./tensor.ts";

/** What records the operations on the tensors that it follows. */
export interface Recorder {
  isActive(x: EagerTensor): boolean;
  record(operation: Operation<EagerTensor>): void;
}

/** Outermost first. */
const recorders: Recorder[] = [];

export const isRecording = (): boolean => recorders.length > 0;

/** Runs `f` while `recorder` is told of everything that happens, inside of those that already are. */
export function recordWith<R>(recorder: Recorder, f: () => R): R {
  recorders.push(recorder);
  try {
    return f();
  } finally {
    recorders.splice(recorders.lastIndexOf(recorder), 1);
  }
}

export function recordOperation(operation: Operation<EagerTensor>): void {
  for (const recorder of recorders) recorder.record(operation);
}

/** Whether the tensor depends on what is being differentiated for. */
export const isFollowed = (x: EagerTensor): boolean =>
  recorders.some((recorder) => recorder.isActive(x));

/** The innermost recorder that follows any of the tensors. */
export const innermostFollowing = (xs: readonly EagerTensor[]): Recorder | undefined =>
  recorders.findLast((recorder) => xs.some((x) => recorder.isActive(x)));
