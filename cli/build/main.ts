/** What the package's build does after tsc: makes the files of `dist` that tsc cannot make. */

import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { tagStdlib } from "../loader/tag-stdlib.ts";
import { writeHeap } from "./build-heap.ts";
import { writeInterpreter } from "./build-interpreter.ts";
import { writeKernels } from "./build-kernels.ts";
import { buildPlugin } from "./build-plugin.ts";

/** The package, seen from dist/cli/build. */
const root = fileURLToPath(new URL("../../../", import.meta.url));

const bytes = await writeKernels(root);
const heapBytes = await writeHeap(root);
const interpreterBytes = await writeInterpreter(root);
await buildPlugin();
await tagStdlib(join(root, "stdlib"), join(root, "dist/stdlib"));
console.log(
  `kernels.wasm: ${bytes} bytes, heap.wasm: ${heapBytes} bytes, interpreter.wasm: ${interpreterBytes} bytes`,
);
