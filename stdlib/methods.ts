/** The methods of tensors that the standard library gives: importing glim installs them. */

import { addLibraryMethod, type TensorFunction } from "../runtime/eager/operators.ts";
import type {
  AnyTensor,
  Axes,
  DType,
  Float,
  FloatDType,
  Keep,
  Operand,
  Promote,
  Tensor,
} from "../runtime/eager/tensor-types.ts";
import * as f from "./functional/index.ts";

type Floats = AnyTensor<FloatDType>;

/** What importing glim adds to tensors; each method calls the function of its name. */
export interface LibraryMethods<out D extends DType> {
  // Arithmetic.
  square(): AnyTensor<D>;
  floorDivide<E extends DType = D>(other: Operand<E>): AnyTensor<Promote<D, E>>;
  floatPower(exponent: AnyTensor | number): AnyTensor<"f64">;
  gcd<E extends "i32" | "u8" | "i8">(this: AnyTensor<E>, other: AnyTensor<E>): AnyTensor<E>;
  lcm<E extends "i32" | "u8" | "i8">(this: AnyTensor<E>, other: AnyTensor<E>): AnyTensor<E>;
  reciprocal(): AnyTensor<Float<D>>;
  rsqrt(): AnyTensor<Float<D>>;
  clamp(min?: Operand<D>, max?: Operand<D>): AnyTensor<D>;
  lerp(this: Floats, end: AnyTensor<D>, weight: Operand<D>): AnyTensor<Float<D>>;
  addcmul(
    this: Floats,
    a: AnyTensor<D>,
    b: AnyTensor<D>,
    options?: f.ValueOption,
  ): AnyTensor<Float<D>>;
  addcdiv(
    this: Floats,
    a: AnyTensor<D>,
    b: AnyTensor<D>,
    options?: f.ValueOption,
  ): AnyTensor<Float<D>>;

  // Activations.
  relu(): AnyTensor<D>;
  relu6(): AnyTensor<D>;
  leakyRelu(this: Floats, slope?: number): AnyTensor<Float<D>>;
  prelu(this: Floats, weight: AnyTensor<D>): AnyTensor<Float<D>>;
  hardtanh(this: Floats, options?: f.HardtanhOptions): AnyTensor<Float<D>>;
  hardsigmoid(this: Floats): AnyTensor<Float<D>>;
  hardswish(this: Floats): AnyTensor<Float<D>>;
  hardshrink(this: Floats, lambda?: number): AnyTensor<Float<D>>;
  softshrink(this: Floats, lambda?: number): AnyTensor<Float<D>>;
  threshold(this: Floats, limit: number, value: number): AnyTensor<Float<D>>;
  gelu(this: Floats, options?: f.GeluOptions): AnyTensor<Float<D>>;
  silu(this: Floats): AnyTensor<Float<D>>;
  elu(this: Floats, alpha?: number): AnyTensor<Float<D>>;
  selu(this: Floats): AnyTensor<Float<D>>;
  celu(this: Floats, alpha?: number): AnyTensor<Float<D>>;
  softplus(this: Floats, options?: f.SoftplusOptions): AnyTensor<Float<D>>;
  logSigmoid(this: Floats): AnyTensor<Float<D>>;
  softsign(this: Floats): AnyTensor<Float<D>>;
  mish(this: Floats): AnyTensor<Float<D>>;
  tanhshrink(this: Floats): AnyTensor<Float<D>>;
  glu(this: Floats, dim?: number): AnyTensor<Float<D>>;
  softmax(dim: number): AnyTensor<Float<D>>;
  logSoftmax(dim: number): AnyTensor<Float<D>>;
  softmin(dim: number): AnyTensor<Float<D>>;

  rotary(this: Tensor, positions: AnyTensor<"i32">, options?: f.RotaryOptions): Tensor;

