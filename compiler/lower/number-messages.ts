/** What is said of numbers that integers of a dtype cannot hold. */

import { type IntegerDType, isNarrow, rangeOf } from "../ops/types.ts";

const named = (dtype: IntegerDType): string => `${dtype === "u8" ? "a" : "an"} ${dtype} tensor`;
const range = (dtype: IntegerDType): string => `from ${rangeOf(dtype).join(" to ")}`;

/** Of a number that becomes a tensor. Of i32, what is out of range saturates. */
export const mustBeWhole = (dtype: IntegerDType): string =>
  `a number that meets ${named(dtype)} must be a whole number${isNarrow(dtype) ? ` ${range(dtype)}` : ""}`;

/** Of an element of a list that becomes a tensor. */
export const mustFit = (dtype: IntegerDType): string =>
  `a number in ${named(dtype)} must be whole ${isNarrow(dtype) ? range(dtype) : "and fit in 32 bits"}`;
