/** Owns how the equations of `einsum` are read. */

import { refuse } from "../../runtime/eager/refuse.ts";

/** Names of axes, for each operand and for the result; axes of `...` are named by digits. */
export interface Equation {
  readonly inputs: readonly (readonly string[])[];
  readonly output: readonly string[];
}

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/** Reads an equation for operands of these ranks. */
export function parseEquation(equation: string, ranks: readonly number[]): Equation {
  const [left = "", right] = equation.replaceAll(" ", "").split("->");
  const texts = left.split(",");
  if (texts.length !== ranks.length) {
    return refuse(
      "argument",
      `einsum: "${equation}" is for ${texts.length} operands, not ${ranks.length}`,
    );
  }
  const free = texts.map((text, i) => freeAxes(equation, text, ranks[i]!));
  const most = free.reduce((a, b) => Math.max(a, b), 0);
  const inputs = texts.map((text, i) => axesOf(text, most, free[i]!));
  return {
    inputs,
    output: right === undefined ? implied(inputs, most) : resultOf(equation, right, inputs, most),
  };
}

/** How many axes `...` stands for. */
function freeAxes(equation: string, text: string, rank: number): number {
  const letters = lettersOf(text.replace("...", ""));
  const strange = letters.find((letter) => !alphabet.includes(letter));
  if (strange !== undefined) {
    return refuse("argument", `einsum: "${strange}" in "${equation}" is no letter`);
  }
  const rest = rank - letters.length;
  if (rest < 0 || (rest > 0 && !text.includes("..."))) {
    return refuse("shape", `einsum: "${text}" does not name the axes of a tensor of rank ${rank}`);
  }
  return rest;
}

const lettersOf = (text: string): readonly string[] => Array.from(text);

/** The names of the axes, where `...` are the last `free` of `most` digits. */
function axesOf(text: string, most: number, free: number): readonly string[] {
  const at = text.indexOf("...");
  if (at < 0) return lettersOf(text);
  const digits = Array.from({ length: free }, (_, i) => String(most - free + i));
  return [...lettersOf(text.slice(0, at)), ...digits, ...lettersOf(text.slice(at + 3))];
}

/** The letters that appear once, after the axes that broadcast. */
function implied(inputs: Equation["inputs"], most: number): readonly string[] {
  const once = lettersOf(alphabet).filter((letter) => {
    let count = 0;
    for (const letters of inputs) count += letters.filter((l) => l === letter).length;
    return count === 1;
  });
  return [...axesOf("...", most, most), ...once];
}

function resultOf(
  equation: string,
  text: string,
  inputs: Equation["inputs"],
  most: number,
): readonly string[] {
  const output = axesOf(text, most, most);
  const twice = output.find((letter, i) => output.indexOf(letter) < i);
  if (twice !== undefined) {
    return refuse("argument", `einsum: "${twice}" stands twice in the result of "${equation}"`);
  }
  const absent = output.find((letter) => !inputs.some((letters) => letters.includes(letter)));
  if (absent !== undefined) {
    return refuse("argument", `einsum: no operand of "${equation}" has the axis "${absent}"`);
  }
  return output;
}
