/**
 * The pool of tensor storages: one stretch of the kernels' memory, used round and round. When it is
 * full, the oldest storages are copied out to buffers of their own, which only their tensors hold, so
 * that a dead tensor's elements can be collected even inside a synchronous loop. A storage that is used
 * again is copied back.
 */

/** Elements of one or more tensors: in the pool, or copied out. */
export class Storage {
  readonly bytes: number;
  /** Where it lies in the pool; −1 while it is copied out. */
  address = -1;
  /** Its contents while it is copied out. */
  copy: Uint8Array | undefined;
  /** Its place in the pool's queue. */
  entry: Entry | undefined;

  constructor(bytes: number) {
    this.bytes = bytes;
  }
}

const align = 64;
const firstSegment = 4 * 2 ** 20;

/** One storage's place, or the place of one that was freed. */
export interface Entry {
  readonly address: number;
  readonly size: number;
  storage: Storage | undefined;
}

/** Where the pool gets its memory: stretches that stay its own for ever. */
export interface PoolMemory {
  /** The whole memory as bytes; another object after it grew. */
  readonly u8: Uint8Array;
  /** The address of a new stretch; throws where the engine grants no more. */
  allocateStatic(bytes: number): number;
}

interface Segment {
  readonly start: number;
  readonly end: number;
}

export class StorageRing {
  private readonly memory: PoolMemory;
  private readonly limit: number;
  private readonly segments: Segment[] = [];
  private total = 0;
  /** The segment in which the next storage goes, and where. */
  private current = 0;
  private head = 0;
  /** Entries from the oldest to the newest; the first `gone` of the array are evicted. */
  private entries: Entry[] = [];
  private gone = 0;
  /** Counts copies out and back, for tests and measurements. */
  readonly counts = { out: 0, back: 0 };

  /** `limit`: bytes that the pool takes before it moves storages out. */
  constructor(memory: PoolMemory, limit: number) {
    this.memory = memory;
    this.limit = limit;
  }

  /** Gives `storage` a place of its size, moving out the oldest storages that are in the way. */
  place(storage: Storage): void {
    const size = Math.max(1, Math.ceil(storage.bytes / align)) * align;
    const segment = this.segments[this.current];
    if (!segment || this.head + size > segment.end) this.makeRoom(size);
    const from = this.head;
    this.evictBetween(from, from + size);
    storage.address = from;
    storage.entry = { address: from, size, storage };
    this.entries.push(storage.entry);
    this.head = from + size;
  }

  /** Makes sure that `storage` is in the pool. */
  fetch(storage: Storage): void {
    if (storage.address >= 0) return;
    const { copy } = storage;
    this.place(storage);
    if (copy) {
      this.memory.u8.set(copy, storage.address);
      this.counts.back++;
    }
    storage.copy = undefined;
  }

  /** Gives a storage's place up: its contents are not needed any more. */
  free(storage: Storage): void {
    const { entry } = storage;
    if (entry && this.entries.at(-1) === entry) {
      this.entries.pop();
      this.head = entry.address;
    }
    if (entry) entry.storage = undefined;
    storage.entry = undefined;
    storage.address = -1;
    storage.copy = undefined;
  }

  /**
   * The head has reached a segment's end: the next segment while there is one, then a new one while
   * the limit allows, then from the first again. Segments too small for `size` are passed over.
   */
  private makeRoom(size: number): void {
    for (let passed = 0; passed <= this.segments.length; passed++) {
      const segment = this.segments[this.current];
      // What lies between the head and the segment's end is older than all behind the head.
      if (segment) this.evictBetween(this.head, segment.end);
      const isLast = this.current >= this.segments.length - 1;
      if (isLast && this.total < this.limit) {
        this.grow(Math.max(size, Math.min(this.limit - this.total, this.total || firstSegment)));
        return;
      }
      this.current = isLast ? 0 : this.current + 1;
      const next = this.segments[this.current]!;
      this.head = next.start;
      if (this.head + size <= next.end) return;
    }
    this.grow(size);
  }

  /** A new segment, the last one, with the head at its start. */
  private grow(bytes: number): void {
    const start = this.memory.allocateStatic(bytes);
    // Entries of later segments are older than those at the head: move on to the ring's end.
    for (let i = this.current + 1; i < this.segments.length; i++) {
      this.evictBetween(this.segments[i]!.start, this.segments[i]!.end);
    }
    this.segments.push({ start, end: start + bytes });
    this.total += bytes;
    this.current = this.segments.length - 1;
    this.head = start;
  }

  /** Copies out the oldest entries as long as they reach into the range. */
  private evictBetween(from: number, to: number): void {
    while (this.gone < this.entries.length) {
      const oldest = this.entries[this.gone]!;
      if (oldest.address >= to || oldest.address + oldest.size <= from) break;
      this.gone++;
      if (oldest.storage) this.copyOut(oldest.storage);
      oldest.storage = undefined;
    }
    if (this.gone > 1024 && this.gone * 2 > this.entries.length) {
      this.entries = this.entries.slice(this.gone);
      this.gone = 0;
    }
  }

  private copyOut(storage: Storage): void {
    storage.copy = this.memory.u8.slice(storage.address, storage.address + storage.bytes);
    storage.address = -1;
    storage.entry = undefined;
    this.counts.out++;
  }
}
