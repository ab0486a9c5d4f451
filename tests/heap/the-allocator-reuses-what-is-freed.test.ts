// A model that runs for weeks must not grow, and no block may lie in another.

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Heap, runs } from "./heap.ts";

interface Block {
  readonly at: number;
  readonly bytes: number;
  readonly mark: number;
}

describe("the allocator", () => {
  const size = fc.oneof(
    fc.nat(40),
    fc.nat(600),
    fc.nat(100_000),
    fc.constantFrom(0, 7, 8, 9, 248, 249, 65536),
  );
  const step = fc.oneof(
    { weight: 3, arbitrary: fc.record({ bytes: size }) },
    { weight: 2, arbitrary: fc.record({ free: fc.nat(1000) }) },
  );

  test("blocks are zeroed, apart, aligned, and keep what is written", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60, size: "max" }), (steps) => {
        const heap = new Heap();
        const live: Block[] = [];
        let mark = 0;
        const take = (index: number): Block | undefined => live.splice(index % live.length, 1)[0];
        const check = ({ at, bytes, mark }: Block): void => {
          const payload = new Uint8Array(heap.memory.buffer, at + 8, bytes);
          expect(payload.every((byte) => byte === mark)).toBe(true);
        };
        for (const s of steps) {
          if ("bytes" in s) {
            const at = heap.call("alloc", s.bytes);
            expect(at % 16).toBe(0);
            expect(at).toBeGreaterThanOrEqual(1000);
            expect(heap.count(at)).toBe(1);
            expect(heap.view.getInt32(at + 4, true)).toBeGreaterThanOrEqual(s.bytes + 8);
            const block = { at, bytes: s.bytes, mark: ++mark };
            check({ ...block, mark: 0 });
            new Uint8Array(heap.memory.buffer, at + 8, s.bytes).fill(mark);
            live.push(block);
          } else if (live.length > 0) {
            const block = take(s.free);
            if (block === undefined) continue;
            check(block);
            heap.call("free", block.at);
          }
          const sizes = live.map(({ at }) => heap.view.getInt32(at + 4, true));
          expect(heap.call("usedBytes")).toBe(sizes.reduce((a, b) => a + b, 0));
          const spans = live.map(({ at }, i) => [at, at + sizes[i]!] as const);
          spans.sort((a, b) => a[0] - b[0]);
          for (let i = 1; i < spans.length; i++)
            expect(spans[i]![0]).toBeGreaterThanOrEqual(spans[i - 1]![1]);
        }
        for (const block of live) check(block);
        for (const { at } of live) heap.call("free", at);
        expect(heap.call("usedBytes")).toBe(0);
      }),
      { numRuns: runs(200) },
    );
  });

  test("a block wastes at most a quarter", () => {
    const heap = new Heap();
    for (let bytes = 0; bytes < 50_000; bytes += 1 + (bytes >> 5)) {
      const at = heap.call("alloc", bytes);
      const whole = heap.view.getInt32(at + 4, true);
      expect(whole % 16).toBe(0);
      expect(whole - (bytes + 8)).toBeLessThan(Math.max(16, (bytes + 8) / 4 + 1));
      heap.call("free", at);
    }
    expect(heap.call("usedBytes")).toBe(0);
  });

  test("a million rounds of any sizes take no more memory than the first ones", () => {
    const heap = new Heap();
    const ring: number[] = [];
    let seed = 1;
    let after = 0;
    for (let i = 0; i < 1_000_000; i++) {
      seed = (Math.imul(seed, 1103515245) + 12345) | 0;
      const bytes = (seed >>> 8) % (i % 100 === 0 ? 20_000 : 300);
      ring.push(heap.call("alloc", bytes));
      if (ring.length > 64) heap.call("free", ring.shift()!);
      if (i === 200_000) after = heap.memory.buffer.byteLength;
    }
    expect(heap.memory.buffer.byteLength).toBe(after);
    expect(after).toBeLessThan(1_000_000);
  });

  test("nothing, and what is never freed, can be retained and freed", () => {
    const heap = new Heap();
    const at = heap.call("alloc", 8);
    heap.call("free", 0);
    heap.call("retain", 0);
    heap.call("retain", at);
    expect(heap.count(at)).toBe(2);
    heap.view.setInt32(at, -1, true);
    heap.call("retain", at);
    heap.call("free", at);
    expect(heap.count(at)).toBe(-1);
    expect(heap.call("usedBytes")).toBeGreaterThan(0);
  });

  test("heapInit forgets all blocks and leaves what lies below alone", () => {
    const heap = new Heap();
    const bytes = new Uint8Array(heap.memory.buffer);
    bytes.fill(0xaa);
    heap.call("heapInit", 30_001);
    const at = heap.call("alloc", 100);
    expect(at).toBeGreaterThan(30_001);
    expect(bytes.subarray(at + 8, at + 108).every((byte) => byte === 0)).toBe(true);
    expect(bytes.subarray(0, 30_001).every((byte) => byte === 0xaa)).toBe(true);
    heap.call("heapInit", 200_000);
    expect(heap.call("usedBytes")).toBe(0);
    expect(heap.call("alloc", 100)).toBeGreaterThan(200_000);
  });

  test("out of memory is said, and leaves the heap usable", () => {
    const heap = new Heap(10);
    const first = heap.call("alloc", 300_000);
    for (const bytes of [2 ** 31 - 1, -1, 1.4e9, 1.3e9, 655_360, 400_000])
      expect(heap.failureOf(() => heap.call("alloc", bytes))).toBe(1);
    const used = heap.call("usedBytes");
    expect(used).toBe(heap.view.getInt32(first + 4, true));
    heap.call("free", first);
    expect(heap.call("alloc", 300_000)).toBe(first);
    for (let i = 0; i < 10; i++) heap.call("alloc", 1000);
    expect(heap.failureOf(() => heap.call("alloc", 400_000))).toBe(1);
  });
});
