/** What the package's build does after tsc: makes the files of `dist` that are not TypeScript's. */

import { fileURLToPath } from "node:url";
import { writeKernels } from "./build-kernels.ts";

/** From dist/cli/build to the package. */
const root = fileURLToPath(new URL("../../../", import.meta.url));

const bytes = await writeKernels(root);
console.log(`kernels.wasm: ${bytes} bytes`);
