/** GLIM4xxx: inside the subset, but not compiled by this version. */

import type { Message } from "../diagnostic.ts";

const later = "It belongs to the script subset; this version does not compile it yet.";

const message = (code: string, text: string, fix: string, why = later): Message => ({
  code,
  message: text,
  why,
  fix,
});

export const syntax = (what: string): Message =>
  message("GLIM4001", `${what} is not supported yet`, "");

export const capturedByRecursion = (name: string, what: string): Message =>
  message(
    "GLIM4003",
    `${name} calls itself and uses ${what} of the function around it: this is not supported yet`,
    "Hand it over as a parameter.",
  );

export const parameterType = (type: string): Message =>
  message(
    "GLIM4004",
    `parameters of type ${type} are not supported yet`,
    "Use tensors, numbers and booleans, or a record of numbers and booleans.",
  );

export const eitherOf = (what: string, left: string, right: string): Message =>
  message(
    "GLIM4005",
    `${what} is ${left} or ${right}, depending on the inputs: this is not supported yet`,
    "Choose among functions, or among objects, that exist before the paths part, or move what uses it into the branches.",
  );

export const changingShape = (name: string, before: string, after: string): Message =>
  message(
    "GLIM4006",
    `${name} changes its form: ${before} on one path, ${after} on another; this is not supported yet`,
    "Give it the same dtype and the same number of axes on all paths (`unsqueeze`, `keepDim`), or make the number of rounds a constant, so that the loop is unrolled.",
    "A tensor that comes from several paths, or from the previous round of a loop, may have other sizes there, but has one dtype and one number of axes, by which code is made.",
  );

export const tooManyRounds = (limit: number): Message =>
  message(
    "GLIM4009",
    `this loop is unrolled, and has more than ${limit} rounds`,
    "Let the body depend on its counter only through numbers and tensors, so that it stays a loop.",
    "Each round uses something that must be known when compiling (a module of a list, a shape), so each is compiled by itself.",
  );

export const method = (owner: string, name: string): Message =>
  message("GLIM4011", `\`${name}\` of ${owner} is not supported yet`, "");

export const stateKind = (name: string, what: string): Message =>
  message(
    "GLIM4012",
    `${name} holds ${what}: state of this kind is not supported yet`,
    "State can be numbers, booleans, strings and tensors, and arrays, maps, sets and records of these.",
  );

export const construction = (name: string): Message =>
  message(
    "GLIM4014",
    `\`new ${name}\` inside script is not supported yet`,
    "Make the object outside: what script functions capture is constant, or state if they write it.",
  );

export const capturedKind = (what: string): Message =>
  message(
    "GLIM4015",
    `${what} cannot be used in script yet`,
    "Use arrays, maps, sets, records and classes.",
  );

export const parameterDefault = (): Message =>
  message(
    "GLIM4016",
    "this default is not supported yet",
    "Give each number and boolean that may be left out a default: `(x: Tensor<[…]>, { k = 3 }: { k?: number } = {}) => …`.",
  );

export const library = (name: string): Message =>
  message("GLIM4017", `\`${name}\` is not compiled yet`, "");

export const tooDeep = (): Message =>
  message(
    "GLIM4018",
    "this code is nested too deeply to be compiled",
    "Split it into several statements or functions.",
    "Compiling follows the nesting of the source, and ran out of stack.",
  );

export const severalClasses = (what: string): Message =>
  message(
    "GLIM4022",
    `writing \`${what}\` of an instance of one of several classes, of which some have a setter for it, is not supported yet`,
    "Write a method that sets it, and call that.",
  );

export const unknownLength = (): Message =>
  message(
    "GLIM4019",
    "the length of this list is known only at run time",
    "Use the list itself: walk it with `for…of`, read its elements by their places, or spread it into a list literal.",
    "What is spread here decides which code is made, so its length must be known when compiling.",
  );

export const heapTensors = (first: string, second: string): Message =>
  message(
    "GLIM4020",
    `a list that changes at run time holds tensors of one dtype and one number of axes: ${first} meets ${second}`,
    "Give all tensors of the list the same dtype and number of axes, or keep them in lists of their own.",
    "Code is made for a dtype and a number of axes; sizes may differ.",
  );

export const capturedOnHeap = (what: string): Message =>
  message(
    "GLIM4021",
    `${what} cannot be put in a list, record or map that changes at run time`,
    "Keep functions, modules and captured objects in constant lists, whose indexes are known when compiling.",
    "What lives only while compiling has no form in memory.",
  );

export const nestedList = (): Message =>
  message(
    "GLIM4023",
    "a tensor of lists whose lengths are known only at run time is not supported yet",
    "Make a tensor of one flat list, and `reshape` it.",
  );