  // The gamma function, logarithms of sums, odds.
  lgamma(): AnyTensor<Float<D>>;
  digamma(): AnyTensor<Float<D>>;
  logaddexp(this: Floats, other: AnyTensor<D>): AnyTensor<Float<D>>;
  logaddexp2(this: Floats, other: AnyTensor<D>): AnyTensor<Float<D>>;
  logcumsumexp(this: Floats, dim: number): AnyTensor<Float<D>>;
  logit(this: Floats, options?: { readonly eps?: number | undefined }): AnyTensor<Float<D>>;
  sinc(this: Floats): AnyTensor<Float<D>>;
  mvlgamma(p: number): AnyTensor<Float<D>>;
  i0(): AnyTensor<Float<D>>;

  // What only a run tells the size of.
  maskedSelect(mask: AnyTensor<"bool">): AnyTensor<D>;
  unique(options?: f.UniqueOptions): f.Distinct<D>;
  uniqueConsecutive(options?: f.UniqueOptions): f.Distinct<D>;

  // Along axes.
  logSumExp(dim?: Axes, options?: Keep): AnyTensor<Float<D>>;
  variance(dim?: Axes, options?: f.VarianceOptions): AnyTensor<Float<D>>;
  std(dim?: Axes, options?: f.VarianceOptions): AnyTensor<Float<D>>;
  varMean(
    dim?: Axes,
    options?: f.VarianceOptions,
  ): { readonly variance: AnyTensor<Float<D>>; readonly mean: AnyTensor<Float<D>> };
  stdMean(
    dim?: Axes,
    options?: f.VarianceOptions,
  ): { readonly std: AnyTensor<Float<D>>; readonly mean: AnyTensor<Float<D>> };
  norm(dim?: Axes, options?: f.NormOptions): AnyTensor<Float<D>>;
  normalize(this: Floats, dim?: Axes, options?: f.NormalizeOptions): AnyTensor<Float<D>>;

  // Orders.
  sort(dim?: number, options?: f.SortOptions): f.Ordered<D>;
  topk(k: number, dim?: number, options?: f.TopkOptions): f.Ordered<D>;
  nonzero(): AnyTensor<"i32">;

  // Shapes.
  transpose(a: number, b: number): AnyTensor<D>;
  flatten(start?: number, end?: number): AnyTensor<D>;
  squeeze(dim?: Axes): AnyTensor<D>;
  unsqueeze(dim: number): AnyTensor<D>;

  // Axes.
  movedim(source: Axes, destination: Axes): AnyTensor<D>;
  unflatten(dim: number, sizes: readonly number[]): AnyTensor<D>;
  select(dim: number, index: number): AnyTensor<D>;
  broadcastTo(shape: readonly number[]): AnyTensor<D>;
  atleast1d(): AnyTensor<D>;
  atleast2d(): AnyTensor<D>;
  atleast3d(): AnyTensor<D>;

  pad(widths: f.Widths, options?: f.PadOptions): AnyTensor<D>;

  // Parts and repetitions.
  windows(dim: number, size: number, step?: number): AnyTensor<D>;
  split<const L extends readonly number[]>(sizes: L, dim?: number): f.SplitOf<L, D>;
  split(size: number, dim?: number): readonly AnyTensor<D>[];
  chunk<const N extends number>(count: N, dim?: number): f.ChunksOf<N, D>;
  tensorSplit(count: number | readonly number[], dim?: number): readonly AnyTensor<D>[];
  unbind(dim?: number): readonly AnyTensor<D>[];
  hsplit(count: number | readonly number[]): readonly AnyTensor<D>[];
  vsplit(count: number | readonly number[]): readonly AnyTensor<D>[];
  dsplit(count: number | readonly number[]): readonly AnyTensor<D>[];
  repeat(counts: readonly number[]): AnyTensor<D>;
  tile(counts: readonly number[]): AnyTensor<D>;
  repeatInterleave(count: number, dim?: number): AnyTensor<D>;
  roll(shift: Axes, dim?: Axes): AnyTensor<D>;
  rot90(turns?: number, dims?: readonly [number, number]): AnyTensor<D>;
  fliplr(): AnyTensor<D>;
  flipud(): AnyTensor<D>;

