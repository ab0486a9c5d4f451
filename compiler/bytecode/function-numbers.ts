/**
 * The numbers that programs have for functions of scalars and texts; the transcendental ones are steps in the
 * package itself. Packages are read for ever: names are
 * added at the end and never moved.
 */

export const scalarNumbers: readonly string[] = [
  ...["add", "sub", "mul", "div", "rem", "neg"],
  ...["eq", "ne", "lt", "le", "gt", "ge"],
  ...["not", "and", "or", "same", "differ", "toNumber", "choose", "toBoolean"],
  ...["bitAnd", "bitOr", "bitXor", "bitNot", "shl", "shr", "shrU"],
  ...["sqrt", "abs", "floor", "ceil", "round", "trunc", "sign", "fround", "min", "max"],
  ...["imul", "clz32"],
];

export const textNumbers: readonly string[] = [
  ...["concat", "equal", "compare", "length", "at", "charAt", "charCodeAt", "codePointAt"],
  ...["pointAt", "slice", "substring", "indexOf", "lastIndexOf", "startsWith", "endsWith"],
  ...["includes", "trim", "trimStart", "trimEnd", "repeat", "padStart", "padEnd"],
  ...["toUpperCase", "toLowerCase", "replace", "replaceAll", "split", "points"],
  ...["fromCharCode", "fromCodePoint", "ofNumber", "ofBoolean", "toFixed", "toRadix"],
  ...["toNumber", "parseFloat", "parseInt"],
];

/** The number of a function in a list; one that has none cannot be in a package. */
export function numberOf(list: readonly string[], name: string): number {
  const number = list.indexOf(name);
  if (number < 0) throw new Error(`${name} has no number in the format of packages`);
  return number;
}

/** Why a program stops where no place of the source says it; the interpreter knows them by number. */
export const reasons = [
  "out of memory",
  "a text is longer than 536,870,912 units",
  "upper and lower case are known for ASCII letters only",
  "the count of a repetition is negative or not finite",
  "a list is too long",
  "a radix is from 2 to 36, a number of digits from 0 to 100",
  "a code point is a whole number from 0 to 1,114,111",
  "calls nest too deeply",
  "an argument has objects in objects, more than 10000 deep",
  "a result has objects in objects, more than 10000 deep",
  "a result has a place that nothing was put into",
  "an argument has a tensor of other sizes",
  "the program reads what it never wrote",
  "the program does not fit its own sizes",
  "the program took more steps than it was given",
  "the bytes of an argument are not of its type",
] as const;
