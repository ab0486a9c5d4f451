/** Owns `trace`, which has two meanings, as in PyTorch's `torch.trace` and `torch.jit.trace`. */

import type { AnyTensor } from "../runtime/eager/tensor-types.ts";
import { trace as traceOfFunction } from "../runtime/eager/trace.ts";
import { trace as traceOfMatrix } from "./functional/diagonal.ts";

type AnyFunction = (...args: never[]) => unknown;

/** The sum of a matrix's diagonal. */
export function trace(x: AnyTensor): ReturnType<typeof traceOfMatrix>;
/**
 * Runs `f` once, on the examples, and gives the function of what it did to tensors: for code outside of the
 * script subset that goes the same way whatever the elements are. Exported, it is an entry point, whose
 * parameters are tensors of the examples' shapes.
 */
export function trace<F extends AnyFunction>(f: F, ...examples: Parameters<F>): F;
export function trace(first: AnyTensor | AnyFunction, ...examples: unknown[]): unknown {
  if (typeof first !== "function") return traceOfMatrix(first);
  return traceOfFunction(first, ...examples);
}
