// A pool that overwrites a living tensor gives wrong numbers without a word.
import fc from "fast-check";
import { expect, it } from "vitest";
import { Storage, StorageRing } from "#glim/runtime/eager/storage-ring.js";

/** Memory that grows; other parts of the runtime take some of it too, so that stretches are not neighbours. */
class Memory {
  u8 = new Uint8Array(64);
  taken = 64;

  allocateStatic(bytes: number): number {
    const address = this.taken;
    this.taken += Math.ceil(bytes / 64) * 64;
    const grown = new Uint8Array(this.taken + 64);
    grown.set(this.u8);
    this.u8 = grown;
    return address;
  }
}

interface Held {
  readonly storage: Storage;
  readonly bytes: Uint8Array;
}

type Step =
  | { readonly kind: "place"; readonly bytes: number; readonly fill: number }
  | { readonly kind: "fetch" | "free" | "drop"; readonly which: number }
  | { readonly kind: "reserve"; readonly bytes: number }
  | { readonly kind: "take"; readonly bytes: number };

const which = fc.nat({ max: 1000 });
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant("place" as const),
      bytes: fc.oneof(
        fc.constantFrom(0, 1, 4, 63, 64, 65),
        fc.nat({ max: 3000 }),
        fc.nat({ max: 9000 }),
      ),
      fill: fc.nat({ max: 255 }),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({ kind: fc.constantFrom("fetch" as const, "free", "drop"), which }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constantFrom("reserve" as const, "take"),
      bytes: fc.nat({ max: 4000 }),
    }),
  },
);

class Model {
  readonly memory = new Memory();
  readonly ring = new StorageRing(this.memory, 16384, 4096);
  readonly held: Held[] = [];

  run(s: Step): void {
    if (s.kind === "place") this.place(s.bytes, s.fill);
    else if (s.kind === "reserve") this.ring.reserve(s.bytes);
    else if (s.kind === "take") this.memory.allocateStatic(s.bytes);
    else if (this.held.length > 0) this.use(s.kind, s.which % this.held.length);
    this.check();
  }

  private place(bytes: number, fill: number): void {
    const storage = new Storage(bytes);
    this.ring.place(storage);
    const contents = Uint8Array.from({ length: bytes }, (_, i) => fill + i);
    this.memory.u8.set(contents, storage.address);
    this.held.push({ storage, bytes: contents });
  }

  private use(kind: "fetch" | "free" | "drop", at: number): void {
    const { storage } = this.held[at]!;
    if (kind === "fetch") {
      this.ring.fetch(storage);
      expect(storage.address).toBeGreaterThanOrEqual(0);
    } else {
      if (kind === "free") this.ring.free(storage);
      this.held.splice(at, 1);
    }
  }

  /** Every living storage has its bytes, in the pool or in a copy, and a place of its own. */
  private check(): void {
    for (const { storage, bytes } of this.held) {
      const { address, copy, copyStart } = storage;
      const [from, at] = address >= 0 ? [this.memory.u8, address] : [copy!, copyStart];
      if (Buffer.compare(from.subarray(at, at + bytes.length), bytes) !== 0 || at % 64 !== 0) {
        throw new Error(`a storage of ${bytes.length} bytes is not what it was, at ${address}`);
      }
    }
    const inside = this.held.filter((h) => h.storage.address >= 0);
    inside.sort((a, b) => a.storage.address - b.storage.address);
    for (const [i, { storage }] of inside.entries()) {
      const end = storage.address + Math.max(1, storage.bytes);
      const next = inside[i + 1]?.storage.address ?? this.memory.taken;
      if (end > next) throw new Error(`two storages share the bytes at ${next}`);
    }
  }
}

it("living storages keep their bytes through any sequence of uses", () => {
  // Without `size`, fast-check makes arrays of about ten steps, in which nothing is ever moved out.
  const steps = fc.array(step, { minLength: 40, maxLength: 120, size: "max" });
  const moved = { out: 0, back: 0 };
  fc.assert(
    fc.property(steps, (all) => {
      const model = new Model();
      for (const s of all) model.run(s);
      moved.out += model.ring.counts.out;
      moved.back += model.ring.counts.back;
    }),
    { numRuns: 150 },
  );
  expect(moved.out).toBeGreaterThan(1000);
  expect(moved.back).toBeGreaterThan(300);
});

it("a storage that was copied out is held by nothing but its tensors", () => {
  const memory = new Memory();
  const ring = new StorageRing(memory, 4096, 4096);
  const first = new Storage(64);
  first.claim = { storage: first };
  ring.place(first);
  for (let i = 0; i < 100; i++) ring.place(new Storage(64));
  expect(first.address).toBe(-1);
  expect(first.claim.storage).toBeUndefined();
  expect(reaches(ring, first)).toBe(false);
  ring.fetch(first);
  expect(first.claim.storage).toBe(first);
});

function reaches(from: unknown, wanted: object, seen = new Set<object>()): boolean {
  if (from === wanted) return true;
  if (typeof from !== "object" || from === null || seen.has(from)) return false;
  if (ArrayBuffer.isView(from)) return false;
  seen.add(from);
  return Object.values(from).some((v) => reaches(v, wanted, seen));
}

it("freeing the newest storage does not lead the head back into a stretch that it has left", () => {
  const memory = new Memory();
  const ring = new StorageRing(memory, 4096, 4096);
  const [older, newest] = [new Storage(64), new Storage(64)];
  ring.place(older);
  ring.place(newest);
  // Another's memory, so that what is reserved is a stretch by itself.
  const others = memory.allocateStatic(4096);
  ring.reserve(4096);
  ring.free(newest);
  // From the freed place on it would reach out of the first stretch.
  const large = new Storage(4096);
  ring.place(large);
  const areApart = large.address + 4096 <= others || large.address >= others + 4096;
  expect(areApart).toBe(true);
});

it("a pool at its limit takes no more memory", () => {
  const memory = new Memory();
  const ring = new StorageRing(memory, 16384, 4096);
  for (let i = 0; i < 50; i++) ring.place(new Storage(1000));
  const { taken } = memory;
  for (let i = 0; i < 1000; i++) ring.place(new Storage((i * 37) % 3000));
  expect(memory.taken).toBe(taken);
});

it("where the engine grants no more, the pool lives with what it has", () => {
  const memory = new Memory();
  const ring = new StorageRing(memory, 1 << 20, 4096);
  ring.place(new Storage(1000));
  const { taken } = memory;
  memory.allocateStatic = () => {
    throw new RangeError("no more");
  };
  for (let i = 0; i < 100; i++) ring.place(new Storage(1000));
  expect(memory.taken).toBe(taken);
  expect(() => ring.place(new Storage(100_000))).toThrow("no more");
  ring.place(new Storage(1000));
});
