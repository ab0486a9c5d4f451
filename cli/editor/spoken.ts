/** What editors show of a diagnostic. */

import type { Diagnostic } from "../../compiler/diagnostics/diagnostic.ts";

/** The message with its reason and the way out, one a line. */
export const spoken = ({ message, why, fix }: Diagnostic): string =>
  [message, why, fix].filter((line) => line !== "").join("\n");
