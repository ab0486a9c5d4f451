/** GLIM3xxx: types, shapes and values that do not fit. */

import type { Refusal } from "../../ops/types.ts";
import type { Message } from "../diagnostic.ts";

const message = (code: string, text: string, why: string, fix: string): Message => ({
  code,
  message: text,
  why,
  fix,
});

const refusals: Readonly<Record<Refusal, { code: string; why: string; fix: string }>> = {
  shape: {
    code: "GLIM3001",
    why: "Sizes must be equal where they meet; only a size of exactly 1 is repeated.",
    fix: "",
  },
  dtype: {
    code: "GLIM3002",
    why: "Element types convert only where nothing can be lost.",
    fix: 'Convert with `x.to("f32")`, `x.to("i32")` or `x.to("bool")`.',
  },
  axis: {
    code: "GLIM3003",
    why: "Axes count from 0, or from -1 backwards.",
    fix: "",
  },
  argument: {
    code: "GLIM3004",
    why: "The operator takes no such argument.",
    fix: "",
  },
};

/** What an operator's own rule refuses; `text` names the operator and the values. */
export const refused = (kind: Refusal, text: string): Message => {
  const { code, why, fix } = refusals[kind];
  return message(code, text, why, fix);
};

export const expected = (what: string, found: string): Message =>
  message("GLIM3005", `expected ${what}, found ${found}`, "The value has another type.", "");

export const notKnown = (what: string): Message =>
  message(
    "GLIM3006",
    `${what} must be known when compiling`,
    "Axes, dtypes and options decide which code is made, so they cannot depend on the inputs.",
    "Use a constant or a captured number; sizes may be numbers that only a run tells.",
  );

export const oneElement = (type: string): Message =>
  message(
    "GLIM3007",
    `\`item()\` needs a tensor of one element, not ${type}`,
    "It reads the only element.",
    "Reduce first (`sum`, `mean`, `max`), or take one element.",
  );

export const stateType = (name: string, kept: string, written: string): Message =>
  message(
    "GLIM3008",
    `${name} holds ${kept}, and ${written} is written to it`,
    "State keeps its dtype and number of axes, and cells and buffers their sizes, too, so that it has a place in the module.",
    "Write a value of the same dtype and number of axes; to a cell, one of the same sizes.",
  );

export const operandTypes = (operator: string, left: string, right: string): Message =>
  message(
    "GLIM3009",
    `\`${operator}\` is applied to ${left} and ${right}`,
    "The operator computes with numbers; other values would be converted.",
    "",
  );

export const missingArgument = (name: string): Message =>
  message("GLIM3010", `the argument \`${name}\` is missing`, "It has no default.", "");

export const notIterable = (what: string): Message =>
  message(
    "GLIM3011",
    `${what} cannot be iterated`,
    "Only lists, maps, sets and texts can.",
    "Iterate over a list that it has: the modules of a `ModuleList` are its `items`.",
  );
