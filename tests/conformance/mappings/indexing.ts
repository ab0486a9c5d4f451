/** Elements by position, and tensors of given values. */

import { call, type Mapping, type Mappings, map, options, rankOf } from "../mapping.ts";
import { type Argument, isTensor } from "../samples.ts";
import { oneAxis } from "./reductions.ts";
import { diagonalCall } from "./shapes.ts";

/** An operation on a single value goes along an axis of one. */
function alongAxis(
  x: string | undefined,
  value: Argument | undefined,
  write: (x: string) => string,
): string {
  const result = write(oneAxis(x, value));
  return rankOf(value) === 0 ? `${result}.reshape([])` : result;
}

/** A source of one value beside positions. */
const source = (text: string | undefined, value: Argument | undefined): string =>
  isTensor(value) && rankOf(value) === 0 ? `${text}.reshape([1])` : `${text}`;

const filled = (x: string | undefined, value: string, dtype: string | undefined): string =>
  call("full", `${x}.shape`, value, dtype);

/** What `x[…]` is in the words of `at`. */
function indexText(item: Argument, text: string): string {
  if (typeof item === "object" && item !== null && "bounds" in item) {
    const [start, stop, step] = item.bounds;
    return JSON.stringify(`${start ?? ""}:${stop ?? ""}${step == null ? "" : `:${step}`}`);
  }
  if (Array.isArray(item)) return `tensor([${item.join(", ")}], "i32")`;
  return text;
}

function indexTexts(index: Argument | undefined, text: string | undefined): string {
  const items = Array.isArray(index) ? index : [index ?? null];
  let tensors = 1;
  return items
    .map((item) => indexText(item, isTensor(item) ? `x${tensors++}` : `${item ?? text}`))
    .join(", ");
}

const reduced = (name: string): Mapping =>
  map(
    "x dim index source reduce include_self",
    ({ x, dim, index, source: src, reduce, include_self }, values) =>
      alongAxis(x, values.x, (y) =>
        call(
          `${y}.${name}`,
          dim,
          index,
          source(src, values.source),
          reduce,
          options({ includeSelf: include_self }),
        ),
      ),
  );

/** PyTorch's new tensors take the dtype of x. */
const like = (value: string): Mapping => map("x dtype", ({ x, dtype }) => filled(x, value, dtype));

const created = (value: string): Mapping =>
  map("x sizes dtype", ({ sizes, dtype }) => call("full", sizes, value, dtype));

