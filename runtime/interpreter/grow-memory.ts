/** Stands for heap/grow-memory in the interpreter: memory grows up to what the host allows. */

let mostPages: i32 = 65536;

/** No memory beyond so many bytes is taken from now on. */
export function limitMemory(bytes: f64): void {
  mostPages = <i32>floor(max(0, bytes) / 65536);
}

/** The pages that there were, or −1. */
export function growMemory(pages: i32): i32 {
  return pages > mostPages - memory.size() ? -1 : memory.grow(pages);
}
