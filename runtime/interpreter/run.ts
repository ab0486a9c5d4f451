/** The loop over a program's operations, which are called by their numbers. */

import { opReturn } from "../ops/program-format";
import { frame } from "./frames";
import { callOperation } from "./kernel-imports";
import { operationsAt } from "./kernel-table";
import { refuel, spend } from "./limits";
import { funcCode } from "./program";
import { at, goTo, next, setOperationWords, word } from "./words";

/** Runs an entry whose frame has been made and filled; its results stay in its registers. */
export function runEntry(func: usize): void {
  refuel();
  const entry = frame;
  goTo(<usize>word(func, funcCode));
  while (true) {
    const start = at;
    const first = next();
    spend(1);
    const code = first & 255;
    if (code === opReturn && frame === entry) {
      goTo(start);
      return;
    }
    setOperationWords(first >> 8);
    callOperation(operationsAt + code);
  }
}
