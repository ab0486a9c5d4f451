/** Owns `refuse` and `demand`, with which the library turns away arguments as operators do. */

import type { Refusal } from "../../compiler/ops/types.ts";
import { codes, GlimError } from "./glim-error.ts";
import { builtinMark, mark } from "./marks.ts";

/**
 * Throws the error of an argument that does not fit. Compiled, it is a diagnostic at the user's call,
 * so it may stand only where the condition around it is known when compiling: ranks, axes, options.
 * What depends on sizes is for `demand`.
 */
export function refuse(kind: Refusal, message: string): never {
  throw new GlimError(codes[kind], message);
}

mark(refuse, builtinMark, "refuse");

/**
 * Refuses shapes unless `condition` holds. Compiled, it is a diagnostic where the sizes are known, and
 * else a check that is never left out.
 */
export function demand(condition: boolean, message: string): asserts condition {
  if (!condition) throw new GlimError(codes.shape, message);
}

mark(demand, builtinMark, "demand");