  // Diagonals.
  diagonal(offset?: number, options?: f.DiagonalAxes): AnyTensor<D>;
  diagEmbed(offset?: number, options?: f.DiagonalAxes): AnyTensor<D>;
  diag(offset?: number): AnyTensor<D>;
  diagflat(offset?: number): AnyTensor<D>;
  trace(): ReturnType<typeof f.trace>;
  tril(offset?: number): AnyTensor<D>;
  triu(offset?: number): AnyTensor<D>;

  // Selection.
  at(...index: readonly f.Index[]): AnyTensor<D>;
  with(index: f.Index | readonly f.Index[], value: Operand<D>): AnyTensor<D>;
  maskedFill(mask: AnyTensor<"bool">, value: Operand<D>): AnyTensor<D>;
  indexSelect(dim: number, index: AnyTensor<"i32">): AnyTensor<D>;

  // Products.
  dot(other: AnyTensor<D>): AnyTensor<D>;
  inner(other: AnyTensor<D>): AnyTensor<D>;
  dist(this: Floats, other: AnyTensor<D>, p?: number): AnyTensor<Float<D>>;
  outer(other: AnyTensor<D>): AnyTensor<D>;
  bmm(other: AnyTensor<D>): AnyTensor<D>;
  mm(other: AnyTensor<D>): AnyTensor<D>;
  mv(other: AnyTensor<D>): AnyTensor<D>;
  cross(other: AnyTensor<D>, dim?: number): AnyTensor<D>;
  kron(other: AnyTensor<D>): AnyTensor<D>;
  matmul(other: AnyTensor<D>): AnyTensor<D>;

  // Kinds of numbers, and arithmetic that treats some in its own way.
  isnan(): AnyTensor<"bool">;
  isinf(): AnyTensor<"bool">;
  isfinite(this: Floats): AnyTensor<"bool">;
  isposinf(this: Floats): AnyTensor<"bool">;
  isneginf(this: Floats): AnyTensor<"bool">;
  signbit(this: Tensor): AnyTensor<"bool">;
  isclose(this: Floats, other: AnyTensor<D>, options?: f.IscloseOptions): AnyTensor<"bool">;
  allclose(this: Floats, other: AnyTensor<D>, options?: f.IscloseOptions): AnyTensor<"bool">;
  equal(other: AnyTensor<D>): AnyTensor<"bool">;
  logicalXor(this: AnyTensor<"bool">, other: AnyTensor<"bool">): AnyTensor<"bool">;
  copysign(this: Floats, sign: AnyTensor<D>): AnyTensor<Float<D>>;
  heaviside(this: Floats, values: AnyTensor<D>): AnyTensor<Float<D>>;
  xlogy(this: Floats, y: AnyTensor<D>): AnyTensor<Float<D>>;
  hypot(this: Floats, y: AnyTensor<D>): AnyTensor<Float<D>>;
  fmax(this: Floats, other: AnyTensor<D>): AnyTensor<Float<D>>;
  fmin(this: Floats, other: AnyTensor<D>): AnyTensor<Float<D>>;
  ldexp(this: Floats, exponent: AnyTensor): AnyTensor<Float<D>>;
  frexp(this: Tensor): ReturnType<typeof f.frexp>;
  nanToNum(this: Floats, options?: f.NanToNumOptions): AnyTensor<Float<D>>;
  deg2rad(this: Floats): AnyTensor<Float<D>>;
  rad2deg(this: Floats): AnyTensor<Float<D>>;
  frac(this: Floats): AnyTensor<Float<D>>;

