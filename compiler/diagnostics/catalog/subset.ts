/** GLIM10xx–GLIM13xx without tensors: constructs that the script subset takes away. */

import type { Message } from "../diagnostic.ts";

const message = (code: string, text: string, why: string, fix: string): Message => ({
  code,
  message: text,
  why,
  fix,
});

export const anyType = (name: string, type: string): Message =>
  message(
    "GLIM1001",
    `\`${name}\` has type ${type}`,
    "Compiled code is laid out by types; a value of this type could be anything.",
    "Give it a type: number, boolean, Tensor<[…]>, or the class it is an instance of.",
  );

export const narrowingAs = (from: string, to: string): Message =>
  message(
    "GLIM1002",
    `\`as ${to}\` narrows a value of type ${from}`,
    "A narrowing `as` is believed without a check, so compiled code could compute something else than a plain run.",
    "Check it instead (`if`, `assert`), or declare the value with the narrower type where it is made.",
  );

export const evalCall = (): Message =>
  message(
    "GLIM1003",
    "`eval` cannot be compiled",
    "The code is known only at run time, and the compiled module carries no JavaScript engine.",
    "Write the code out as a function.",
  );

export const generator = (name: string): Message =>
  message(
    "GLIM1004",
    `${name} is a generator`,
    "A compiled function runs from call to return; it cannot be suspended.",
    "Keep the position in a field and write a `next()` method: fields that are written are state.",
  );

export const asynchronous = (what: string): Message =>
  message(
    "GLIM1005",
    `${what} is asynchronous`,
    "A compiled module has no event loop: it computes a result from its inputs and its state.",
    "Load and wait outside, and pass the values in as arguments.",
  );

export const tryCatch = (): Message =>
  message(
    "GLIM1006",
    "`try` cannot be compiled",
    "A failure ends the call and is reported to the host; nothing inside can catch it.",
    "Test the condition before, or let the host handle the error.",
  );

export const regularExpression = (): Message =>
  message(
    "GLIM1007",
    "regular expressions cannot be compiled",
    "The compiled module carries no regular-expression engine.",
    "Use startsWith, endsWith, includes, indexOf or split, or prepare the text in the host.",
  );

export const date = (): Message =>
  message(
    "GLIM1008",
    "`Date` cannot be compiled",
    "A compiled module gives the same result for the same inputs; it cannot read a clock.",
    "Pass the time in as a number.",
  );

export const mathRandom = (): Message =>
  message(
    "GLIM1009",
    "`Math.random` cannot be compiled",
    "It cannot be seeded, so no two runs would agree.",
    "Use `const rng = new Rng(seed)` from glim, and `rng.number()`.",
  );

export const symbolType = (): Message =>
  message(
    "GLIM1010",
    "`Symbol` cannot be compiled",
    "Compiled records have fixed fields; there is nothing that a symbol could name.",
    "Use a string or a number.",
  );

export const bigInt = (): Message =>
  message(
    "GLIM1011",
    "BigInt cannot be compiled",
    "Numbers are IEEE doubles, and tensors hold f32, i32 or bool.",
    "Use a number; whole numbers are exact up to 2^53.",
  );

export const deleteProperty = (): Message =>
  message(
    "GLIM1012",
    "`delete` cannot be compiled",
    "Compiled records have fixed fields.",
    "Set the field to undefined, or make a new record without it.",
  );

export const inOperator = (): Message =>
  message(
    "GLIM1013",
    "`in` cannot be compiled",
    "Compiled records have fixed fields, so whether one exists is no question at run time.",
    "Compare the field with undefined.",
  );

export const withStatement = (): Message =>
  message(
    "GLIM1014",
    "`with` cannot be compiled",
    "It makes the meaning of every name depend on a value.",
    "Name the object.",
  );

export const varDeclaration = (name: string): Message =>
  message(
    "GLIM1015",
    `\`${name}\` is declared with \`var\``,
    "`var` is visible before it is assigned and outside its block.",
    "Use `let` or `const`.",
  );

export const looseEquality = (operator: string): Message =>
  message(
    "GLIM1016",
    `\`${operator}\` converts its operands`,
    "Its result depends on the types at run time.",
    `Use \`${operator}=\`.`,
  );

