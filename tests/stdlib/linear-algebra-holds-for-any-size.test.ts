// The factorisations are loops over sizes that modules learn when they run: they must rebuild their
// matrices at every size, in batches, and give eager's bits when compiled.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { type AnyTensor, linalg, Rng, type Tensor, tensor } from "glim";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { compileFile } from "#glim/cli/compiler.js";
import * as eager from "../fixtures/stdlib/linear-algebra.ts";

const file = fileURLToPath(new URL("../fixtures/stdlib/linear-algebra.ts", import.meta.url));
const sizes = [1, 2, 3, 4, 7, 12];
const rng = new Rng(7);

const identity = (n: number): Tensor =>
  tensor(Array.from({ length: n }, (_, i) => Array.from({ length: n }, (_, j) => Number(i === j))));
const turned = (x: Tensor): Tensor => x.transpose(-2, -1);
/** The greatest distance of elements. */
const distance = (x: Tensor, y: Tensor): number => Number(x.sub(y).abs().max().item());
const near = (x: Tensor, y: Tensor): void => expect(distance(x, y)).toBeLessThan(2e-5);
const isOrthogonal = (x: Tensor): void => near(turned(x).matmul(x), identity(x.shape[x.rank - 1]!));

describe.each(sizes)("matrices of size %i", (n) => {
  const x = rng.uniform([3, n, n], -1, 1).add(identity(n).mul(2));
  const high = rng.uniform([2, n + 3, n], -1, 1);

  it.each([
    ["square", x],
    ["high", high],
    ["wide", turned(high)],
  ])("%s: factors give the matrix", (_, y) => {
    const { P, L, U } = linalg.lu(y);
    near(P.matmul(L).matmul(U), y);
    for (const mode of ["reduced", "complete"] as const) {
      const { Q, R } = linalg.qr(y, { mode });
      near(Q.matmul(R), y);
      isOrthogonal(Q);
    }
    const { U: left, S, Vh } = linalg.svd(y);
    isOrthogonal(left);
    isOrthogonal(Vh);
    const count = S.shape[1];
    const scaled = left.narrow(-1, 0, count).mul(S.unsqueeze(-2));
    near(scaled.matmul(Vh.narrow(-2, 0, count)), y);
    near(y.matmul(linalg.pinv(y)).matmul(y), y);
  });

  it("solutions solve", () => {
    const y = rng.uniform([3, n, 2], -1, 1);
    near(x.matmul(linalg.solve(x, y)), y);
    near(linalg.inv(x).matmul(x), identity(n));
    const { LU, pivots } = linalg.luFactor(x);
    near(turned(x).matmul(linalg.luSolve(LU, pivots, y, { adjoint: true })), y);
    near(linalg.luSolve(LU, pivots, turned(y), { left: false }).matmul(x), turned(y));
    const definite = x.matmul(turned(x)).div(n);
    const factor = linalg.cholesky(definite);
    near(factor.matmul(turned(factor)), definite);
    expect(distance(definite.matmul(linalg.choleskySolve(y, factor)), y)).toBeLessThan(1e-3);
  });

  it("eigenvectors keep their directions", () => {
    const symmetric = x.add(turned(x)).div(2);
    const { eigenvalues, eigenvectors } = linalg.eigh(symmetric);
    near(symmetric.matmul(eigenvectors), eigenvectors.mul(eigenvalues.unsqueeze(-2)));
    isOrthogonal(eigenvectors);
    const steps = eigenvalues.narrow(-1, 1, n - 1).sub(eigenvalues.narrow(-1, 0, n - 1));
    expect(Number(steps.min().item())).toBeGreaterThanOrEqual(0);
    near(eigenvalues.prod(-1).div(linalg.det(symmetric)), tensor([1, 1, 1]));
  });
});

it("matrices of less than full rank have bases all the same", () => {
  const x = tensor([
    [1, 2, 3],
    [2, 4, 6],
    [0, 0, 0],
  ]);
  const { U, S, Vh } = linalg.svd(x);
  isOrthogonal(U);
  isOrthogonal(Vh);
  near(U.mul(S).matmul(Vh), x);
  expect(linalg.matrixRank(x).item()).toBe(1);
  const zero = linalg.svd(x.mul(0));
  isOrthogonal(zero.U);
  isOrthogonal(zero.Vh);
});

it("matrices that do not fit are refused", () => {
  const singular = tensor([
    [1, 2],
    [2, 4],
  ]);
  expect(() => linalg.inv(singular)).toThrow("inv: the matrix has no inverse");
  expect(() => linalg.solve(singular, tensor([1, 2]))).toThrow("no inverse");
  expect(() => linalg.cholesky(singular.neg())).toThrow("not positive definite");
  expect(() => linalg.det(tensor([[1, 2]]))).toThrow("det: the matrices must be square");
  expect(() => linalg.qr(tensor([1, 2]))).toThrow("rank 1");
});

