/** Reductions, scans and what sorts. */

import { call, type Mapping, type Mappings, map, options, rankOf, type Texts } from "../mapping.ts";
import { type Argument, isTensor } from "../samples.ts";

/**
 * The axes of a reduction in Glim's words. PyTorch reduces all for an empty list, and takes 0 and −1
 * for axes of a single value; there is nothing to name in Glim then.
 */
export function axes(text: string | undefined, dim: Argument | undefined, x: Argument | undefined) {
  if (rankOf(x) === 0 || (Array.isArray(dim) && dim.length === 0)) return undefined;
  return text;
}

/** A single value as a list of one for what needs an axis. */
export const oneAxis = (x: string | undefined, value: Argument | undefined): string =>
  rankOf(value) === 0 ? `${x}.reshape([1])` : `${x}`;

/** A reduction that takes an axis, several or none. */
const reduction = (name: string, prepare = (x: string | undefined) => `${x}`): Mapping =>
  map("x dim keepdim", ({ x, dim, keepdim }, values) =>
    call(
      `${prepare(x)}.${name}`,
      axes(dim, values.dim, values.x) ?? (keepdim === undefined ? undefined : "undefined"),
      rankOf(values.x) === 0 ? undefined : options({ keepDim: keepdim }),
    ),
  );

/** `x.name(dim)` with a result of x's shape. */
const scan = (name: string): Mapping =>
  map("x dim", ({ x, dim }, values) => {
    const scanned = `${oneAxis(x, values.x)}.${name}(${dim})`;
    return rankOf(values.x) === 0 ? `${scanned}.reshape([])` : scanned;
  });

/** The same for functions that give values and positions. */
function valuesAndIndices(
  x: string | undefined,
  value: Argument | undefined,
  write: (x: string) => string,
): string {
  const found = write(oneAxis(x, value));
  return rankOf(value) === 0
    ? `((r) => [r.values.reshape([]), r.indices.reshape([])])(${found})`
    : `((r) => [r.values, r.indices])(${found})`;
}

const scanBoth = (name: string, position: string): Mapping =>
  map("x dim", ({ x, dim }, values) => {
    const found = [name, position].map((f) => `${oneAxis(x, values.x)}.${f}(${dim})`);
    return `[${found.map((f) => (rankOf(values.x) === 0 ? `${f}.reshape([])` : f)).join(", ")}]`;
  });

/** `max` and `min`, which give positions, too, where an axis is named. */
const extreme = (name: string): Mapping =>
  map("x dim keepdim", ({ x, dim, keepdim }, values) => {
    if (dim === undefined) return `${x}.${name}()`;
    if (isTensor(values.dim)) return `${x}.${name}imum(${dim})`;
    const y = oneAxis(x, values.x);
    const more = options({ keepDim: keepdim });
    const found = [name, `arg${name}`].map((f) => call(`${y}.${f}`, dim, more));
    return `[${found.map((f) => (rankOf(values.x) === 0 ? `${f}.reshape([])` : f)).join(", ")}]`;
  });

/** A position along an axis, or among all elements. */
const position = (name: string): Mapping =>
  map("x dim keepdim", ({ x, dim, keepdim }, values) =>
    dim === undefined || rankOf(values.x) === 0
      ? `${x}.reshape([-1]).${name}(0)`
      : call(`${x}.${name}`, dim, options({ keepDim: keepdim })),
  );

/** The correction of `var` and `std`: PyTorch's default is 1. */
function spreadOptions({ unbiased, correction, keepdim }: Texts): string | undefined {
  const none = unbiased === "false" ? "0" : undefined;
  return options({ correction: correction ?? none, keepDim: keepdim });
}

const spreadParameters = "x dim unbiased correction keepdim";

/** `var(x, True)`: a boolean in place of the axis says whether the result is unbiased. */
function spreadDim(texts: Texts, value: Argument | undefined): Texts {
  return typeof value === "boolean" ? { ...texts, dim: undefined, unbiased: texts.dim } : texts;
}

function spread(name: string, given: Texts, dim: Argument | undefined): string {
  const texts = spreadDim(given, dim);
  const more = spreadOptions(texts);
  return call(`${texts.x}.${name}`, texts.dim ?? (more && "undefined"), more);
}

const spreads = (name: string): Mapping =>
  map(spreadParameters, (texts, { dim }) => spread(name, texts, dim));

const spreadsAndMean = (name: string): Mapping =>
  map(spreadParameters, (given, { dim }) => {
    const texts = spreadDim(given, dim);
    const keep = options({ keepDim: texts.keepdim });
    const mean = call(`${texts.x}.mean`, texts.dim ?? (keep && "undefined"), keep);
    return `[${spread(name, given, dim)}, ${mean}]`;
  });

/** A statistic that gives values and positions where an axis is named, and values alone otherwise. */
const middle = (name: string): Mapping =>
  map("x dim keepdim", ({ x, dim, keepdim }, values) => {
    if (dim === undefined) return `${x}.${name}()`;
    const more = options({ keepDim: keepdim });
    return valuesAndIndices(x, values.x, (y) => call(`${y}.${name}`, dim, more));
  });

const quantiles = (name: string): Mapping =>
  map("x q dim keepdim interpolation", ({ x, q, dim, keepdim, interpolation }, values) =>
    call(
      `${x}.${name}`,
      q,
      axes(dim, values.dim, values.x) ?? "undefined",
      options({
        keepDim: rankOf(values.x) === 0 ? undefined : keepdim,
        interpolation,
      }),
    ),
  );

