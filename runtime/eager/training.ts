/**
 * Owns training mode, which follows the program's text: it is on inside of what is being trained, else off.
 * Layers ask for it as `this.training`.
 */

import { builtinMark, mark } from "./marks.ts";

let isOn = false;

/** Whether dropout, batch statistics and the like are at work. Compiled, it is known when compiling. */
export function isTraining(): boolean {
  return isOn;
}

mark(isTraining, builtinMark, "isTraining");

/** Runs `f` with training mode on or off, and returns what it returns. `f` must not be asynchronous. */
export function training<R>(on: boolean, f: () => R): R {
  const before = isOn;
  isOn = on;
  try {
    return f();
  } finally {
    isOn = before;
  }
}

mark(training, builtinMark, "training");