  // Counts, ranks and differences.
  all(this: AnyTensor<"bool">, dim?: Axes, options?: Keep): AnyTensor<"bool">;
  any(this: AnyTensor<"bool">, dim?: Axes, options?: Keep): AnyTensor<"bool">;
  countNonzero(dim?: Axes, options?: Keep): AnyTensor<"i32">;
  nansum(this: Floats, dim?: Axes, options?: Keep): AnyTensor<Float<D>>;
  nanmean(this: Floats, dim?: Axes, options?: Keep): AnyTensor<Float<D>>;
  kthvalue(k: number, dim?: number, options?: Keep): f.Ordered<D>;
  median(this: Floats): AnyTensor<Float<D>>;
  median(this: Floats, dim: number, options?: Keep): f.Ordered<Float<D>>;
  nanmedian(this: Floats): AnyTensor<Float<D>>;
  nanmedian(this: Floats, dim: number, options?: Keep): f.Ordered<Float<D>>;
  mode(dim?: number, options?: Keep): f.Ordered<D>;
  quantile(
    this: Floats,
    q: number | AnyTensor<D>,
    dim?: number,
    options?: f.QuantileOptions,
  ): AnyTensor<Float<D>>;
  nanquantile(
    this: Floats,
    q: number | AnyTensor<D>,
    dim?: number,
    options?: f.QuantileOptions,
  ): AnyTensor<Float<D>>;
  cov(this: Floats, options?: f.CovOptions): AnyTensor<Float<D>>;
  corrcoef(this: Floats): AnyTensor<Float<D>>;
  diff(n?: number, dim?: number, options?: f.DiffOptions<D>): AnyTensor<D>;
  renorm(this: Floats, p: number, dim: number, limit: number): AnyTensor<Float<D>>;

  // Other elements at some positions.
  indexFill(dim: number, index: AnyTensor<"i32">, value: number): AnyTensor<D>;
  indexCopy(dim: number, index: AnyTensor<"i32">, source: AnyTensor<D>): AnyTensor<D>;
  put<E extends "f32" | "i32">(
    this: AnyTensor<E>,
    index: AnyTensor<"i32">,
    source: AnyTensor<E>,
    options?: f.PutOptions,
  ): AnyTensor<E>;
  maskedScatter(mask: AnyTensor<"bool">, source: AnyTensor<D>): AnyTensor<D>;
  selectScatter(source: AnyTensor<D>, dim: number, index: number): AnyTensor<D>;
  sliceScatter(source: AnyTensor<D>, options?: f.SliceScatterOptions): AnyTensor<D>;
  diagonalScatter(source: AnyTensor<D>, offset?: number, axes?: f.DiagonalAxes): AnyTensor<D>;
  scatterReduce(
    this: Floats,
    dim: number,
    index: AnyTensor<"i32">,
    source: AnyTensor<D>,
    reduce: f.GroupReduction,
    options?: f.GroupOptions,
  ): AnyTensor<Float<D>>;
  indexReduce(
    this: Floats,
    dim: number,
    index: AnyTensor<"i32">,
    source: AnyTensor<D>,
    reduce: f.GroupReduction,
    options?: f.GroupOptions,
  ): AnyTensor<Float<D>>;
}

declare module "../runtime/eager/tensor-types.ts" {
  interface TensorValue<N, out D extends DType> extends LibraryMethods<D> {}
}

