/** GLIM11xx: TypeScript's own operators and conditions on tensors, and spellings that do not exist. */

import type { Message } from "../diagnostic.ts";

const message = (code: string, text: string, why: string, fix: string): Message => ({
  code,
  message: text,
  why,
  fix,
});

export const tensorCondition = (text: string): Message =>
  message(
    "GLIM1101",
    `\`${text}\` is a tensor, and a tensor is not a condition`,
    "In JavaScript every object is true, so the elements would not be looked at.",
    "Read a one-element tensor with `.item()`, reduce with `.any()` or `.all()` first, or choose element by element with `where(condition, a, b)`.",
  );

export const tensorIdentity = (operator: string): Message =>
  message(
    "GLIM1102",
    `\`${operator}\` does not compare the elements of tensors`,
    "In JavaScript it asks whether the two are the same object.",
    `Use \`x.${operator.startsWith("!") ? "ne" : "eq"}(y)\`, which gives a bool tensor.`,
  );

const methodOf: Readonly<Record<string, string>> = {
  "+": "add",
  "-": "sub",
  "*": "mul",
  "/": "div",
  "%": "mod",
  "**": "pow",
  "<": "lt",
  "<=": "le",
  ">": "gt",
  ">=": "ge",
};

export const tensorOperator = (operator: string, unary: boolean): Message => {
  const plain = operator.replace(/=$/, "");
  const method = methodOf[operator] ?? methodOf[plain];
  const fix = unary
    ? operator === "-"
      ? "Use `x.neg()`."
      : "Use a method of the tensor."
    : method === undefined
      ? "Use a method of the tensor."
      : `Use \`x.${method}(y)\`.`;
  return message(
    "GLIM1103",
    `\`${operator}\` does not work on tensors`,
    "JavaScript has no operator overloading: it would convert the tensor to a string or a number.",
    fix,
  );
};

export const unusedResult = (method: string): Message =>
  message(
    "GLIM1104",
    `the result of \`${method}\` is not used`,
    "Tensors never change: an operator gives a new one.",
    "Assign the result (`x = x.…`), or remove the line.",
  );

export const tensorIteration = (): Message =>
  message(
    "GLIM1105",
    "a tensor cannot be iterated",
    "It is one value, not a list of values.",
    "Count over `x.shape[0]`, and take the parts with `narrow`, `at` or `unbind`.",
  );

export const tensorIndex = (): Message =>
  message(
    "GLIM1106",
    "`[…]` does not index a tensor",
    "JavaScript's brackets read properties of the object.",
    'Use `x.at(i)`, `x.at(":", j)` or `x.narrow(dim, start, length)`.',
  );

export const tensorText = (): Message =>
  message(
    "GLIM1107",
    "a tensor cannot become text in compiled code",
    "Its elements are known only at run time.",
    "Return the tensor and print it in the host.",
  );

export const tensorWrite = (what: string): Message =>
  message(
    "GLIM1108",
    `${what} cannot be assigned`,
    "Tensors never change.",
    "Make a new one: `x = x.with(index, value)`. A parameter or buffer changes with `cell.assign(t)`.",
  );

export const unknownMethod = (name: string, suggestion: string): Message =>
  message(
    "GLIM1109",
    `tensors have no method \`${name}\``,
    "It is neither an operator nor part of the standard library.",
    suggestion,
  );

export const noBackward = (name: string): Message =>
  message(
    "GLIM1110",
    `\`${name}\` does not exist: gradients are functions`,
    "Tensors carry no gradients and no graph; differentiation is a transformation of a function.",
    "Write `opt.minimize(() => loss)`, or `grad(f)(x)` for the gradient itself.",
  );

export const eagerOnly = (name: string, instead: string): Message =>
  message(
    "GLIM1111",
    `\`${name}\` works only in a plain run`,
    "Compiled code has no JavaScript objects to give the elements to.",
    instead,
  );

export const methodNotCalled = (name: string): Message =>
  message(
    "GLIM1112",
    `\`${name}\` is a method and must be called`,
    "A method taken from its tensor loses it.",
    `Write \`x.${name}(…)\`, or \`(x) => x.${name}(…)\`.`,
  );

/** What a traced function did on its examples depends on their elements. */
export const traceDepends = (what: string): Message =>
  message(
    "GLIM1115",
    `trace: ${what}`,
    "A trace keeps the operations of one run. Another run must do the same ones, whatever the elements are.",
    "Stay with tensors (`where` chooses element by element), or write the function in the script subset and mark it with `script`.",
  );
