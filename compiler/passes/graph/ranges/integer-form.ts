/** What the functions on numbers are called on i32. */

const forms: Readonly<Partial<Record<string, string>>> = {
  add: "intAdd",
  sub: "intSub",
  mul: "intMul",
  /** Of what is a multiple: only then its range is whole. */
  div: "intDiv",
  rem: "intRem",
  neg: "intNeg",
  abs: "intAbs",
  min: "intMin",
  max: "intMax",
  choose: "intChoose",
  bitAnd: "intAnd",
  bitOr: "intOr",
  bitXor: "intXor",
  bitNot: "intXor",
  shl: "intShl",
  shr: "intShr",
  shrU: "intShrU",
  imul: "intMul",
  clz32: "intClz",
  eq: "intEq",
  ne: "intNe",
  lt: "intLt",
  le: "intLe",
  gt: "intGt",
  ge: "intGe",
};

export const integerForm = (fn: string): string | undefined => forms[fn];
