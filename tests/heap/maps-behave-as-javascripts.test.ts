// Programs rely on insertion order, on how keys are compared, and on changing a map while going over it.

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Heap, runs } from "./heap.ts";

type Kind = "Num" | "Str" | "Ref";
type Key = number | string;

/** A map of the heap from keys of one kind to numbers. It owns a reference to each of its string keys. */
class HeapMap {
  readonly #heap: Heap;
  readonly #kind: Kind;
  readonly #leaves: number;
  readonly map: number;

  constructor(heap: Heap, kind: Kind, leaves = 1) {
    this.#heap = heap;
    this.#kind = kind;
    this.#leaves = leaves;
    this.map = heap.call("mapNew", leaves);
  }

  #with<T>(key: Key, run: (key: number) => T): T {
    if (typeof key === "number") return run(key);
    const s = this.#heap.text(key);
    const result = run(s);
    this.#heap.release(s);
    return result;
  }

  get(key: Key): number | undefined {
    const heap = this.#heap;
    const at = this.#with(key, (k) => heap.call(`mapFind${this.#kind}`, this.map, k));
    return at === 0 ? undefined : heap.view.getFloat64(at, true);
  }

  /** Returns whether the key is new. */
  set(key: Key, value: number): boolean {
    const heap = this.#heap;
    return this.#with(key, (k) => {
      const at = heap.call(`mapPut${this.#kind}`, this.map, k);
      const added = heap.global("mapAdded").value === 1;
      if (added) {
        if (this.#kind === "Str") heap.call("retain", k);
        for (let leaf = 0; leaf < this.#leaves; leaf++)
          expect(heap.view.getBigUint64(at + 8 * leaf, true)).toBe(0n);
      }
      for (let leaf = 0; leaf < this.#leaves; leaf++)
        heap.view.setFloat64(at + 8 * leaf, value + leaf, true);
      return added;
    });
  }

  delete(key: Key): boolean {
    const heap = this.#heap;
    return this.#with(key, (k) => {
      const slot = heap.call(`mapDrop${this.#kind}`, this.map, k);
      if (slot !== 0 && this.#kind === "Str") heap.release(heap.view.getInt32(slot, true));
      return slot !== 0;
    });
  }

  keyAt(i: number): Key {
    const slot = this.#heap.call("mapKeyAt", this.map, i);
    if (this.#kind === "Num") return this.#heap.view.getFloat64(slot, true);
    const value = this.#heap.view.getInt32(slot, true);
    return this.#kind === "Ref" ? value : (this.#heap.read(value) ?? "no text");
  }

  next(at: number): number {
    return this.#heap.call("mapNext", this.map, at);
  }

  entries(): [Key, number][] {
    const all: [Key, number][] = [];
    for (let i = this.next(0); i >= 0; i = this.next(i + 1)) {
      const at = this.#heap.call("mapValueAt", this.map, i);
      expect(at).toBe(this.#heap.call("mapKeyAt", this.map, i) + 8);
      const value = this.#heap.view.getFloat64(at, true);
      for (let leaf = 1; leaf < this.#leaves; leaf++)
        expect(this.#heap.view.getFloat64(at + 8 * leaf, true)).toBe(value + leaf);
      all.push([this.keyAt(i), value]);
    }
    return all;
  }

  get size(): number {
    return this.#heap.call("mapSize", this.map);
  }

  #releaseKeys(): void {
    if (this.#kind !== "Str") return;
    for (let i = this.next(0); i >= 0; i = this.next(i + 1)) {
      const slot = this.#heap.call("mapKeyAt", this.map, i);
      this.#heap.release(this.#heap.view.getInt32(slot, true));
    }
  }

  clear(): void {
    this.#releaseKeys();
    this.#heap.call("mapClear", this.map);
  }

  free(): void {
    this.#releaseKeys();
    this.#heap.call("mapFree", this.map);
  }
}

const numbers = fc.oneof(
  fc.integer({ min: -6, max: 6 }),
  fc.constantFrom(Number.NaN, -0, 0, 0.5, Infinity, -Infinity, 2 ** 53, 1e-320),
);
const texts = fc.constantFrom("", "a", "b", "ab", "ba", "é", "\ud83d", "\u0000", "a".repeat(30));
const references = fc.integer({ min: 0, max: 9 }).map((i) => 1024 + 16 * i);
const kinds: readonly (readonly [Kind, fc.Arbitrary<Key>])[] = [
  ["Num", numbers],
  ["Str", texts],
  ["Ref", references],
];
const many = fc.integer({ min: 0, max: 300 });

const stepOf = (keys: fc.Arbitrary<Key>) =>
  fc.record({
    kind: fc.constantFrom("set", "set", "set", "delete", "delete", "get", "clear?", "all"),
    key: keys,
    value: fc.integer(),
  });

describe("maps", () => {
  const heap = new Heap();

  for (const [kind, keys] of kinds) {
    test(`${kind}: any steps give what they give with a Map, and leave no memory behind`, () => {
      const before = heap.call("usedBytes");
      const wide = kind === "Str" ? many.map(String) : many.map((i) => i * 16);
      const step = stepOf(fc.oneof(keys, wide));
      const steps = fc.array(step, { maxLength: 120, size: "max" });
      fc.assert(
        fc.property(fc.integer({ min: 1, max: 3 }), steps, (leaves, all) => {
          const map = new HeapMap(heap, kind, leaves);
          const model = new Map<Key, number>();
          for (const { kind: what, key, value } of all) {
            if (what === "set") {
              expect(map.set(key, value)).toBe(!model.has(key));
              model.set(key, value);
            } else if (what === "delete") {
              expect(map.delete(key)).toBe(model.delete(key));
            } else if (what === "get") {
              expect(map.get(key)).toBe(model.get(key));
            } else if (what === "all") {
              expect(map.entries()).toEqual([...model]);
            } else if (value % 8 === 0) {
              map.clear();
              model.clear();
            }
            expect(map.size).toBe(model.size);
          }
          expect(map.entries()).toEqual([...model]);
          map.free();
          expect(heap.call("usedBytes")).toBe(before);
        }),
        { numRuns: runs(150) },
      );
    });

    test(`${kind}: a map that changes while it is gone over is seen as a Map is`, () => {
      const before = heap.call("usedBytes");
      const step = stepOf(keys);
      const perEntry = fc.array(fc.array(step, { maxLength: 5 }), { maxLength: 12 });
      fc.assert(
        fc.property(fc.array(keys, { maxLength: 6 }), perEntry, (start, changes) => {
          const map = new HeapMap(heap, kind);
          const model = new Map<Key, number>();
          for (const [i, key] of start.entries()) {
            map.set(key, i);
            model.set(key, i);
          }
          const iterator = model.keys();
          heap.call("mapLock", map.map);
          let at = -1;
          for (const steps of changes) {
            const next = iterator.next();
            at = map.next(at + 1);
            expect(at < 0).toBe(next.done);
            if (next.done) break;
            expect(map.keyAt(at)).toEqual(next.value);
            for (const { kind: what, key, value } of steps) {
              if (what === "set") {
                map.set(key, value);
                model.set(key, value);
              } else if (what === "delete") {
                expect(map.delete(key)).toBe(model.delete(key));
              } else if (what === "clear?" && value % 4 === 0) {
                map.clear();
                model.clear();
              }
            }
          }
          heap.call("mapUnlock", map.map);
          expect(map.entries()).toEqual([...model]);
          // Unlocked, it forgets the entries that are gone.
          for (let i = 0; i < 40; i++) {
            const key = kind === "Str" ? `new ${i}` : 16 * i;
            expect(map.set(key, i)).toBe(!model.has(key));
            model.set(key, i);
          }
          expect(map.entries()).toEqual([...model]);
          map.free();
          expect(heap.call("usedBytes")).toBe(before);
        }),
        { numRuns: runs(300) },
      );
    });
  }

  test("a set has keys and no values", () => {
    const set = new HeapMap(heap, "Num", 0);
    for (const key of [3, 1, 3, Number.NaN, -0, 0, Number.NaN]) set.set(key, 0);
    const keys: Key[] = [];
    for (let i = set.next(0); i >= 0; i = set.next(i + 1)) keys.push(set.keyAt(i));
    expect(keys).toEqual([3, 1, Number.NaN, 0]);
    expect(Object.is(keys[3], 0)).toBe(true);
    expect(heap.call("mapFindNum", set.map, 3)).not.toBe(0);
    expect(heap.call("mapFindNum", set.map, 4)).toBe(0);
    set.free();
  });

  test("a deleted entry can be read until the next put", () => {
    const map = new HeapMap(heap, "Num");
    map.set(7, 42);
    const slot = heap.call("mapDropNum", map.map, 7);
    expect([0, 8].map((at) => heap.view.getFloat64(slot + at, true))).toEqual([7, 42]);
    expect(heap.call("mapDropNum", map.map, 7)).toBe(0);
    map.free();
  });

  test("a queue of few entries takes constant memory, however many pass through it", () => {
    const fresh = new Heap();
    const map = new HeapMap(fresh, "Num");
    const sizes = new Set<number>();
    for (let i = 0; i < 50_000; i++) {
      map.set(i, i);
      if (i >= 10) map.delete(i - 10);
      if (i > 1000) sizes.add(fresh.call("usedBytes"));
    }
    expect(map.size).toBe(10);
    expect(Math.max(...sizes)).toBeLessThan(2000);
    expect(fresh.memory.buffer.byteLength).toBe(65536);
  });

  test("a put for which memory does not suffice leaves the map as it was", () => {
    const fresh = new Heap(3);
    const map = new HeapMap(fresh, "Num");
    const model = new Map<Key, number>();
    let failure = 0;
    for (let i = 0; failure === 0; i++) {
      failure = fresh.failureOf(() => map.set(i, i));
      if (failure === 0) model.set(i, i);
    }
    expect(failure).toBe(1);
    expect(map.entries()).toEqual([...model]);
    for (const key of [...model.keys()].slice(0, 100)) expect(map.delete(key)).toBe(true);
    expect(map.get(100)).toBe(100);
    map.free();
  });

  test("keys of any pattern are found in few probes", () => {
    const fresh = new Heap();
    for (const keyOf of [
      (i: number) => i,
      (i: number) => i * 65536,
      (i: number) => i / 1024,
      (i: number) => 2 ** (i % 1000) + i,
    ]) {
      const map = new HeapMap(fresh, "Num");
      const model = new Map<number, number>();
      const start = performance.now();
      for (let i = 0; i < 50_000; i++) {
        fresh.call("mapPutNum", map.map, keyOf(i));
        model.set(keyOf(i), i);
      }
      expect(map.size).toBe(model.size);
      expect(performance.now() - start).toBeLessThan(5000);
      map.free();
    }
  });
});
