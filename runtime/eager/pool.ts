/** The pools of this program's tensors, and how storages get in and out of them. */

import { codes, GlimError } from "./glim-error.ts";
import { kernels, OutOfMemory } from "./kernels.ts";
import { type Storage, StorageRing } from "./storage-ring.ts";

/**
 * Small storages have a ring of their own, which stays in the processor's cache: among large ones they
 * would be spread over all of the memory, and a million of them be alive before the first is moved out.
 */
const smallBytes = 2048;
const smallLimit = 2 ** 20;
/**
 * Bytes of large tensors that stay in the kernels' memory. A process takes more, because copies of dead
 * tensors wait for the engine to collect them: in a loop over tensors of 1 MB at most 318 MiB were
 * resident on Node 20, 22 and 24, and with 192 MiB here up to 397.
 */
const limit = 128 * 2 ** 20;
const firstStretch = 4 * 2 ** 20;

interface Rings {
  readonly small: StorageRing;
  readonly large: StorageRing;
}

let rings: Rings | undefined;

function ringOf(storage: Storage): StorageRing {
  rings ??= {
    small: new StorageRing(kernels(), smallLimit, smallLimit),
    large: new StorageRing(kernels(), limit, firstStretch),
  };
  return storage.bytes <= smallBytes ? rings.small : rings.large;
}

/** Puts a new storage in its pool. */
export function place(storage: Storage): void {
  try {
    ringOf(storage).place(storage);
  } catch (error) {
    throw asMemoryError(error, storage.bytes);
  }
}

/** Gives a dead storage's place back. */
export const free = (storage: Storage): void => ringOf(storage).free(storage);

/** Makes sure that a storage is in its pool. */
export function fetch(storage: Storage): void {
  if (storage.address >= 0) return;
  storage.make?.();
  try {
    ringOf(storage).fetch(storage);
  } catch (error) {
    throw asMemoryError(error, storage.bytes);
  }
}

/** Makes sure that all of some storages are in their pools at the same time. */
export function fetchTogether(storages: readonly Storage[]): void {
  const missing = (): boolean => storages.some((s) => s.address < 0);
  for (let round = 0; round < 4 && missing(); round++) {
    if (round === 2) reserveFor(storages);
    for (const storage of storages) fetch(storage);
  }
  if (missing()) throw new Error("storages that fit a pool together were moved out");
}

function reserveFor(storages: readonly Storage[]): void {
  const needed = new Map<StorageRing, number>();
  for (const s of storages) needed.set(ringOf(s), (needed.get(ringOf(s)) ?? 0) + s.bytes + 64);
  for (const [ring, bytes] of needed) {
    try {
      ring.reserve(bytes);
    } catch (error) {
      throw asMemoryError(error, bytes);
    }
  }
}

function asMemoryError(error: unknown, bytes: number): unknown {
  if (!(error instanceof OutOfMemory)) return error;
  const size = `${bytes.toLocaleString("en-US")} bytes`;
  const message = `out of memory: no room for a tensor of ${size}; use smaller batches`;
  return new GlimError(codes.memory, message, { cause: error });
}

/** The kernels' whole memory. */
export const memoryBytes = (): Uint8Array => kernels().u8;

/** How many storages were copied out of the pools, and back. */
export function poolCounts(): { readonly out: number; readonly back: number } {
  const { small, large } = rings ?? {};
  return {
    out: (small?.counts.out ?? 0) + (large?.counts.out ?? 0),
    back: (small?.counts.back ?? 0) + (large?.counts.back ?? 0),
  };
}
