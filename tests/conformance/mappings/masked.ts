/** `torch.masked`: what is masked out does not count. */

import { type Mappings, map, rankOf } from "../mapping.ts";
import { oneAxis } from "./reductions.ts";

/** The mask in x's sizes, or all true. */
const kept = (x: string | undefined, mask: string | undefined): string =>
  mask === undefined
    ? `full(${x}.shape, 1, "bool")`
    : `where(${mask}, full(${x}.shape, 1, "bool"), full([], 0, "bool"))`;

export const masked: Mappings = {
  "masked.softmin": map("x dim mask", ({ x, dim, mask }, values) => {
    const y = oneAxis(x, values.x);
    const scores = mask === undefined ? `${y}.neg()` : `where(${mask}, ${y}.neg(), -Infinity)`;
    return `${scores}.softmax(${dim})${rankOf(values.x) === 0 ? ".reshape([])" : ""}`;
  }),
  "masked.median": map("x dim mask", ({ x, dim, mask }) =>
    mask === undefined
      ? `${x}.nanmedian(${dim}).values`
      : `where(${mask}, ${x}, NaN).nanmedian(${dim}).values`,
  ),
  "masked.std": map("x dim keepdim unbiased mask", ({ x, dim, keepdim, unbiased, mask }) => {
    const all = `${dim ?? "undefined"}, { keepDim: true }`;
    const last = `${dim ?? "undefined"}, { keepDim: ${keepdim ?? "false"} }`;
    const count = `m.to("f32").sum(${all})`;
    const distance = `${x}.sub(where(m, ${x}, 0).sum(${all}).div(${count}))`;
    const squares = `where(m, ${distance}.square(), 0).sum(${last})`;
    const divisor = `m.to("f32").sum(${last}).sub(${unbiased === "false" ? 0 : 1})`;
    return `((m: AnyTensor<"bool">) => ${squares}.div(${divisor}).sqrt())(${kept(x, mask)})`;
  }),
};
