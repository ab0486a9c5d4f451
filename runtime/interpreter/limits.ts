/** What a call may take: so many steps, and the memory that the host grants. */

import { fail, outOfMemory } from "../heap/header";
import { reasonFuel, stopFor } from "./stop";

let fuel: i64 = i64.MAX_VALUE;
let given: i64 = i64.MAX_VALUE;

/** How many steps each call may take from now on. */
export function setFuel(steps: i64): void {
  given = steps;
}

export function refuel(): void {
  fuel = given;
}

export function spend(steps: i32): void {
  fuel -= <i64>steps;
  if (fuel < 0) stopFor(reasonFuel);
}

/** For work on so many elements. */
export function spendOn(elements: i64): void {
  fuel -= elements >> 5;
  if (fuel < 0) stopFor(reasonFuel);
}

export function stopForMemory(): void {
  fail(outOfMemory);
}
