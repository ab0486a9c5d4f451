/** Thrown where a gradient cannot be computed; the frontend makes a diagnostic of it. */

import type { Message } from "../../../diagnostics/diagnostic.ts";
import type { Span } from "../../../graph/ir.ts";

export class RefusedGradient extends Error {
  readonly why: Message;
  readonly span: Span | undefined;

  constructor(why: Message, span: Span | undefined) {
    super(why.message);
    this.name = "RefusedGradient";
    this.why = why;
    this.span = span;
  }
}
