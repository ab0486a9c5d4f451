/** What the heap exports: all that compiled modules and the interpreter may call. */

export { alloc, allocRaw, free, heapInit, retain, usedBytes } from "./allocate";
export { heapForget, heapSweep } from "./collect";
export { textToNum as strToNum } from "./few-digits";
export { heapFailure } from "./header";
export {
  listCopy,
  listFree,
  listInsert,
  listKeep,
  listNew,
  listPush,
  listRemove,
  listResize,
  listReverse,
  listSlot,
} from "./lists";
export {
  mapAdded,
  mapClear,
  mapDropNum,
  mapDropRef,
  mapDropStr,
  mapFindNum,
  mapFindRef,
  mapFindStr,
  mapFree,
  mapKeep,
  mapKeyAt,
  mapLock,
  mapNew,
  mapNext,
  mapPutNum,
  mapPutRef,
  mapPutStr,
  mapSize,
  mapUnlock,
  mapValueAt,
} from "./maps";
export { numToRadix } from "./numbers-to-radix";
export {
  numToExponential,
  numToExponentialShort,
  numToFixed,
  numToPrecision,
  numToStr,
} from "./numbers-to-text";
export {
  boolToStr,
  intToStr,
  intUnits,
  newText as strRaw,
  strAppend,
  strAppendInt,
  strAt,
  strCharAt,
  strCodeAt,
  strCodePointAt,
  strCompare,
  strConcat,
  strEqual,
  strFromCode,
  strFromCodePoint,
  strHash,
  strLength,
  strLonger,
  strNew,
  strNextPoint,
  strPut,
  strPutInt,
} from "./strings";
export { strUtf8 } from "./text-bytes";
export { strChars, strJoin, strSplit } from "./text-lists";
export {
  strLower,
  strPadEnd,
  strPadStart,
  strRepeat,
  strSlice,
  strSubstring,
  strTrim,
  strTrimEnd,
  strTrimStart,
  strUpper,
} from "./text-parts";
export { strReplace, strReplaceAll } from "./text-replace";
export {
  strEnds,
  strIncludes,
  strIndexOf,
  strLastIndexOf,
  strStarts,
} from "./text-search";
export { strToFloat as parseFloat, strToInt as parseInt } from "./text-to-numbers";
