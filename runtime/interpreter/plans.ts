/** Axes of plans: added one by one, merged with the one before where they continue it. */

import { maxPlanAxes, planAt } from "./kernel-table";
import { sumsAt } from "./places";
import { planAxis } from "./plan-words";
import { reasonUnlawful, stopFor } from "./stop";
import { setWord, word } from "./words";

const sums: i32 = 9;

/** Words of the plan before its axes. */
let head: i32 = 0;
let count: i32 = 0;
/** Axes from here on may be merged. */
let groupStart: i32 = 0;

export function setPlan(index: i32, value: i32): void {
  setWord(planAt, index, value);
}

export function startAxes(headWords: i32): void {
  head = headWords;
  count = 0;
  groupStart = 0;
  memory.fill(sumsAt, 0, 64);
}

export function startGroup(): void {
  groupStart = count;
}

/** How many axes the group has. */
export function groupAxes(): i32 {
  return count - groupStart;
}

export function setSum(index: i32, value: i32): void {
  setWord(sumsAt, index, value);
}

function axisAt(i: i32): usize {
  return planAt + ((<usize>(head + i * planAxis)) << 2);
}

/** Adds an axis with the sums that are set, outermost first. */
export function addAxis(extent: i32): void {
  if (extent === 1) return;
  if (count > groupStart) {
    const outer = axisAt(count - 1);
    let continues = true;
    for (let i = 0; i < sums; i++) {
      if (word(outer, 1 + i) !== word(sumsAt, i) * extent) continues = false;
    }
    if (continues) {
      setWord(outer, 0, word(outer, 0) * extent);
      for (let i = 0; i < sums; i++) setWord(outer, 1 + i, word(sumsAt, i));
      return;
    }
  }
  if (count === maxPlanAxes) stopFor(reasonUnlawful);
  const axis = axisAt(count++);
  setWord(axis, 0, extent);
  for (let i = 0; i < sums; i++) setWord(axis, 1 + i, word(sumsAt, i));
}

/** The number of rows that the group's axes make. */
export function groupCount(): i32 {
  let rows = 1;
  for (let i = groupStart; i < count; i++) rows *= word(axisAt(i), 0);
  return rows;
}

export function lastExtent(): i32 {
  return word(axisAt(count - 1), 0);
}

export function lastSum(index: i32): i32 {
  return word(axisAt(count - 1), 1 + index);
}

export function dropLast(): void {
  count--;
}
