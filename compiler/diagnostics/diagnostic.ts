/** Owns the form of a diagnostic: what every message of Glim says, and where. */

import type { Span } from "../graph/ir.ts";

/** A second place that explains the first one. */
export interface Related {
  readonly span: Span;
  readonly message: string;
}

/** One way a call chain reached the place of a diagnostic; the innermost call comes first. */
export interface Reached {
  /** What is called, as the user wrote it: `net.forward`. */
  readonly call: string;
  readonly span: Span;
}

/** What a catalogue entry states; `at` adds where it happened. */
export interface Message {
  /** `GLIM` and four digits; the first digit is the range (see catalog.ts). Never reused. */
  readonly code: string;
  /** One line that names the thing in the user's words. */
  readonly message: string;
  /** Why it is so: one or two sentences. */
  readonly why: string;
  /** What to write instead; empty when nothing general can be said. */
  readonly fix: string;
}

export interface Diagnostic extends Message {
  /** Undefined when no file is to blame (no entry point, a missing file). */
  readonly span: Span | undefined;
  readonly related: readonly Related[];
  readonly reached: readonly Reached[];
  /** Not for users: what must be made on the run-time heap for this to go away. */
  readonly demands?: readonly string[];
  /** Those objects hold tensors. */
  readonly holdsTensors?: boolean;
}

/** The diagnostic that states `message` at `span`. */
export const at = (
  span: Span | undefined,
  message: Message,
  related: readonly Related[] = [],
  reached: readonly Reached[] = [],
): Diagnostic => ({ ...message, span, related, reached });

const keyOf = ({ code, message, span }: Diagnostic): string =>
  `${code} ${span?.file ?? ""} ${span?.start ?? -1} ${message}`;

/** Drops repetitions and orders by file, then place; what has no place comes first. */
export function tidyDiagnostics(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  const unique = new Map<string, Diagnostic>();
  for (const d of diagnostics) if (!unique.has(keyOf(d))) unique.set(keyOf(d), d);
  return [...unique.values()].sort((a, b) => {
    const [fileA, fileB] = [a.span?.file ?? "", b.span?.file ?? ""];
    if (fileA !== fileB) return fileA < fileB ? -1 : 1;
    return (a.span?.start ?? -1) - (b.span?.start ?? -1);
  });
}