describe("compiled", () => {
  type Result = { readonly data: ArrayLike<number>; readonly shape: readonly number[] };
  let folder: string;
  let compiled: Readonly<Record<string, (...inputs: readonly unknown[]) => unknown>>;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "glim-linalg-"));
    const { wasm, js } = await compileFile(file);
    const bindings = join(folder, "model.mjs");
    await writeFile(bindings, js);
    const { load } = await import(/* @vite-ignore */ pathToFileURL(bindings).href);
    compiled = await load(wasm);
  }, 120_000);
  afterAll(() => rm(folder, { recursive: true }));

  const leaves = (v: unknown): readonly Result[] => {
    if (typeof v !== "object" || v === null) throw new Error("a result of another kind");
    if ("toTypedArray" in v) {
      const t = v as AnyTensor;
      return [{ data: t.toTypedArray(), shape: [...t.shape] }];
    }
    return "data" in v ? [v as Result] : Object.values(v).flatMap(leaves);
  };
  const inputs: Readonly<Record<string, readonly (readonly number[])[]>> = {
    ...{
      luSolve: [
        [2, 4, 4],
        [4, 2],
      ],
      solve: [
        [2, 4, 4],
        [4, 2],
      ],
    },
    ...{
      choleskySolve: [
        [2, 4, 4],
        [4, 2],
      ],
      solveTriangular: [
        [2, 4, 4],
        [4, 2],
      ],
    },
    ...{ luHigh: [[2, 5, 3]], qr: [[2, 5, 3]], householder: [[2, 5, 3]], svd: [[2, 5, 3]] },
    ...{ singular: [[2, 5, 3]], pinv: [[2, 5, 3]], qrWide: [[2, 3, 5]], svdWide: [[2, 3, 5]] },
    ...{ matrixRank: [[2, 3, 5]], norms: [[2, 3, 5]], products: [[2, 3, 5]] },
    ...{ eigh: [[3, 5, 5]], eigvalsh: [[3, 5, 5]], tensorinv: [[2, 3, 6]] },
    ...{
      tensorsolve: [
        [2, 6, 3],
        [2, 3],
      ],
      lstsq: [
        [2, 5, 3],
        [5, 2],
      ],
      lstsqWide: [
        [2, 3, 5],
        [3, 2],
      ],
    },
  };

  const entries = Object.entries(eager) as [string, (...x: readonly Tensor[]) => unknown][];
  it.each(entries)("%s gives eager's bits", (name, run) => {
    const given = (inputs[name] ?? [[2, 4, 4]]).map((shape) => rng.uniform(shape, -1, 1));
    const wanted = leaves(run(...given));
    const plain = given.map((x) => ({ data: x.toTypedArray(), shape: [...x.shape] }));
    const found = leaves(compiled[name]!(...plain));
    expect(found.map(({ shape }) => shape)).toEqual(wanted.map(({ shape }) => shape));
    expect(found.map(({ data }) => [...Array.from(data)])).toEqual(
      wanted.map(({ data }) => [...Array.from(data)]),
    );
  });

  it("everything that linalg exports is in the fixture", async () => {
    const text = (await import("node:fs")).readFileSync(file, "utf8");
    for (const name of Object.keys(linalg)) expect(text).toContain(`linalg.${name}(`);
  });
});

it("exponentials of matrices multiply, and have the traces' exponentials as determinants", () => {
  const x = rng.uniform([3, 4, 4], -3, 3);
  near(linalg.matrixExp(x).matmul(linalg.matrixExp(x.neg())).div(50), identity(4).div(50));
  const half = linalg.matrixExp(x.div(2));
  const whole = linalg.matrixExp(x);
  near(half.matmul(half).div(whole.abs().max()), whole.div(whole.abs().max()));
  const turn = tensor([
    [0, -Math.PI / 2],
    [Math.PI / 2, 0],
  ]);
  near(
    linalg.matrixExp(turn),
    tensor([
      [0, -1],
      [1, 0],
    ]),
  );
  near(
    linalg.matrixExp(
      tensor([
        [0, 0],
        [0, 0],
      ]),
    ),
    identity(2),
  );
});

it("solutions with the least squares leave errors that are orthogonal to the columns", () => {
  const [x, y] = [rng.uniform([2, 6, 3], -1, 1), rng.uniform([2, 6, 2], -1, 1)];
  const { solution, residuals } = linalg.lstsq(x, y);
  const error = x.matmul(solution).sub(y);
  expect(Number(turned(x).matmul(error).abs().max().item())).toBeLessThan(1e-5);
  near(residuals, error.square().sum(-2));
  const wide = linalg.lstsq(turned(x), y.narrow(1, 0, 3));
  near(turned(x).matmul(wide.solution), y.narrow(1, 0, 3));
  near(wide.solution, linalg.pinv(turned(x)).matmul(y.narrow(1, 0, 3)));
});
