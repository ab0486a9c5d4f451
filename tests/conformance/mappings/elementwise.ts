/** PyTorch's element-wise operators. */

import { binary, call, type Mappings, map, options, unary } from "../mapping.ts";

/** `x + alpha · y`, or another sign. */
const scaled = (method: string) =>
  map(
    "x y alpha",
    ({ x, y, alpha }) => `${x}.${method}(${y}${alpha === undefined ? "" : `.mul(${alpha})`})`,
  );

/** The operator with its operands exchanged, as Python's `__radd__`. */
const reversed = (method: string) => map("x y", ({ x, y }) => `${y}.${method}(${x})`);

/** A test whose operands are numbers in PyTorch, where 0 is false. */
const logical = (method: string) => map("x y", ({ x, y }) => `${x}.ne(0).${method}(${y}.ne(0))`);

const same = map("x", ({ x }) => `${x}`);

export const elementwise: Mappings = {
  abs: unary("abs"),
  acos: unary("acos"),
  add: scaled("add"),
  sub: scaled("sub"),
  mul: binary("mul"),
  true_divide: binary("div"),
  div: map("x y rounding_mode", ({ x, y, rounding_mode }) => {
    if (rounding_mode === undefined) return `${x}.div(${y})`;
    return rounding_mode === '"floor"' ? `${x}.div(${y}).floor()` : `${x}.div(${y}).trunc()`;
  }),
  floor_divide: map("x y", ({ x, y }) => `${x}.div(${y}).floor()`),
  fmod: binary("fmod"),
  remainder: binary("remainder"),
  __radd__: reversed("add"),
  __rdiv__: reversed("div"),
  __rmul__: reversed("mul"),
  __rmod__: reversed("remainder"),
  __rsub__: reversed("sub"),
  rsub: map("x y alpha", ({ x, y, alpha }) =>
    alpha === undefined ? `${y}.sub(${x})` : `${y}.sub(${x}.mul(${alpha}))`,
  ),
  addcmul: map("x a b value", ({ x, a, b, value }) => call("addcmul", x, a, b, options({ value }))),
  addcdiv: map("x a b value", ({ x, a, b, value }) => call("addcdiv", x, a, b, options({ value }))),
  clamp: map("x min max", ({ x, min, max }) => `${x}.clamp(${min}, ${max})`),
  clamp_max: binary("minimum"),
  clamp_min: binary("maximum"),
  maximum: binary("maximum"),
  minimum: binary("minimum"),
  fmax: binary("fmax"),
  fmin: binary("fmin"),
  atan2: binary("atan2"),
  hypot: binary("hypot"),
  copysign: binary("copysign"),
  nextafter: binary("nextafter"),
  heaviside: binary("heaviside"),
  xlogy: binary("xlogy"),
  ldexp: binary("ldexp"),
  frexp: unary("frexp"),
  pow: binary("pow"),
  float_power: binary("pow"),
  atanh: unary("atanh"),
  ceil: unary("ceil"),
  floor: unary("floor"),
  trunc: unary("trunc"),
  frac: unary("frac"),
  round: map("x decimals", ({ x, decimals = "0" }) =>
    decimals === "0" ? `${x}.round()` : `${x}.mul(1e${decimals}).round().div(1e${decimals})`,
  ),
  positive: same,
  conj: same,
  conj_physical: same,
  resolve_neg: same,
  resolve_conj: same,
  real: same,
  clone: same,
  contiguous: same,
  neg: unary("neg"),
  sgn: unary("sign"),
  sign: unary("sign"),
  signbit: unary("signbit"),
  cos: unary("cos"),
  cosh: unary("cosh"),
  sin: unary("sin"),
  sinh: unary("sinh"),
  tan: unary("tan"),
  tanh: unary("tanh"),
  deg2rad: unary("deg2rad"),
  rad2deg: unary("rad2deg"),
  exp: unary("exp"),
  expm1: unary("expm1"),
  log: unary("log"),
  log1p: unary("log1p"),
  log2: unary("log2"),
  log10: unary("log10"),
  sqrt: unary("sqrt"),
  rsqrt: unary("rsqrt"),
  reciprocal: unary("reciprocal"),
  square: unary("square"),
  sigmoid: unary("sigmoid"),
  erf: unary("erf"),
  erfc: unary("erfc"),
  erfinv: unary("erfinv"),
  digamma: unary("digamma"),
  polygamma: map("x n", ({ x, n }) => `polygamma(${n}, ${x})`),
  mvlgamma: map("x p", ({ x, p }) => {
    const terms = Array.from({ length: Number(p) }, (_, i) => `${x}.sub(${i / 2}).lgamma()`);
    const rest = ((Number(p) * (Number(p) - 1)) / 4) * Math.log(Math.PI);
    return `${terms.join(".add(") + ")".repeat(terms.length - 1)}.add(${rest})`;
  }),
  nan_to_num: map("x nan posinf neginf", ({ x, nan, posinf, neginf }) =>
    call(`${x}.nanToNum`, options({ nan, posinf, neginf })),
  ),
  eq: binary("eq"),
  ne: binary("ne"),
  lt: binary("lt"),
  le: binary("le"),
  gt: binary("gt"),
  ge: binary("ge"),
  logical_and: logical("logicalAnd"),
  logical_or: logical("logicalOr"),
  logical_xor: logical("logicalXor"),
  logical_not: map("x", ({ x }) => `${x}.ne(0).logicalNot()`),
  isfinite: unary("isfinite"),
  isinf: unary("isinf"),
  isnan: unary("isnan"),
  isposinf: unary("isposinf"),
  isneginf: unary("isneginf"),
  isreal: map("x", ({ x }) => `full(${x}.shape, 1, "bool")`),
  isclose: map("x y rtol atol equal_nan", ({ x, y, rtol, atol, equal_nan }) =>
    call(`${x}.isclose`, y, options({ rtol, atol, equalNan: equal_nan })),
  ),
  allclose: map("x y rtol atol equal_nan", ({ x, y, rtol, atol, equal_nan }) =>
    call(`${x}.allclose`, y, options({ rtol, atol, equalNan: equal_nan })),
  ),
  equal: binary("equal"),
  isin: map("x y", ({ x, y }) => `isin(${x}, ${y})`),
  where: map("x condition y", ({ x, condition, y }) => `where(${condition}, ${x}, ${y})`),
  bool: map("x", ({ x }) => `${x}.to("bool")`),
  byte: map("x", ({ x }) => `${x}.to("u8")`),
  char: map("x", ({ x }) => `${x}.to("i8")`),
  double: map("x", ({ x }) => `${x}.to("f64")`),
  float: map("x", ({ x }) => `${x}.to("f32")`),
  int: map("x", ({ x }) => `${x}.to("i32")`),
  long: map("x", ({ x }) => `${x}.to("i32")`),
  short: map("x", ({ x }) => `${x}.to("i32")`),
  fill: map("x value", ({ x, value }) => `fullLike(${x}, ${value === "true" ? 1 : value})`),
  "max.binary": binary("maximum"),
  "min.binary": binary("minimum"),
  lerp: map("x y weight", ({ x, y, weight }) => `lerp(${x}, ${y}, ${weight})`),
  einsum: map("x equation", ({ x, equation }) => `einsum(${equation}, ${`${x}`.slice(1, -1)})`),
  renorm: map("x p dim maxnorm", ({ x, p, dim, maxnorm }) => call(`${x}.renorm`, p, dim, maxnorm)),
};
