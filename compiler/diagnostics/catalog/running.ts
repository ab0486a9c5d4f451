/** GLIM5xxx: a program fails when it runs. */

import type { Message } from "../diagnostic.ts";

const message = (code: string, text: string, why: string, fix: string): Message => ({
  code,
  message: text,
  why,
  fix,
});

/** A failed `assert`, a `throw`, or a check that the compiler could not settle. */
export const assertionFailed = (text: string): Message =>
  message("GLIM5000", text, "The program checks this, and it does not hold for these inputs.", "");

export const outOfMemory = (text: string): Message =>
  message(
    "GLIM5001",
    text,
    "The tensors that are alive at once do not fit into the memory of the module.",
    "Give smaller sizes, or compute in parts.",
  );

export const indexOutside = (text: string): Message =>
  message(
    "GLIM5002",
    text,
    "A position in a tensor of positions is outside the axis that it is for.",
    "Positions go from 0 to the size less 1; negative ones count from the end.",
  );

/** Said by `stopAtNaN`, where tensors are computed eagerly. */
export const firstNaN = (text: string): Message =>
  message(
    "GLIM5003",
    text,
    "Inside of `stopAtNaN` every result is looked at. What computes with a NaN gives NaN, so the first one is the cause.",
    "See what this line divides by, or takes the logarithm or root of.",
  );

const failures: ReadonlyMap<string, (text: string) => Message> = new Map([
  ["GLIM5000", assertionFailed],
  ["GLIM5001", outOfMemory],
  ["GLIM5002", indexOutside],
  ["GLIM5003", firstNaN],
]);

/** What a module reports when it is called: one of the above, or an input that it refuses. */
export const callFailed = (code: string, text: string): Message =>
  failures.get(code)?.(text) ?? message(code, text, "", "");
