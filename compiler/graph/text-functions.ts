/**
 * The functions of the `texts` operation, on texts and numbers exactly as JavaScript has them. None of
 * them fails but by running out of memory: what their arguments must be is checked before.
 */

import { boolType, f64Type, type Type } from "./ir.ts";

export interface TextFn {
  readonly operands: readonly Type[];
  /** "texts" is a new list of texts. */
  readonly result: Type | "texts";
  /** The function of the heap that computes it; numbers that are booleans there are 0 or 1. */
  readonly heap: string;
}

const str: Type = { kind: "str" };
const num = f64Type;
const bool = boolType;

const fn = (heap: string, operands: readonly Type[], result: TextFn["result"]): TextFn => ({
  operands,
  result,
  heap,
});

export const textFns: ReadonlyMap<string, TextFn> = new Map([
  ["concat", fn("strConcat", [str, str], str)],
  /** A text and an integer in decimal: what passes make of `concat` and `ofNumber`. */
  ["concatInt", fn("strAppendInt", [str, num], str)],
  /** The units of an integer in decimal: what passes make of `length` and `ofNumber`. */
  ["lengthOfInt", fn("intUnits", [num], num)],
  ["equal", fn("strEqual", [str, str], bool)],
  /** −1, 0 or 1, by UTF-16 units. */
  ["compare", fn("strCompare", [str, str], num)],
  ["length", fn("strLength", [str], num)],
  /** `s[i]`, the empty reference where there is none; `isMissing` asks for that. */
  ["at", fn("strAt", [str, num], str)],
  ["charAt", fn("strCharAt", [str, num], str)],
  ["charCodeAt", fn("strCodeAt", [str, num], num)],
  /** −1 where there is none. */
  ["codePointAt", fn("strCodePointAt", [str, num], num)],
  /** The code point that begins at a unit, as a text. */
  ["pointAt", fn("strNextPoint", [str, num], str)],
  ["slice", fn("strSlice", [str, num, num], str)],
  ["substring", fn("strSubstring", [str, num, num], str)],
  ["indexOf", fn("strIndexOf", [str, str, num], num)],
  ["lastIndexOf", fn("strLastIndexOf", [str, str, num], num)],
  ["startsWith", fn("strStarts", [str, str, num], bool)],
  ["endsWith", fn("strEnds", [str, str, num], bool)],
  ["includes", fn("strIncludes", [str, str, num], bool)],
  ["trim", fn("strTrim", [str], str)],
  ["trimStart", fn("strTrimStart", [str], str)],
  ["trimEnd", fn("strTrimEnd", [str], str)],
  ["repeat", fn("strRepeat", [str, num], str)],
  ["padStart", fn("strPadStart", [str, num, str], str)],
  ["padEnd", fn("strPadEnd", [str, num, str], str)],
  ["toUpperCase", fn("strUpper", [str], str)],
  ["toLowerCase", fn("strLower", [str], str)],
  ["replace", fn("strReplace", [str, str, str], str)],
  ["replaceAll", fn("strReplaceAll", [str, str, str], str)],
  ["split", fn("strSplit", [str, str, num], "texts")],
  ["points", fn("strChars", [str], "texts")],
  ["fromCharCode", fn("strFromCode", [num], str)],
  ["fromCodePoint", fn("strFromCodePoint", [num], str)],
  ["ofNumber", fn("numToStr", [num], str)],
  ["ofBoolean", fn("boolToStr", [bool], str)],
  ["toFixed", fn("numToFixed", [num, num], str)],
  ["toRadix", fn("numToRadix", [num, num], str)],
  ["toNumber", fn("strToNum", [str], num)],
  ["parseFloat", fn("parseFloat", [str], num)],
  ["parseInt", fn("parseInt", [str, num], num)],
]);
