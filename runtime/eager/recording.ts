/** Owns the list of tapes that record, for the places of eager mode that must tell them something. */

import type { Operation } from "../../compiler/ops/reverse.ts";
import type { EagerTensor } from "./tensor.ts";

/** What records the operations on the tensors that it follows. */
export interface Recorder {
  isActive(x: EagerTensor): boolean;
  record(operation: Operation<EagerTensor>): void;
  /** A function is run whose gradient the program states: operations alone do not tell it. */
  noteOwnGradient?(): void;
  /** The same, where no gradient is being computed. */
  noteStatedGradient?(): void;
  /** A number or text is about to be read from a tensor. */
  noteReading?(x: EagerTensor, method: string): void;
  /** A parameter or buffer is about to be given another value. */
  noteAssignment?(): void;
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

/** Tells the recorders, but for the `outer` outermost ones. */
export function recordOperation(operation: Operation<EagerTensor>, outer = 0): void {
  for (let i = outer; i < recorders.length; i++) recorders[i]!.record(operation);
}

export function noteOwnGradient(): void {
  for (const recorder of recorders) recorder.noteOwnGradient?.();
}

export function noteStatedGradient(): void {
  for (const recorder of recorders) recorder.noteStatedGradient?.();
}

export function noteReading(x: EagerTensor, method: string): void {
  for (const recorder of recorders) recorder.noteReading?.(x, method);
}

export function noteAssignment(): void {
  for (const recorder of recorders) recorder.noteAssignment?.();
}

/** The only recorder, if there is just one. */
export const onlyRecorder = (): Recorder | undefined =>
  recorders.length === 1 ? recorders[0] : undefined;

export const recorderCount = (): number => recorders.length;

/** Runs `f` while only the `count` outermost recorders are told of what happens. */
export function withOuterRecorders<R>(count: number, f: () => R): R {
  if (count === recorders.length) return f();
  const inner = recorders.splice(count);
  try {
    return f();
  } finally {
    recorders.push(...inner);
  }
}

/** Whether the tensor depends on what is being differentiated for. */
export const isFollowed = (x: EagerTensor): boolean =>
  recorders.some((recorder) => recorder.isActive(x));

/** The innermost recorder that follows any of the tensors, but for the `outer` outermost ones. */
export const innermostFollowing = (
  xs: readonly EagerTensor[],
  outer: number,
): Recorder | undefined =>
  recorders.slice(outer).findLast((recorder) => xs.some((x) => recorder.isActive(x)));
