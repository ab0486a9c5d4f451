// A list's elements move as it grows and shrinks; none may be lost, doubled or left from before.

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Heap, runs } from "./heap.ts";

type Element = readonly number[];

/** A list of the heap whose elements are `leaves` numbers, and what it should hold. */
class Checked {
  readonly #heap: Heap;
  readonly #leaves: number;
  #list: number;
  model: Element[] = [];

  constructor(heap: Heap, leaves: number, capacity: number) {
    this.#heap = heap;
    this.#leaves = leaves;
    this.#list = heap.call("listNew", capacity, 8 * leaves);
  }

  get stride(): number {
    return 8 * this.#leaves;
  }

  get address(): number {
    return this.#list;
  }

  /** Fills `count` elements from the address `at` on, which must be zeros. */
  fill(at: number, count: number, seed: number): Element[] {
    const { view } = this.#heap;
    return Array.from({ length: count }, (_, i) =>
      Array.from({ length: this.#leaves }, (_, leaf) => {
        const where = at + i * this.stride + 8 * leaf;
        expect(view.getBigUint64(where, true)).toBe(0n);
        const value = seed + i + leaf / 4;
        view.setFloat64(where, value, true);
        return value;
      }),
    );
  }

  read(list = this.#list): Element[] {
    const { view } = this.#heap;
    const length = view.getInt32(list + 8, true);
    expect(view.getInt32(list + 12, true)).toBeGreaterThanOrEqual(length);
    return Array.from({ length }, (_, i) => {
      const slot = this.#heap.call("listSlot", list, i, this.stride);
      return Array.from({ length: this.#leaves }, (_, leaf) =>
        view.getFloat64(slot + 8 * leaf, true),
      );
    });
  }

  free(): void {
    this.#heap.call("listFree", this.#list);
    this.#list = 0;
  }
}

const small = fc.integer({ min: -2, max: 12 });
const step = fc.record({
  kind: fc.constantFrom("push", "push", "resize", "remove", "insert", "reverse", "copy"),
  a: small,
  b: small,
});

describe("lists", () => {
  const heap = new Heap();

  test("any steps leave what they leave in an array, and no memory behind", () => {
    const before = heap.call("usedBytes");
    const steps = fc.array(step, { maxLength: 40 });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 3 }), fc.nat(5), steps, (leaves, capacity, all) => {
        const list = new Checked(heap, leaves, capacity);
        const at = list.address;
        const { stride } = list;
        for (const [i, { kind, a, b }] of all.entries()) {
          const seed = 100 * (i + 1);
          const { model } = list;
          const from = Math.max(0, Math.min(a, model.length));
          if (kind === "push") {
            model.push(...list.fill(heap.call("listPush", at, stride), 1, seed));
          } else if (kind === "resize" && a >= 0) {
            heap.call("listResize", at, a, stride);
            const added = a - model.length;
            if (added > 0) {
              const slot = heap.call("listSlot", at, model.length, stride);
              model.push(...list.fill(slot, added, seed));
            }
            model.length = a;
          } else if (kind === "remove") {
            heap.call("listRemove", at, a, b, stride);
            model.splice(from, Math.max(0, b));
          } else if (kind === "insert") {
            const slot = heap.call("listInsert", at, a, b, stride);
            model.splice(from, 0, ...list.fill(slot, Math.max(0, b), seed));
          } else if (kind === "reverse") {
            heap.call("listReverse", at, stride);
            model.reverse();
          } else if (kind === "copy") {
            const copy = heap.call("listCopy", at, a, b, stride);
            expect(list.read(copy)).toEqual(model.slice(Math.max(0, a), Math.max(0, b)));
            heap.call("listFree", copy);
          }
          expect(list.read()).toEqual(model);
        }
        list.free();
        expect(heap.call("usedBytes")).toBe(before);
      }),
      { numRuns: runs(500) },
    );
  });

  test("listSlot gives 0 for what is not the number of an element", () => {
    const list = heap.call("listNew", 0, 8);
    for (const i of [0, -1, 0.5]) expect(heap.call("listSlot", list, i, 8)).toBe(0);
    heap.call("listResize", list, 3, 8);
    const first = heap.call("listSlot", list, 0, 8);
    expect(first).not.toBe(0);
    expect(heap.call("listSlot", list, -0, 8)).toBe(first);
    expect(heap.call("listSlot", list, 2, 8)).toBe(first + 16);
    for (const i of [3, -1, 0.5, 2.5, Number.NaN, Infinity, -Infinity, 2 ** 32, -(2 ** 32)])
      expect(heap.call("listSlot", list, i, 8)).toBe(0);
    heap.call("listFree", list);
  });

  test("lists longer than memory allows fail, and say so", () => {
    const fails = (length: number, stride: number): number => {
      const fresh = new Heap();
      const list = fresh.call("listNew", 0, stride);
      return fresh.failureOf(() => fresh.call("listResize", list, length, stride));
    };
    expect(fails(2 ** 31 - 1, 8)).toBe(5);
    expect(fails(2 ** 27 + 1, 8)).toBe(5);
    expect(fails(2 ** 24 + 1, 64)).toBe(5);
    expect(fails(-1, 8)).toBe(5);
    const list = heap.call("listNew", 0, 8);
    heap.call("listResize", list, 10, 8);
    expect(heap.failureOf(() => heap.call("listInsert", list, 0, 2 ** 31 - 5, 8))).toBe(5);
    heap.call("listFree", list);
  });

  test("a million pushes take amortised time and little more room than elements", () => {
    const fresh = new Heap();
    const list = fresh.call("listNew", 0, 8);
    for (let i = 0; i < 1_000_000; i++) fresh.call("listPush", list, 8);
    expect(fresh.call("usedBytes")).toBeLessThan(8_000_000 * 1.7);
    expect(fresh.memory.buffer.byteLength).toBeLessThan(8_000_000 * 5);
  });
});
