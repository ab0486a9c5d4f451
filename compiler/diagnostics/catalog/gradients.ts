/** What is wrong with what is differentiated; codes are of the ranges of the catalogue. */

import type { Message } from "../diagnostic.ts";

const message = (code: string, text: string, why: string, fix: string): Message => ({
  code,
  message: text,
  why,
  fix,
});

/** A number is read from what depends on the variables. */
export const numberFromActive = (): Message =>
  message(
    "GLIM1113",
    "no gradient flows through a number that is read from a tensor",
    "Numbers carry no gradient, so what is computed from this one would count as a constant, silently.",
    "Write `stopGradient(x).item()` if that is meant; else stay with tensors.",
  );

export const notScalar = (type: string): Message =>
  message(
    "GLIM3012",
    `the result is ${type}, and a gradient is that of one number`,
    "A gradient says how one number changes. For several, each with its own weight, there is `vjp`.",
    "Reduce the result first (`sum`, `mean`), or use `vjp(f)(x, v)`.",
  );

export const notFloat = (type: string): Message =>
  message(
    "GLIM3013",
    `${type} is no tensor of floats, so there is nothing to differentiate for`,
    "Integers and booleans do not change by little steps.",
    'Convert it outside of the function: `x.to("f32")`.',
  );

/** Inside the subset, but this version has no gradient for it when it is compiled. */
export const gradientOfRunSizes = (): Message =>
  message(
    "GLIM4030",
    "gradients through branches, loops and lists with tensors of a size that only the run tells are not compiled yet",
    "What branches and rounds compute is kept on the heap for the way back, and such a size means another number in the next round. Gradients of operators compute most of it again, those of gradients cannot.",
    "Work on tensors of a known size, and choose what counts with `where`.",
  );

/** A function calls itself inside of what it differentiates. */
export const gradientOfCaller = (): Message =>
  message(
    "GLIM4030",
    "gradients through a function that differentiates what calls it are not compiled yet",
    "Each call is inside of one more gradient, and how many there are is known only when it runs.",
    "Differentiate a known number of times: `grad(grad(f))`.",
  );

/** What a function of `vmap` does would depend on the elements of one example. */
export const examplesPart = (what: string): Message =>
  message(
    "GLIM1114",
    `vmap: the examples cannot part: ${what}`,
    "`vmap` runs a function once, for all examples together, so that they must all go the same way.",
    "Stay with tensors (`where` chooses for each example); loop over the examples where they must part.",
  );

/** Inside the subset, but not compiled for many examples at once. */
export const examplesThrough = (what: string): Message =>
  message(
    "GLIM4031",
    `vmap: ${what} is not done for many examples at once yet`,
    "`vmap` makes one operation of those of all examples. This one has no such form.",
    "Move it out of the function, or loop over the examples.",
  );
