/** Matrix products, `torch.linalg` and transforms. */

import {
  binary,
  call,
  type Mapping,
  type Mappings,
  map,
  options,
  rankOf,
  shapeOf,
} from "../mapping.ts";
import { axes } from "./reductions.ts";
import { diagonalCall } from "./shapes.ts";

const matrix = (name: string): Mapping => map("x", ({ x }) => `linalg.${name}(${x})`);
const parts = (name: string, ...fields: readonly string[]): Mapping =>
  map("x", ({ x }) => listOf(`linalg.${name}(${x})`, fields));

const listOf = (text: string, fields: readonly string[]): string =>
  `((r) => [${fields.map((f) => `r.${f}`).join(", ")}])(${text})`;

/** `β · input + α · product`. */
const added = (name: string): Mapping =>
  map("input x y beta alpha", ({ input, x, y, beta, alpha }) =>
    call(name, input, x, y, options({ beta, alpha })),
  );

const cholesky = map("x upper", ({ x, upper }) => call("linalg.cholesky", x, options({ upper })));

const norm = map("x ord dim keepdim", ({ x, ord, dim, keepdim }, values) =>
  call(
    "linalg.norm",
    x,
    ord ?? "undefined",
    options({ dim: axes(dim, values.dim, values.x), keepDim: keepdim }),
  ),
);

const pinv = map("x other rcond rtol hermitian", ({ x, other, rcond, rtol, hermitian }) =>
  call(
    "linalg.pinv",
    other === undefined ? x : `${x}.matmul(${other}.transpose(-2, -1))`,
    options({ rtol: rtol ?? rcond, hermitian }),
  ),
);

/** Fourier transforms of real input read as half of a spectrum whose imaginary part is 0. */
const inverse = (name: string, defaults: readonly number[] | "all" | "last"): Mapping =>
  map("x s dim norm n", ({ x, s, dim, norm: scale, n }, values) => {
    const axesOf = (): string =>
      defaults === "last"
        ? "-1"
        : JSON.stringify(defaults === "all" ? shapeOf(values.x).map((_, i) => i) : defaults);
    return call(
      `fft.${name}`,
      `{ real: ${x}, imag: ${x}.mul(0) }`,
      options({
        ...(defaults === "last" ? { n: s ?? n } : { s }),
        dim: dim ?? axesOf(),
        norm: scale,
      }),
    );
  });

