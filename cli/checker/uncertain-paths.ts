/** Evaluates what the program may or may not do. */

import type { Exit, LoopState, Machine, Place } from "./machine.ts";
import { StaticThrow } from "./static-values.ts";

/**
 * Evaluates a way that the program may go. Where it leaves for elsewhere, what comes behind may not
 * happen either, so the rest of the loop or function is uncertain as well.
 */
export function perhaps(m: Machine, at: Place, way: () => Exit | undefined): void {
  const { certainty } = m;
  const { level } = certainty;
  certainty.level = level + 1;
  let exit: Exit | undefined;
  try {
    exit = way();
  } catch (error) {
    // This way does not go on.
    if (!(error instanceof StaticThrow)) throw error;
  }
  certainty.level = level;
  if (exit === undefined) return;
  certainty.level = level + 1;
  if (exit.kind === "return") at.frame.maybe.push(exit.value);
  else {
    const left = targetOf(at.frame.loops, exit);
    for (const loop of at.frame.loops.slice(left)) loop.uncertain = true;
  }
}

function targetOf(
  loops: readonly LoopState[],
  { kind, label }: Exit & { readonly kind: "break" | "continue" },
): number {
  const index = loops.findLastIndex((loop) =>
    label === undefined ? kind === "break" || !loop.isSwitch : loop.labels.includes(label),
  );
  return Math.max(0, index);
}
