/** GLIM9xxx: bugs in Glim itself. */

import type { Message } from "../diagnostic.ts";

export const internal = (what: string): Message => ({
  code: "GLIM9001",
  message: `a bug in Glim: ${what}`,
  why: "The program is not to blame; Glim met a situation that its authors had ruled out.",
  fix: "Please report it with the model file, or with what `glim dump` prints for it.",
});

/** Stands in a walk for what the next walk will do right; users never see it. */
export const heapDemand = (): Message => internal("an object was not put on the heap");

/** An exception that nobody expected, without its stack unless GLIM_DEBUG is set. */
export function unexpected(error: unknown): Message {
  const isError = error instanceof Error;
  const text = isError ? `${error.name}: ${error.message}` : String(error);
  const message = internal(text.split("\n", 1)[0] ?? "");
  if (globalThis.process?.env.GLIM_DEBUG && isError) {
    return { ...message, why: `${message.why}\n${error.stack}` };
  }
  return { ...message, fix: `${message.fix}\nGLIM_DEBUG=1 shows where in Glim it happened.` };
}