export const linearAlgebra: Mappings = {
  matmul: binary("matmul"),
  __rmatmul__: map("x y", ({ x, y }) => `${y}.matmul(${x})`),
  mm: binary("matmul"),
  bmm: map("x y", ({ x, y }) => `bmm(${x}, ${y})`),
  mv: binary("matmul"),
  dot: binary("matmul"),
  inner: map("x y", ({ x, y }) => `inner(${x}, ${y})`),
  vdot: binary("matmul"),
  outer: map("x y", ({ x, y }) => `outer(${x}, ${y})`),
  kron: map("x y", ({ x, y }) => `kron(${x}, ${y})`),
  tensordot: map("x y dims", ({ x, y, dims }) => call("tensordot", x, y, dims)),
  addmm: added("addmm"),
  addmv: added("addmv"),
  addbmm: added("addbmm"),
  baddbmm: added("baddbmm"),
  addr: added("addr"),
  cross: map("x y dim", ({ x, y, dim }) => call("linalg.cross", x, y, dim)),
  "linalg.cross": map("x y dim", ({ x, y, dim }) => call("linalg.cross", x, y, dim)),
  "linalg.vecdot": map("x y dim", ({ x, y, dim }) => call("linalg.vecdot", x, y, dim)),
  "linalg.multi_dot": map("xs", ({ xs }) => `linalg.multiDot(${xs})`),
  chain_matmul: map("*xs", ({ xs }) => `linalg.multiDot(${xs})`),
  "linalg.matrix_power": map("x n", ({ x, n }) => `linalg.matrixPower(${x}, ${n})`),
  "linalg.vander": map("x N", ({ x, N }, values) =>
    call("linalg.vander", rankOf(values.x) === 0 ? `${x}.reshape([1])` : x, N),
  ),
  "linalg.householder_product": map(
    "x tau",
    ({ x, tau }) => `linalg.householderProduct(${x}, ${tau})`,
  ),
  "linalg.tensorinv": map("x ind", ({ x, ind }) => call("linalg.tensorinv", x, ind)),
  "linalg.tensorsolve": map("x y dims", ({ x, y, dims }) => call("linalg.tensorsolve", x, y, dims)),
  "linalg.norm": norm,
  "linalg.vector_norm": map("x ord dim keepdim", ({ x, ord, dim, keepdim }, values) =>
    call(
      "linalg.vectorNorm",
      x,
      ord,
      options({
        dim: axes(dim, values.dim, values.x),
        keepDim: rankOf(values.x) === 0 ? undefined : keepdim,
      }),
    ),
  ),
  "linalg.matrix_norm": map("x ord dim keepdim", ({ x, ord, dim, keepdim }) =>
    call("linalg.matrixNorm", x, ord, options({ dim, keepDim: keepdim })),
  ),
  "linalg.det": matrix("det"),
  det: matrix("det"),
  logdet: matrix("logdet"),
  slogdet: parts("slogdet", "sign", "logabsdet"),
  "linalg.slogdet": parts("slogdet", "sign", "logabsdet"),
  "linalg.inv": matrix("inv"),
  inverse: matrix("inv"),
  "linalg.inv_ex": map(
    "x",
    ({ x }, values) =>
      `[linalg.inv(${x}), full(${JSON.stringify(shapeOf(values.x).slice(0, -2))}, 0, "i32")]`,
  ),
  "linalg.solve": map("x y", ({ x, y }) => `linalg.solve(${x}, ${y})`),
  "linalg.solve_triangular": map(
    "x y upper left unitriangular",
    ({ x, y, upper, left, unitriangular }) =>
      call("linalg.solveTriangular", x, y, options({ upper, left, unitriangular })),
  ),
  triangular_solve: map(
    "y x upper transpose unitriangular",
    ({ y, x, upper = "true", transpose, unitriangular }) => {
      const isTurned = transpose === "true";
      const uppermost = isTurned ? `${upper !== "true"}` : upper;
      const solved = call(
        "linalg.solveTriangular",
        isTurned ? `${x}.transpose(-2, -1)` : x,
        y,
        options({ upper: uppermost, unitriangular }),
      );
      return `[${solved}, ${x}]`;
    },
  ),
  cholesky,
  "linalg.cholesky": cholesky,
  cholesky_solve: map("y x upper", ({ y, x, upper }) =>
    call("linalg.choleskySolve", y, x, options({ upper })),
  ),
  cholesky_inverse: map("x upper", ({ x, upper }) =>
    call("linalg.choleskyInverse", x, options({ upper })),
  ),
  qr: parts("qr", "Q", "R"),
  "linalg.qr": map("x mode", ({ x, mode }) =>
    listOf(call("linalg.qr", x, options({ mode })), ["Q", "R"]),
  ),
  geqrf: parts("geqrf", "a", "tau"),
  "linalg.lu": map("x", ({ x }) => listOf(`linalg.lu(${x})`, ["P", "L", "U"])),
  "linalg.lu_factor": map("x", ({ x }) => listOf(`linalg.luFactor(${x})`, ["LU", "pivots"])),
  lu: map("x pivot get_infos", ({ x, get_infos }, values) => {
    const batch = JSON.stringify(shapeOf(values.x).slice(0, -2));
    const infos = get_infos === "true" ? `, full(${batch}, 0, "i32")` : "";
    return `((r) => [r.LU, r.pivots${infos}])(linalg.luFactor(${x}))`;
  }),
  lu_unpack: map("x pivots", ({ x, pivots }) =>
    listOf(`linalg.luUnpack(${x}, ${pivots})`, ["P", "L", "U"]),
  ),
  "linalg.lu_solve": map("x pivots y left adjoint", ({ x, pivots, y, left, adjoint }) =>
    call("linalg.luSolve", x, pivots, y, options({ left, adjoint })),
  ),
  lu_solve: map("y x pivots", ({ y, x, pivots }) => call("linalg.luSolve", x, pivots, y)),
  symeig: map(
    "x eigenvectors upper",
    ({ x }) => listOf(`linalg.eigh(${x})`, ["eigenvalues", "eigenvectors"]),
    { signs: ["exact", "columns"] },
  ),
  "linalg.eigh": map("x", ({ x }) => listOf(`linalg.eigh(${x})`, ["eigenvalues", "eigenvectors"]), {
    signs: ["exact", "columns"],
  }),
  "linalg.eigvalsh": matrix("eigvalsh"),
  "linalg.svdvals": matrix("svdvals"),
  "linalg.svd": map(
    "x full_matrices",
    ({ x, full_matrices }) =>
      listOf(call("linalg.svd", x, options({ fullMatrices: full_matrices })), ["U", "S", "Vh"]),
    { signs: ["columns", "exact", "rows"] },
  ),
  svd: map(
    "x some",
    ({ x, some }) =>
      `((r) => [r.U, r.S, r.Vh.transpose(-2, -1)])(${call(
        "linalg.svd",
        x,
        options({ fullMatrices: some === "false" ? "true" : "false" }),
      )})`,
    { signs: ["columns", "exact", "columns"] },
  ),
  "linalg.pinv": pinv,
  pinverse: pinv,
  "linalg.matrix_rank": map("x tol hermitian atol rtol", ({ x, tol, hermitian, atol, rtol }) =>
    call("linalg.matrixRank", x, options({ atol: atol ?? tol, rtol, hermitian })),
  ),
  "linalg.cond": map("x p", ({ x, p }) => call("linalg.cond", x, p)),
  "linalg.diagonal": map("x offset dim1 dim2", ({ x, offset, dim1 = "-2", dim2 = "-1" }) =>
    diagonalCall(`${x}.diagonal`, [], { offset, dim1, dim2 }),
  ),
  "linalg.ldl_factor": map("x", ({ x }) => listOf(`linalg.ldlFactor(${x})`, ["LD", "pivots"])),
  "fft.irfft": inverse("irfft", "last"),
  "fft.hfft": map("x n dim norm", ({ x, n, dim, norm: scale }) =>
    call("fft.hfft", `{ real: ${x}, imag: ${x}.mul(0) }`, options({ n, dim, norm: scale })),
  ),
  "fft.irfft2": inverse("irfftn", [-2, -1]),
  "fft.irfftn": inverse("irfftn", "all"),
  "fft.hfftn": inverse("hfftn", "all"),
  "fft.hfft2": inverse("hfftn", [-2, -1]),
};
