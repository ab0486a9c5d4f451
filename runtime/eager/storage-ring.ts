/**
 * A pool of tensor storages: a stretch of the kernels' memory, used round and round. When it is full,
 * the oldest storages are copied out to buffers of their own, which only their tensors hold, so that a
 * dead tensor's elements can be collected even inside a synchronous loop. A storage that is used again
 * is copied back.
 */

/** Elements of one or more tensors: in a pool, or copied out. */
export class Storage {
  readonly bytes: number;
  /** Where it lies in the pool; −1 while it is copied out, or freed. */
  address = -1;
  /** Where its place in the pool begins, also after it was freed. */
  start = -1;
  /** While it is copied out: its contents, from `copyStart` on. */
  copy: Uint8Array | undefined = undefined;
  copyStart = 0;
  /** While its elements are not computed yet: computes them, into `copy`. */
  make: (() => void) | undefined = undefined;
  claim: Claim | undefined = undefined;

  constructor(bytes: number) {
    this.bytes = bytes;
  }
}

/**
 * What a finalizer holds in place of a storage. It forgets the storage while that is copied out: a copy
 * must belong to its tensors alone.
 */
export interface Claim {
  storage: Storage | undefined;
}

/** Where a pool gets its memory: stretches that stay its own for ever. */
export interface PoolMemory {
  /** The whole memory as bytes; another object after it grew. */
  readonly u8: Uint8Array;
  /** The address of a new stretch; throws where the engine grants no more. */
  allocateStatic(bytes: number): number;
}

const align = 64;
/**
 * Storages of at most so many bytes together are copied out at once: a buffer for each tensor of a few
 * bytes would cost more than computing it. A living one keeps its dead neighbours' bytes, no more.
 */
const copiedTogether = 4096;

interface Segment {
  readonly start: number;
  end: number;
}

export class StorageRing {
  private readonly memory: PoolMemory;
  private limit: number;
  private readonly step: number;
  private readonly segments: Segment[] = [];
  private total = 0;
  /** The segment in which the next storage goes, and where. */
  private current = 0;
  private head = 0;
  /** Storages from the oldest to the newest; the first `gone` places are empty. */
  private queue: (Storage | undefined)[] = [];
  private gone = 0;
  /** Counts storages copied out and back, for tests and measurements. */
  readonly counts = { out: 0, back: 0 };

  /** `limit`: bytes that the pool takes before it moves storages out; `step`: its first stretch. */
  constructor(memory: PoolMemory, limit: number, step: number) {
    this.memory = memory;
    this.limit = limit;
    this.step = step;
  }

  /** Gives `storage` a place, moving out the oldest storages that are in the way. */
  place(storage: Storage): void {
    const size = placeBytes(storage.bytes);
    const segment = this.segments[this.current];
    if (segment === undefined || this.head + size > segment.end) this.makeRoom(size);
    const start = this.head;
    this.evictBetween(start, start + size);
    storage.address = start;
    storage.start = start;
    this.queue.push(storage);
    this.head = start + size;
  }

  /** Makes sure that `storage` is in the pool. */
  fetch(storage: Storage): void {
    if (storage.address >= 0) return;
    const { copy, copyStart, claim } = storage;
    this.place(storage);
    if (copy) {
      const own = copy.subarray(copyStart, copyStart + storage.bytes);
      this.memory.u8.set(own, storage.address);
      this.counts.back++;
    }
    storage.copy = undefined;
    if (claim) claim.storage = storage;
  }

  /** Gives a storage's place up: its contents are not needed any more. */
  free(storage: Storage): void {
    // The newest one's place can be taken again, unless the head has moved to another stretch since.
    const isLast = this.queue.at(-1) === storage;
    if (isLast && storage.start + placeBytes(storage.bytes) === this.head) {
      this.queue.pop();
      this.head = storage.start;
    }
    storage.address = -1;
    storage.copy = undefined;
  }

