/** Programs of maps, sets, objects, closures and recursion. */

import { script } from "glim";

/** Numbers that are counted. */
export const counting = script((n: number): number => {
  const counts = new Map<number, number>();
  for (let i = 0; i < n; i++) {
    const key = (i * 7919) % 1009;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  let most = 0;
  for (const [, count] of counts) if (count > most) most = count;
  return most + counts.size;
});

/** A map that grows. */
export const growingMap = script((n: number): number => {
  const squares = new Map<number, number>();
  for (let i = 0; i < n; i++) squares.set(i, i * i);
  let sum = 0;
  for (let i = 0; i < n; i += 3) sum += squares.get(i) ?? 0;
  return sum;
});

/** Keys that are built of numbers. */
export const builtKeys = script((n: number): number => {
  const seen = new Map<string, number>();
  for (let i = 0; i < n; i++) {
    const key = `${i % 50}:${i % 20}`;
    seen.set(key, (seen.get(key) ?? 0) + 1);
  }
  return seen.size + (seen.get("10:10") ?? 0);
});

/** Members of a set, added, asked for and deleted. */
export const sets = script((n: number): number => {
  const active = new Set<number>();
  let hits = 0;
  for (let i = 0; i < n; i++) {
    const x = (i * 31) % 4096;
    if (active.has(x)) {
      active.delete(x);
      hits++;
    } else active.add(x);
  }
  return hits + active.size;
});

class Vector {
  x: number;
  y: number;
  constructor(x: number, y: number) {
    this.x = x;
    this.y = y;
  }
  plus(other: Vector): Vector {
    return new Vector(this.x + other.x, this.y + other.y);
  }
  dot(other: Vector): number {
    return this.x * other.x + this.y * other.y;
  }
}

/** Instances that methods make. */
export const vectors = script((n: number): number => {
  let at = new Vector(0, 0);
  const step = new Vector(0.5, 0.25);
  let sum = 0;
  for (let i = 0; i < n; i++) {
    at = at.plus(step);
    sum += at.dot(step);
  }
  return sum;
});

class Shape {
  readonly size: number;
  constructor(size: number) {
    this.size = size;
  }
  area(): number {
    return 0;
  }
}
class Square extends Shape {
  override area(): number {
    return this.size * this.size;
  }
}
class Circle extends Shape {
  override area(): number {
    return 3.14 * this.size * this.size;
  }
}

/** Methods of which the run decides. */
export const shapes = script((n: number): number => {
  const all: Shape[] = [];
  for (let i = 0; i < 100; i++) all.push(i % 3 === 0 ? new Square(i) : new Circle(i));
  let sum = 0;
  for (let i = 0; i < n; i++) sum += all[i % 100]!.area();
  return sum;
});

interface Tree {
  readonly left: Tree | undefined;
  readonly right: Tree | undefined;
}

function grown(depth: number): Tree {
  return depth === 0
    ? { left: undefined, right: undefined }
    : { left: grown(depth - 1), right: grown(depth - 1) };
}

function countOf(tree: Tree): number {
  const left = tree.left === undefined ? 0 : countOf(tree.left);
  const right = tree.right === undefined ? 0 : countOf(tree.right);
  return 1 + left + right;
}

/** A tree that is built and gone through. */
export const trees = script((depth: number): number => countOf(grown(depth)));

/** Methods of lists with functions. */
export const functions = script((n: number): number => {
  const list: number[] = [];
  for (let i = 0; i < 1000; i++) list.push(i);
  let sum = 0;
  for (let round = 0; round < n; round++) {
    sum += list
      .map((x) => x * 2 + round)
      .filter((x) => x % 3 === 0)
      .reduce((a, b) => a + b, 0);
  }
  return sum;
});

/** A function that keeps a variable. */
export const closures = script((n: number): number => {
  let total = 0;
  const add = (x: number): void => {
    total += x;
  };
  for (let i = 0; i < n; i++) add(i & 3);
  return total;
});

/** A queue: pushed at one end, taken from the other by an index. */
export const queue = script((n: number): number => {
  const rows: number[][] = [];
  for (let i = 0; i < 300; i++) {
    const row: number[] = [];
    for (let k = 0; k < 300; k++) row.push(0);
    rows.push(row);
  }
  let sum = 0;
  for (let round = 0; round < n; round++) {
    const waiting: number[] = [0];
    let at = 0;
    while (at < waiting.length) {
      const place = waiting[at++]!;
      const y = Math.floor(place / 300);
      const x = place % 300;
      const row = rows[y]!;
      if (row[x] === round + 1) continue;
      row[x] = round + 1;
      sum++;
      if (x + 1 < 300) waiting.push(place + 1);
      if (y + 1 < 300) waiting.push(place + 300);
    }
  }
  return sum;
});

/** A stack: pushed and popped. */
export const stack = script((n: number): number => {
  const open: number[] = [];
  let sum = 0;
  for (let i = 0; i < n; i++) {
    if (i % 3 !== 2) open.push(i);
    else sum += open.pop() ?? 0;
  }
  return sum + open.length;
});

/** Sorting numbers by a function. */
export const sorting = script((n: number): number => {
  let sum = 0;
  for (let round = 0; round < n; round++) {
    const list: number[] = [];
    let x = round;
    for (let i = 0; i < 1000; i++) {
      x = (x * 1103515245 + 12345) % 2147483648;
      list.push(x);
    }
    list.sort((a, b) => a - b);
    sum += list[500]!;
  }
  return sum;
});

const primes = [2, 3, 5, 7, 11, 13, 17, 19, 23, 29];

/** A list of the module, which nothing writes. */
export const tables = script((n: number): number => {
  let sum = 0;
  for (let i = 0; i < n; i++) sum += primes[i % 10]!;
  return sum;
});

/** Pairs of a list of tuples. */
export const pairs = script((n: number): number => {
  const all: [number, number][] = [];
  for (let i = 0; i < 1000; i++) all.push([i, i * 2]);
  let sum = 0;
  for (let round = 0; round < n; round++) for (const [a, b] of all) sum += a * b;
  return sum;
});

interface Item {
  readonly kind: "add" | "sub" | "push";
  readonly value: number;
}

/** Unions told apart by a text. */
export const kinds = script((n: number): number => {
  const program: Item[] = [];
  for (let i = 0; i < 100; i++) {
    program.push({ kind: i % 3 === 0 ? "add" : i % 3 === 1 ? "sub" : "push", value: i });
  }
  let sum = 0;
  for (let round = 0; round < n; round++) {
    for (const item of program) {
      if (item.kind === "add") sum += item.value;
      else if (item.kind === "sub") sum -= item.value;
      else sum = (sum * 2) % 1000;
    }
  }
  return sum;
});
