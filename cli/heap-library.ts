/** The heap that compiled modules link, as the build made it. */

import { readFileSync } from "node:fs";

export const readHeap = (): Uint8Array =>
  readFileSync(new URL("../runtime/heap/heap.wasm", import.meta.url));