  /** Makes room for storages of `bytes` together that must be in the pool at the same time. */
  reserve(bytes: number): void {
    this.leaveSegment();
    this.grow(bytes);
  }

  /**
   * The head has reached a segment's end: the next segment while there is one, then more memory while
   * the limit allows, then from the first again. Segments too small for `size` are passed over.
   */
  private makeRoom(size: number): void {
    for (let passed = 0; passed <= this.segments.length; passed++) {
      const isLast = this.current >= this.segments.length - 1;
      if (isLast && this.total < this.limit && this.growTowardsLimit(size)) return;
      this.leaveSegment();
      this.current = isLast ? 0 : this.current + 1;
      const next = this.segments[this.current]!;
      this.head = next.start;
      if (this.head + size <= next.end) return;
    }
    this.reserve(size);
  }

  /** Whether there is more memory, for `size` at least; throws where even that is not granted. */
  private growTowardsLimit(size: number): boolean {
    const wanted = Math.min(this.limit - this.total, this.total || this.step);
    try {
      this.grow(Math.max(size, wanted));
      return true;
    } catch (error) {
      if (size >= wanted || this.total === 0) throw error;
      // Live with what there is.
      this.limit = this.total;
      return false;
    }
  }

  /** What lies between the head and its segment's end is older than all behind the head. */
  private leaveSegment(): void {
    const segment = this.segments[this.current];
    if (segment) this.evictBetween(this.head, segment.end);
  }

  /** More memory at the ring's end, with the head where it begins. */
  private grow(bytes: number): void {
    const rounded = placeBytes(bytes);
    // Storages in later segments are older than those at the head: move on to the ring's end.
    for (let i = this.current + 1; i < this.segments.length; i++) {
      this.evictBetween(this.segments[i]!.start, this.segments[i]!.end);
    }
    const last = this.segments.at(-1);
    const isAtEnd = this.current === this.segments.length - 1;
    const start = this.memory.allocateStatic(rounded);
    if (last && last.end === start) {
      // One stretch with the last: what is left of that is used as well.
      if (!isAtEnd) this.head = last.start;
      last.end = start + rounded;
    } else {
      this.segments.push({ start, end: start + rounded });
      this.head = start;
    }
    this.current = this.segments.length - 1;
    this.total += rounded;
  }

  /** Copies out the oldest storages as long as they reach into the range. */
  private evictBetween(from: number, to: number): void {
    while (this.gone < this.queue.length) {
      const oldest = this.queue[this.gone]!;
      if (oldest.start >= to || oldest.start + placeBytes(oldest.bytes) <= from) break;
      this.evictOldest();
    }
    if (this.gone > 1024 && this.gone * 2 > this.queue.length) {
      this.queue = this.queue.slice(this.gone);
      this.gone = 0;
    }
  }

  /** Copies out the oldest storage, with small neighbours that follow it. */
  private evictOldest(): void {
    const first = this.queue[this.gone]!;
    const { start } = first;
    let end = start + placeBytes(first.bytes);
    let last = this.gone + 1;
    for (; last < this.queue.length; last++) {
      const next = this.queue[last]!;
      const nextEnd = end + placeBytes(next.bytes);
      if (next.start !== end || nextEnd - start > copiedTogether) break;
      end = nextEnd;
    }
    let copy: Uint8Array | undefined;
    for (; this.gone < last; this.gone++) {
      const storage = this.queue[this.gone]!;
      this.queue[this.gone] = undefined;
      if (storage.address < 0) continue;
      copy ??= this.memory.u8.slice(start, end);
      storage.copy = copy;
      storage.copyStart = storage.start - start;
      storage.address = -1;
      if (storage.claim) storage.claim.storage = undefined;
      this.counts.out++;
    }
  }
}

/** Bytes of a storage's place: a whole multiple of 64, at least one. */
const placeBytes = (bytes: number): number =>
  bytes <= align ? align : Math.ceil(bytes / align) * align;