export const escapingClosure = (name: string): Message =>
  message(
    "GLIM1017",
    `the function ${name} escapes`,
    "A function written inside a script function is compiled where it is called; it cannot be returned to the host or kept in state.",
    "Call it here, or make it a method.",
  );

export const reassignedLet = (name: string): Message =>
  message(
    "GLIM1018",
    `\`${name}\` is a \`let\` that is reassigned`,
    "What a function captures is read once, when compiling; a later assignment would not be seen.",
    "Declare it with `const`, or make it a field of an object: fields that compiled code writes are state.",
  );

export const dynamicPropertyName = (): Message =>
  message(
    "GLIM1019",
    "the name of this property is not known when compiling",
    "Compiled records have fixed fields.",
    "Use an array with a number as index, or write the cases out.",
  );

export const forIn = (): Message =>
  message(
    "GLIM1020",
    "`for…in` cannot be compiled",
    "It walks property names, prototypes included, and compiled records have fixed fields.",
    "Use `for…of` over an array or over Object.entries of a record.",
  );

export const argumentsObject = (): Message =>
  message(
    "GLIM1021",
    "`arguments` cannot be compiled",
    "Functions are compiled for the parameters they declare.",
    "Use a rest parameter: `(...xs: Tensor[]) => …`.",
  );

export const prototypeAccess = (name: string): Message =>
  message(
    "GLIM1022",
    `\`${name}\` cannot be compiled`,
    "Classes are fixed when compiling.",
    "Write a method.",
  );

export const taggedTemplate = (): Message =>
  message(
    "GLIM1023",
    "tagged templates cannot be compiled",
    "A tag receives the raw text of the program.",
    "Call a function with ordinary arguments.",
  );

export const thrownValue = (): Message =>
  message(
    "GLIM1024",
    'only `throw new Error("text")` can be compiled',
    "A failure is reported to the host as a text and a place.",
    "Throw a new Error with a text.",
  );

export const inexactMath = (name: string): Message =>
  message(
    "GLIM1201",
    `\`Math.${name}\` differs between JavaScript engines`,
    "Its last bits are not the same everywhere, so a plain run and the compiled module could disagree.",
    `Use \`math.${name}\` (import { math } from "glim"): the same function with the same bits everywhere.`,
  );

export const powerOperator = (): Message =>
  message(
    "GLIM1202",
    "`**` differs between JavaScript engines",
    "Its last bits are not the same everywhere, so a plain run and the compiled module could disagree.",
    'Use `math.pow(x, y)` (import { math } from "glim"), or write `x * x`.',
  );

export const noSource = (name: string): Message =>
  message(
    "GLIM1301",
    `${name} has no TypeScript source`,
    "Functions are compiled from their source; this one is built in, bound, or comes from a package that ships only JavaScript.",
    "Write it as a TypeScript function, or call it outside and capture its result.",
  );

export const notCallable = (name: string, what: string): Message =>
  message(
    "GLIM1302",
    `${name} is ${what}, which cannot be called`,
    "Only functions, methods and operators can be called.",
    "",
  );

export const assignsCaptured = (name: string): Message =>
  message(
    "GLIM1303",
    `\`${name}\` belongs to the code around this function`,
    "What a function captures is read once, when compiling, and stays constant.",
    "Keep what changes in a field of an object (`this.count += 1`): fields that compiled code writes are state.",
  );

export const unreadable = (name: string): Message =>
  message(
    "GLIM1304",
    `\`${name}\` has no value yet`,
    "It was read after the module had been loaded, and it is not assigned then.",
    "Assign it at the top level of the module, before it is used.",
  );

export const ofNothing = (what: string, property: string): Message =>
  message(
    "GLIM1305",
    `\`${property}\` is read from ${what}`,
    "A plain run would throw a TypeError here.",
    "Check for it first, or use `?.`.",
  );

export const unknownProperty = (owner: string, name: string, suggestion: string): Message =>
  message(
    "GLIM1306",
    `${owner} has no property \`${name}\``,
    "A plain run would give undefined here.",
    suggestion,
  );
