/**
 * Functions of numbers whose bits are the same on every host: `Math`'s own differ between engines.
 * Compiled code runs the same functions of the same kernels.
 */

import { kernels } from "./kernels.ts";
import { builtinMark, mark } from "./marks.ts";

type OfOne = (x: number) => number;
type OfTwo = (x: number, y: number) => number;

/** Resolved at first use, so that importing glim instantiates nothing. */
function ofOne(name: string): OfOne {
  let run: OfOne | undefined;
  const call = (x: number): number => {
    run ??= kernels().numberFunction(name);
    return run(x);
  };
  return mark(call, builtinMark, `math.${name}`);
}

function ofTwo(name: string): OfTwo {
  let run: OfTwo | undefined;
  const call = (x: number, y: number): number => {
    run ??= kernels().numberFunction(name);
    return run(x, y);
  };
  return mark(call, builtinMark, `math.${name}`);
}

/** Exact functions of `Math` (`sqrt`, `floor`, …) may be used as they stand; these replace the others. */
export const math = {
  exp: /* @__PURE__ */ ofOne("exp"),
  log: /* @__PURE__ */ ofOne("log"),
  log1p: /* @__PURE__ */ ofOne("log1p"),
  expm1: /* @__PURE__ */ ofOne("expm1"),
  tanh: /* @__PURE__ */ ofOne("tanh"),
  sin: /* @__PURE__ */ ofOne("sin"),
  cos: /* @__PURE__ */ ofOne("cos"),
  tan: /* @__PURE__ */ ofOne("tan"),
  asin: /* @__PURE__ */ ofOne("asin"),
  acos: /* @__PURE__ */ ofOne("acos"),
  atan: /* @__PURE__ */ ofOne("atan"),
  sinh: /* @__PURE__ */ ofOne("sinh"),
  cosh: /* @__PURE__ */ ofOne("cosh"),
  asinh: /* @__PURE__ */ ofOne("asinh"),
  acosh: /* @__PURE__ */ ofOne("acosh"),
  atanh: /* @__PURE__ */ ofOne("atanh"),
  exp2: /* @__PURE__ */ ofOne("exp2"),
  log2: /* @__PURE__ */ ofOne("log2"),
  log10: /* @__PURE__ */ ofOne("log10"),
  cbrt: /* @__PURE__ */ ofOne("cbrt"),
  atan2: /* @__PURE__ */ ofTwo("atan2"),
  hypot: /* @__PURE__ */ ofTwo("hypot"),
  pow: /* @__PURE__ */ ofTwo("pow"),
} as const;
