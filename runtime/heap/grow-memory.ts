/** How the heap gets memory: the interpreter has another file in the place of this one, which knows a limit. */

export function growMemory(pages: i32): i32 {
  return memory.grow(pages);
}
