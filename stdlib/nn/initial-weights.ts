/** The values that layers start from. */

import { uniformLater } from "../random/drawn-later.ts";
import { Parameter } from "./cells.ts";

/**
 * Uniform between ±1/√inputs, as PyTorch's layers start; `inputs` is how many values each result sums.
 * Drawn from the default generator, so that a program makes the same layers each time it runs.
 */
export function initialWeights(shape: readonly number[], inputs: number): Parameter {
  const bound = inputs === 0 ? 0 : 1 / Math.sqrt(inputs);
  return new Parameter(uniformLater(shape, -bound, bound));
}
