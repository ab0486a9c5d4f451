/** `linalg` of "glim": linear algebra over matrices, which are the last two axes; the others are batches. */

export { cholesky, choleskyInverse, choleskySolve, type UpperOption } from "./cholesky.ts";
export { type EighOptions, eigh, eigvalsh } from "./eigh.ts";
export { type LeastSquares, lstsq } from "./least-squares.ts";
export { det, logdet, lu, luFactor, luUnpack, slogdet } from "./lu.ts";
export { matrixExp } from "./matrix-exp.ts";
export {
  type MatrixNormOptions,
  type MatrixOrder,
  matrixNorm,
  type NormOptions,
  norm,
  vectorNorm,
} from "./norms.ts";
export { cross, multiDot, tensorinv, tensorsolve, vander, vecdot } from "./products.ts";
export { geqrf, householderProduct, type QrOptions, qr, type Reflections } from "./qr.ts";
export { cond, matrixRank, pinv, type RankOptions } from "./rank.ts";
export { inv, type LuSolveOptions, luSolve, matrixPower, solve } from "./solve.ts";
export { type SvdOptions, svd, svdvals } from "./svd.ts";
export { solveTriangular, type TriangularOptions } from "./triangular.ts";
