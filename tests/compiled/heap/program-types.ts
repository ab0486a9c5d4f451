/** The types of random programs on the heap, and what they consist of. */

export const types = `type @Numbers = list f64
type @Flags = list bool
type @Texts = list str
type @Rec = record {t: str, n: f64, l: @Numbers, next: null|@Rec}
type @Recs = list @Rec
type @Index = map str -> @Rec
type @Counts = map f64 -> undefined|f64|str
type @Owners = map @Rec -> @Texts
type @Box = box f32[4]
type @Boxes = list @Box
type @Any = list undefined|bool|f64|str|@Numbers|@Rec|@Index|@Box
`;

/** The types of values that programs compute with, but numbers and booleans. */
const references = [
  "str",
  "@Numbers",
  "@Texts",
  "@Rec",
  "@Recs",
  "@Index",
  "@Counts",
  "@Owners",
  "@Flags",
  "@Boxes",
  "@Any",
  "@Box",
] as const;
export const valued = ["f64", "bool", "f32[4]", ...references] as const;
export type T = (typeof valued)[number];

/** Leaves that lists and maps hold, tags included. */
export const leavesOf: Readonly<Partial<Record<T, readonly T[]>>> = {
  "@Numbers": ["f64"],
  "@Flags": ["bool"],
  "@Texts": ["str"],
  "@Recs": ["@Rec"],
  "@Boxes": ["@Box"],
  "@Index": ["@Rec"],
  "@Counts": ["f64", "f64", "str"],
  "@Owners": ["@Texts"],
  "@Any": ["f64", "bool", "f64", "str", "@Numbers", "@Rec", "@Index", "@Box"],
};
export const keyOf: Readonly<Partial<Record<T, T>>> = {
  "@Index": "str",
  "@Counts": "f64",
  "@Owners": "@Rec",
};
export const recordLeaves: readonly T[] = ["str", "f64", "@Numbers", "f64", "@Rec"];
/** Of @Any: the code of each option, by the place of its leaf. */
export const anyCodes = [0, 2, 3, 4, 5, 6, 7, 8];

/** What every program is given. */
export const params: Readonly<Record<string, T>> = {
  n: "f64",
  b: "bool",
  s: "str",
  l: "@Numbers",
  r: "@Rec",
  x: "f32[4]",
};