export const reductions: Mappings = {
  sum: reduction("sum"),
  prod: reduction("prod"),
  mean: reduction("mean"),
  nansum: reduction("nansum"),
  nanmean: reduction("nanmean"),
  amax: reduction("max"),
  amin: reduction("min"),
  all: reduction("all", (x) => `${x}.to("bool")`),
  any: reduction("any", (x) => `${x}.to("bool")`),
  argmax: position("argmax"),
  argmin: position("argmin"),
  logsumexp: reduction("logSumExp"),
  count_nonzero: reduction("countNonzero"),
  max: extreme("max"),
  min: extreme("min"),
  aminmax: map("x dim keepdim", ({ x, dim, keepdim }, values) => {
    const y = dim === undefined ? x : oneAxis(x, values.x);
    const found = ["min", "max"].map((f) => call(`${y}.${f}`, dim, options({ keepDim: keepdim })));
    const isFlat = rankOf(values.x) === 0 && keepdim !== "true";
    return `[${found.map((f) => (isFlat ? `${f}.reshape([])` : f)).join(", ")}]`;
  }),
  var: spreads("variance"),
  std: spreads("std"),
  var_mean: spreadsAndMean("variance"),
  std_mean: spreadsAndMean("std"),
  median: middle("median"),
  nanmedian: middle("nanmedian"),
  mode: map("x dim keepdim", ({ x, dim = "-1", keepdim }, values) =>
    valuesAndIndices(x, values.x, (y) => call(`${y}.mode`, dim, options({ keepDim: keepdim }))),
  ),
  kthvalue: map("x k dim keepdim", ({ x, k, dim = "-1", keepdim }, values) =>
    valuesAndIndices(x, values.x, (y) =>
      call(`${y}.kthvalue`, k, dim, options({ keepDim: keepdim })),
    ),
  ),
  quantile: quantiles("quantile"),
  nanquantile: quantiles("nanquantile"),
  cumsum: scan("cumsum"),
  cumprod: scan("cumprod"),
  cummax: scanBoth("cummax", "cumargmax"),
  cummin: scanBoth("cummin", "cumargmin"),
  logcumsumexp: scan("logcumsumexp"),
  sort: map("x dim descending stable", ({ x, dim = "-1", descending }, values) =>
    valuesAndIndices(x, values.x, (y) => call(`${y}.sort`, dim, options({ descending }))),
  ),
  argsort: map("x dim descending", ({ x, dim = "-1", descending }, values) => {
    const sorted = call(`${oneAxis(x, values.x)}.argsort`, dim, options({ descending }));
    return rankOf(values.x) === 0 ? `${sorted}.reshape([])` : sorted;
  }),
  msort: map("x", ({ x }) => `${x}.sort(0).values`),
  topk: map("x k dim largest sorted", ({ x, k, dim, largest }, values) =>
    valuesAndIndices(x, values.x, (y) => call(`${y}.topk`, k, dim ?? "-1", options({ largest }))),
  ),
  cov: map("x correction fweights aweights", ({ x, correction, fweights, aweights }) =>
    call(`${x}.cov`, options({ correction, frequencies: fweights, weights: aweights })),
  ),
  corrcoef: map("x", ({ x }) => `${x}.corrcoef()`),
  diff: map("x n dim prepend append", ({ x, n = "1", dim = "-1", prepend, append }) =>
    call(`${x}.diff`, n, dim, options({ prepend, append })),
  ),
  trapz: map("y x dx dim", ({ y, x, dx, dim }) => call("trapezoid", y, x ?? dx, dim)),
  trapezoid: map("y x dx dim", ({ y, x, dx, dim }) => call("trapezoid", y, x ?? dx, dim)),
  cumulative_trapezoid: map("y x dx dim", ({ y, x, dx, dim }) =>
    call("cumulativeTrapezoid", y, x ?? dx, dim),
  ),
  gradient: map("x spacing dim edge_order", ({ x, spacing, dim, edge_order }) =>
    call("gradient", x, options({ spacing, dim, edgeOrder: edge_order })),
  ),
  norm: map("x p dim keepdim", ({ x, p, dim, keepdim }, values) => {
    const order = values.p ?? "fro";
    const name = order === "nuc" ? "matrixNorm" : "vectorNorm";
    const ord = order === "fro" ? undefined : p;
    const more = {
      ...(order === "nuc" ? {} : { dim: axes(dim, values.dim, values.x) }),
      keepDim: rankOf(values.x) === 0 ? undefined : keepdim,
    };
    return call(`linalg.${name}`, x, ord ?? "2", options(more));
  }),
  histc: map("x bins min max", ({ x, bins = "100", min, max }) =>
    call("histc", x, bins, options({ min, max })),
  ),
  bucketize: map("x boundaries out_int32 right", ({ x, boundaries, right }) =>
    call("bucketize", x, boundaries, options({ right })),
  ),
  searchsorted: map("sorted x out_int32 right side", ({ sorted, x, right }) =>
    call("searchsorted", sorted, x, options({ right })),
  ),
  histogram: map("x bins range weight density", ({ x, bins, range, weight, density }) =>
    call("histogram", x, bins, options({ range, weight, density })),
  ),
  trace: map("x", ({ x }) => `${x}.diagonal().sum()`),
};
