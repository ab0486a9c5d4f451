/**
 * Owns how TypeScript itself is loaded: with `require`, which takes a third of the time of `import`
 * (0.27 s against 0.88 s), because Node does not look for named exports in its 9 MB.
 */

import { createRequire } from "node:module";
import type ts from "typescript";

export const tsc: typeof ts = createRequire(import.meta.url)("typescript");
