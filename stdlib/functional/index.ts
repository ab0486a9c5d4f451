/** The functions of the library, by subject. */

export {
  celu,
  elu,
  type GeluOptions,
  gelu,
  glu,
  logSigmoid,
  mish,
  type SoftplusOptions,
  selu,
  silu,
  softplus,
  softsign,
  tanhshrink,
} from "./activation.ts";
export {
  type AdaptivePair,
  type AdaptiveSize,
  type AdaptiveTriple,
  adaptiveAvgPool1d,
  adaptiveAvgPool2d,
  adaptiveAvgPool3d,
  adaptiveMaxPool1d,
  adaptiveMaxPool2d,
  adaptiveMaxPool3d,
} from "./adaptive-pooling.ts";
export {
  addcdiv,
  addcmul,
  lerp,
  reciprocal,
  rsqrt,
  square,
  type ValueOption,
} from "./arithmetic.ts";
export {
  blockDiag,
  type CombinationsOptions,
  combinations,
  renorm,
  sumToSize,
} from "./assembling.ts";
export { at, withAt } from "./at.ts";
export { type AttentionOptions, scaledDotProductAttention } from "./attention.ts";
export {
  type AvgPool1dOptions,
  type AvgPool2dOptions,
  type AvgPool3dOptions,
  avgPool1d,
  avgPool2d,
  avgPool3d,
} from "./avg-pooling.ts";
export {
  atleast1d,
  atleast2d,
  atleast3d,
  broadcastTensors,
  broadcastTo,
  columnStack,
  dstack,
  hstack,
  movedim,
  select,
  unflatten,
  vstack,
} from "./axes.ts";
export { clamp } from "./clamp.ts";
export {
  type Conv1dOptions,
  type Conv3dOptions,
  type ConvOptions,
  conv1d,
  conv2d,
  conv3d,
} from "./convolution.ts";
export { all, any, countNonzero, nanmean, nansum } from "./counting.ts";
export { type CovOptions, corrcoef, cov } from "./covariance.ts";
export {
  eye,
  fullLike,
  type LogspaceOptions,
  linspace,
  logspace,
  type MeshgridOptions,
  meshgrid,
  ones,
  onesLike,
  zeros,
  zerosLike,
} from "./creation.ts";
export {
  type DiagonalAxes,
  diag,
  diagEmbed,
  diagonal,
  trace,
  tril,
  triu,
} from "./diagonal.ts";
export {
  cumulativeTrapezoid,
  type DiffOptions,
  diff,
  type GradientOptions,
  gradient,
  trapezoid,
} from "./differences.ts";
export {
  bilinear,
  type CosineOptions,
  cdist,
  cosineSimilarity,
  type PairwiseOptions,
  pairwiseDistance,
  pdist,
} from "./distance.ts";
export { einsum } from "./einsum.ts";
export { embedding, oneHot } from "./embedding.ts";
export {
  copysign,
  deg2rad,
  fmax,
  fmin,
  frac,
  frexp,
  heaviside,
  hypot,
  ldexp,
  type NanToNumOptions,
  nanToNum,
  rad2deg,
  xlogy,
} from "./float-arithmetic.ts";
export {
  allclose,
  equal,
  type IscloseOptions,
  isclose,
  isfinite,
  isin,
  isinf,
  isnan,
  isneginf,
  isposinf,
  logicalXor,
  signbit,
} from "./float-tests.ts";
export {
  type GroupOptions,
  type GroupReduction,
  indexReduce,
  type SegmentOptions,
  scatterReduce,
  segmentReduce,
} from "./groups.ts";
export { type EmbeddingBagOptions, embeddingBag } from "./embedding-bag.ts";
export {
  type AffineGridOptions,
  affineGrid,
  type GridSampleOptions,
  gridSample,
} from "./grid-sample.ts";
export type { Index, SliceText } from "./index-text.ts";
export {
  type InterpolateOptions,
  type InterpolationMode,
  interpolate,
} from "./interpolate.ts";
export { stack } from "./join.ts";
export * from "./losses/index.ts";
export { indexSelect, maskedFill } from "./masking.ts";
export { linear, matmul } from "./matmul.ts";
export {
  type MaxPool1dOptions,
  type MaxPool2dOptions,
  type MaxPool3dOptions,
  maxPool1d,
  maxPool2d,
  maxPool3d,
} from "./max-pooling.ts";
export {
  type AffineOptions,
  batchNorm,
  batchStatistics,
  groupNorm,
  instanceNorm,
  layerNorm,
  type NormalizeOptions,
  normalize,
  rmsNorm,
} from "./normalization.ts";
export { type PadOptions, pad, type Widths } from "./pad.ts";
export { pixelShuffle, pixelUnshuffle } from "./pixel-shuffle.ts";
export {
  type DiagonalOptions,
  diagonalScatter,
  indexCopy,
  indexFill,
  maskedScatter,
  type PutOptions,
  put,
  type SliceScatterOptions,
  selectScatter,
  sliceScatter,
  takeAlongDim,
} from "./placement.ts";
  type MaxUnpool1dOptions,
  type MaxUnpool2dOptions,
  type MaxUnpool3dOptions,
  maxPool1dWithIndices,
  maxPool2dWithIndices,
  maxPool3dWithIndices,
  maxUnpool1d,
  maxUnpool2d,
  maxUnpool3d,
  type PooledWithIndices,
} from "./pool-indices.ts";
export {
  type AddProductOptions,
  addbmm,
  addmm,
  addmv,
  addr,
  baddbmm,
  bmm,
  cross,
  kron,
  mm,
  mv,
  outer,
  tensordot,
  vecdot,
} from "./products.ts";
export {
  kthvalue,
  median,
  mode,
  nanmedian,
  nanquantile,
  type QuantileOptions,
  quantile,
} from "./quantiles.ts";
export {
  type HardtanhOptions,
  hardshrink,
  hardsigmoid,
  hardswish,
  hardtanh,
  leakyRelu,
  prelu,
  relu,
  relu6,
  softshrink,
  threshold,
} from "./rectifiers.ts";
export { fliplr, flipud, repeat, repeatInterleave, roll, rot90, tile } from "./repeat.ts";
export {
  bucketize,
  type HistcOptions,
  type HistogramOptions,
  histc,
  histogram,
  type SearchOptions,
  searchsorted,
} from "./searching.ts";
export { flatten, squeeze, transpose, unsqueeze } from "./shape.ts";
export { logSoftmax, logSumExp, softmax, softmin } from "./softmax.ts";
export { type Ordered, type SortOptions, sort, type TopkOptions, topk } from "./sort.ts";
export type { Pair, PerAxis, Single, Triple } from "./spatial.ts";
export { type ChunksOf, chunk, type SplitOf, split, tensorSplit, unbind } from "./split.ts";
export {
  type NormOptions,
  norm,
  std,
  stdMean,
  type VarianceOptions,
  variance,
  varMean,
} from "./statistics.ts";
export {
  type ConvTranspose1dOptions,
  type ConvTranspose2dOptions,
  type ConvTranspose3dOptions,
  convTranspose1d,
  convTranspose2d,
  convTranspose3d,
} from "./transposed-convolution.ts";
export { fold, type UnfoldOptions, unfold, windows } from "./windows.ts";