const methods: Readonly<Record<keyof LibraryMethods<DType>, TensorFunction>> = {
  square: f.square,
  reciprocal: f.reciprocal,
  rsqrt: f.rsqrt,
  clamp: f.clamp,
  lerp: f.lerp,
  addcmul: f.addcmul,
  addcdiv: f.addcdiv,
  relu: f.relu,
  relu6: f.relu6,
  leakyRelu: f.leakyRelu,
  prelu: f.prelu,
  hardtanh: f.hardtanh,
  hardsigmoid: f.hardsigmoid,
  hardswish: f.hardswish,
  hardshrink: f.hardshrink,
  softshrink: f.softshrink,
  threshold: f.threshold,
  gelu: f.gelu,
  silu: f.silu,
  elu: f.elu,
  selu: f.selu,
  celu: f.celu,
  softplus: f.softplus,
  logSigmoid: f.logSigmoid,
  softsign: f.softsign,
  mish: f.mish,
  tanhshrink: f.tanhshrink,
  glu: f.glu,
  softmax: f.softmax,
  logSoftmax: f.logSoftmax,
  softmin: f.softmin,
  lgamma: f.lgamma,
  digamma: f.digamma,
  logaddexp: f.logaddexp,
  logaddexp2: f.logaddexp2,
  logcumsumexp: f.logcumsumexp,
  logit: f.logit,
  sinc: f.sinc,
  maskedSelect: f.maskedSelect,
  unique: f.unique,
  uniqueConsecutive: f.uniqueConsecutive,
  logSumExp: f.logSumExp,
  variance: f.variance,
  std: f.std,
  varMean: f.varMean,
  stdMean: f.stdMean,
  norm: f.norm,
  normalize: f.normalize,
  sort: f.sort,
  topk: f.topk,
  nonzero: f.nonzero,
  transpose: f.transpose,
  flatten: f.flatten,
  squeeze: f.squeeze,
  unsqueeze: f.unsqueeze,
  matmul: f.matmul,
  floorDivide: f.floorDivide,
  atleast1d: f.atleast1d,
  atleast2d: f.atleast2d,
  atleast3d: f.atleast3d,
  rotary: f.rotary,
  at: f.at,
  with: f.withAt,
  pad: f.pad,
  windows: f.windows,
  movedim: f.movedim,
  unflatten: f.unflatten,
  select: f.select,
  broadcastTo: f.broadcastTo,
  split: f.split,
  chunk: f.chunk,
  tensorSplit: f.tensorSplit,
  unbind: f.unbind,
  repeat: f.repeat,
  tile: f.tile,
  repeatInterleave: f.repeatInterleave,
  roll: f.roll,
  rot90: f.rot90,
  fliplr: f.fliplr,
  flipud: f.flipud,
  diagonal: f.diagonal,
  diagEmbed: f.diagEmbed,
  diag: f.diag,
  trace: f.trace,
  tril: f.tril,
  triu: f.triu,
  maskedFill: f.maskedFill,
  indexSelect: f.indexSelect,
  outer: f.outer,
  bmm: f.bmm,
  mm: f.mm,
  mv: f.mv,
  cross: f.cross,
  kron: f.kron,
  isnan: f.isnan,
  isinf: f.isinf,
  isfinite: f.isfinite,
  isposinf: f.isposinf,
  isneginf: f.isneginf,
  signbit: f.signbit,
  isclose: f.isclose,
  allclose: f.allclose,
  equal: f.equal,
  logicalXor: f.logicalXor,
  copysign: f.copysign,
  heaviside: f.heaviside,
  xlogy: f.xlogy,
  hypot: f.hypot,
  fmax: f.fmax,
  fmin: f.fmin,
  ldexp: f.ldexp,
  frexp: f.frexp,
  nanToNum: f.nanToNum,
  deg2rad: f.deg2rad,
  rad2deg: f.rad2deg,
  frac: f.frac,
  all: f.all,
  any: f.any,
  countNonzero: f.countNonzero,
  nansum: f.nansum,
  nanmean: f.nanmean,
  kthvalue: f.kthvalue,
  median: f.median,
  nanmedian: f.nanmedian,
  mode: f.mode,
  quantile: f.quantile,
  nanquantile: f.nanquantile,
  cov: f.cov,
  corrcoef: f.corrcoef,
  diff: f.diff,
  renorm: f.renorm,
  indexFill: f.indexFill,
  indexCopy: f.indexCopy,
  put: f.put,
  maskedScatter: f.maskedScatter,
  selectScatter: f.selectScatter,
  sliceScatter: f.sliceScatter,
  diagonalScatter: f.diagonalScatter,
  scatterReduce: f.scatterReduce,
  indexReduce: f.indexReduce,
  mvlgamma: f.mvlgamma,
  i0: f.i0,
  dot: f.dot,
  inner: f.inner,
  dist: f.dist,
  hsplit: f.hsplit,
  vsplit: f.vsplit,
  dsplit: f.dsplit,
  diagflat: f.diagflat,
  floatPower: f.floatPower,
  gcd: f.gcd,
  lcm: f.lcm,
};

for (const [name, method] of Object.entries(methods)) addLibraryMethod(name, method);
