/** Programs of numbers, lists and records, each of about 10^7 steps. */

import { script } from "glim";

/** Remainders, of a counter that the parameter bounds. */
export const remainders = script((n: number): number => {
  let sum = 0;
  for (let i = 0; i < n; i++) sum += i % 7;
  return sum;
});

/** Bounds that are known when compiling. */
export const knownBounds = script((seed: number): number => {
  let hash = seed;
  for (let i = 0; i < 3200; i++) {
    for (let j = 0; j < 3200; j++) hash = (hash * 31 + (i ^ j)) | 0;
  }
  return hash;
});

/** Numbers that no bound is known of. */
export const collatz = script((n: number): number => {
  let longest = 0;
  for (let start = 1; start < n; start++) {
    let x = start;
    let steps = 0;
    while (x !== 1) {
      x = x % 2 === 0 ? x / 2 : 3 * x + 1;
      steps++;
    }
    if (steps > longest) longest = steps;
  }
  return longest;
});

/** Writing and reading a list at computed places. */
export const sieve = script((n: number): number => {
  const composite: boolean[] = [];
  for (let i = 0; i < n; i++) composite.push(false);
  let count = 0;
  for (let i = 2; i < n; i++) {
    if (composite[i] === true) continue;
    count++;
    for (let j = i * 2; j < n; j += i) composite[j] = true;
  }
  return count;
});

/** Loops in loops on integers. */
export const nested = script((n: number): number => {
  let count = 0;
  for (let a = 1; a < n; a++) {
    for (let b = a; b < n; b++) {
      if ((a * a + b * b) % 17 === 3) count++;
    }
  }
  return count;
});

function fibonacciOf(n: number): number {
  return n < 2 ? n : fibonacciOf(n - 1) + fibonacciOf(n - 2);
}

/** A function that calls itself. */
export const fibonacci = script((n: number): number => fibonacciOf(n));

/** Floating-point numbers. */
export const newton = script((n: number): number => {
  let sum = 0;
  for (let i = 1; i <= n; i++) {
    let x = i;
    for (let k = 0; k < 8; k++) x = 0.5 * (x + i / x);
    sum += x;
  }
  return sum;
});

/** A list that grows, then is read. */
export const lists = script((n: number): number => {
  const list: number[] = [];
  for (let i = 0; i < n; i++) list.push(i * 0.5);
  let sum = 0;
  for (let round = 0; round < 10; round++) {
    for (let i = 0; i < list.length; i++) sum += list[i]!;
  }
  return sum;
});

interface Point {
  readonly x: number;
  readonly y: number;
}

/** A record in each round, of which the last eight are kept. */
export const records = script((n: number): number => {
  const points: Point[] = [];
  for (let i = 0; i < 8; i++) points.push({ x: 0, y: i });
  for (let i = 0; i < n; i++) points[i & 7] = { x: points[(i + 1) & 7]!.y, y: i };
  return points[0]!.x;
});

/** A list in each round. */
export const shortLists = script((n: number): number => {
  let sum = 0;
  for (let i = 0; i < n; i++) {
    const list: number[] = [];
    for (let k = 0; k < (i & 3); k++) list.push(k);
    sum += list.length;
  }
  return sum;
});