export const indexing: Mappings = {
  gather: map("x dim index", ({ x, dim, index }, values) =>
    alongAxis(x, values.x, (y) => `${y}.gather(${dim}, ${source(index, values.index)})`),
  ),
  take_along_dim: map("x index dim", ({ x, index, dim }) => call("takeAlongDim", x, index, dim)),
  index_select: map("x dim index", ({ x, dim, index }) => `${x}.take(${index}, ${dim})`),
  take: map("x index", ({ x, index }) => `${x}.flatten().take(${index})`),
  put: map("x index source accumulate", ({ x, index, source: src, accumulate }) =>
    call(`${x}.put`, index, src, options({ accumulate })),
  ),
  select: map("x dim index", ({ x, dim, index }) => `${x}.select(${dim}, ${index})`),
  select_scatter: map(
    "x source dim index",
    ({ x, source: src, dim, index }) => `${x}.selectScatter(${src}, ${dim}, ${index})`,
  ),
  diagonal_scatter: map("x source offset dim1 dim2", ({ x, source: src, offset, dim1, dim2 }) =>
    diagonalCall(`${x}.diagonalScatter`, [src], { offset, dim1, dim2 }),
  ),
  slice_scatter: map("x source dim start end step", ({ x, source: src, dim, start, end, step }) =>
    call(`${x}.sliceScatter`, src, options({ dim, start, end, step })),
  ),
  slice: map("x dim start end step", ({ x, start = "", end = "", step }, values) => {
    const dim = typeof values.dim === "number" ? values.dim : 0;
    const part = `"${start}:${end}${step === undefined ? "" : `:${step}`}"`;
    return `${x}.at(${[...Array(dim).fill('":"'), part].join(", ")})`;
  }),
  __getitem__: map(
    "x index",
    ({ x, index }, values) => `${x}.at(${indexTexts(values.index, index)})`,
  ),
  index_put: map(
    "x index source accumulate",
    ({ x, source: src }, values) => `${x}.with([${indexTexts(values.index, undefined)}], ${src})`,
  ),
  index_fill: map("x dim index value", ({ x, dim, index, value }, values) =>
    alongAxis(x, values.x, (y) => `${y}.indexFill(${dim}, ${index}, ${value})`),
  ),
  index_copy: map("x dim index source", ({ x, dim, index, source: src }, values) =>
    alongAxis(
      x,
      values.x,
      (y) => `${y}.indexCopy(${dim}, ${index}, ${source(src, values.source)})`,
    ),
  ),
  index_add: map("x dim index source alpha", ({ x, dim, index, source: src, alpha }, values) =>
    alongAxis(x, values.x, (y) =>
      call(
        `${y}.indexAdd`,
        dim,
        index,
        source(src, values.source) + (alpha === undefined ? "" : `.mul(${alpha})`),
      ),
    ),
  ),
  index_reduce: reduced("indexReduce"),
  scatter: map(
    "x dim index source",
    ({ x, dim, index, source: src }) => `${x}.scatter(${dim}, ${index}, ${src})`,
  ),
  scatter_add: map("x dim index source", ({ x, dim, index, source: src }, values) =>
    alongAxis(
      x,
      values.x,
      (y) =>
        `${y}.scatterAdd(${dim}, ${source(index, values.index)}, ${source(src, values.source)})`,
    ),
  ),
  scatter_reduce: reduced("scatterReduce"),
  segment_reduce: map(
    "x reduce lengths offsets axis initial",
    ({ x, reduce, lengths, offsets, axis, initial }) =>
      call(
        "segmentReduce",
        x,
        reduce?.replace(/max|min/, "a$&"),
        options({ lengths, offsets, dim: axis, initial }),
      ),
  ),
  masked_fill: map("x mask value", ({ x, mask, value }) => `${x}.maskedFill(${mask}, ${value})`),
  masked_scatter: map(
    "x mask source",
    ({ x, mask, source: src }) => `${x}.maskedScatter(${mask}, ${src})`,
  ),
  zeros_like: like("0"),
  ones_like: like("1"),
  full_like: map("x value dtype", ({ x, value, dtype }) => filled(x, `${value}`, dtype)),
  new_zeros: created("0"),
  new_ones: created("1"),
  new_full: map("x sizes value dtype", ({ sizes, value, dtype }) =>
    call("full", sizes, value, dtype),
  ),
  ones: map("sizes dtype", ({ sizes, dtype }) => call("ones", sizes, dtype)),
  zeros: map("sizes dtype", ({ sizes, dtype }) => call("zeros", sizes, dtype)),
  eye: map("n m", ({ n, m }) => call("eye", n, m)),
  linspace: map("start end steps", ({ start, end, steps }) => call("linspace", start, end, steps)),
  logspace: map("start end steps base", ({ start, end, steps, base }) =>
    call("logspace", start, end, steps, options({ base })),
  ),
  arange: map("start end step", ({ start, end, step }) => call("arange", start, end, step)),
  tril_indices: map("row col offset", ({ row, col, offset }) =>
    call("trilIndices", row, col, offset),
  ),
  triu_indices: map("row col offset", ({ row, col, offset }) =>
    call("triuIndices", row, col, offset),
  ),
  nonzero: map("x as_tuple", ({ x, as_tuple }, values) => {
    if (as_tuple !== "true") return `${x}.nonzero()`;
    return `${rankOf(values.x) === 0 ? `${x}.reshape([1])` : x}.nonzero().unbind(1)`;
  }),
  argwhere: map("x", ({ x }) => `${x}.nonzero()`),
  masked_select: map("x mask", ({ x, mask }) => `${x}.maskedSelect(${mask})`),
  unique_consecutive: map(
    "x return_inverse return_counts dim",
    ({ x, return_inverse, return_counts }) => {
      const inverse = return_inverse === "true" ? ["u.inverse"] : [];
      const counts = return_counts === "true" ? ["u.counts"] : [];
      const results = ["u.values", ...inverse, ...counts].join(", ");
      return `((u) => [${results}])(${x}.uniqueConsecutive())`;
    },
  ),
  "nn.functional.one_hot": map("x num_classes", ({ x, num_classes }) =>
    call("oneHot", x, num_classes),
  ),
  "nn.functional.embedding": map(
    "index weight",
    ({ index, weight }) => `embedding(${index}, ${weight})`,
  ),
  "nn.functional.embedding_bag": map(
    "weight index offsets mode per_sample_weights padding_idx",
    ({ weight, index, offsets, mode, per_sample_weights, padding_idx }) =>
      call(
        "embeddingBag",
        index,
        weight,
        options({
          offsets,
          mode,
          perSampleWeights: per_sample_weights,
          paddingIdx: padding_idx,
        }),
      ),
  ),
};
