/** Owns `assert`, in plain runs and as the compiler knows it. */

import { codes, GlimError } from "./glim-error.ts";
import { builtinMark, mark } from "./marks.ts";

/** Throws a GlimError unless `condition` holds. In compiled code it is a check that is never left out. */
export function assert(condition: boolean, message?: string): asserts condition {
  if (!condition) throw new GlimError(codes.assertion, message ?? "an assertion failed");
}

mark(assert, builtinMark, "assert");
