/** Stands for heap/grow-memory in the interpreter: memory grows up to what the host allows. */

const allPages: i32 = 65536;
let mostPages: i32 = allPages;

/** No memory beyond so many bytes is taken from now on. */
export function limitMemory(bytes: f64): void {
  mostPages = <i32>floor(max(0, bytes) / 65536);
}

/** Whether the host has set a bound. */
export function isLimited(): bool {
  return mostPages !== allPages;
}

/** The pages that there were, or −1. */
export function growMemory(pages: i32): i32 {
  return pages > mostPages - memory.size() ? -1 : memory.grow(pages);
}
