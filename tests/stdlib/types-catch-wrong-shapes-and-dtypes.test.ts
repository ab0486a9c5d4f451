// TypeScript compares rank, literal sizes and dtypes: each line below is checked by `npm run check`, where
// a mistake that TypeScript no longer sees is an error itself. Nothing here needs to run.
import {
  type AnyTensor,
  add,
  arange,
  crossEntropy,
  interpolate,
  nn,
  oneHot,
  ones,
  relu,
  script,
  type Tensor,
  tensor,
  where,
  zeros,
} from "glim";
import { expect, expectTypeOf, it } from "vitest";

declare const images: Tensor<["B", 784]>;
declare const row: Tensor<[784]>;
declare const narrow: Tensor<["B", 128]>;
declare const labels: Tensor<["B"], "i32">;
declare const flags: AnyTensor<"bool">;

const take = (x: Tensor<["N", 784]>): Tensor => x;
const count = (x: Tensor<["N"], "i32">): AnyTensor<"i32"> => x;

/** Never called: what it does is for TypeScript. */
function lines(): void {
  take(images);
  take(zeros([3, 784]));
  // @ts-expect-error another rank
  take(row);
  // @ts-expect-error another literal size
  take(narrow);
  count(labels);
  // @ts-expect-error another dtype
  count(images);
  // @ts-expect-error bools are not added
  take(flags);
  // @ts-expect-error only bools have logical operators
  images.logicalNot();
  // @ts-expect-error there is no such method
  images.backward();
  // @ts-expect-error a list of sizes, not sizes
  images.reshape(2, 392);
  // @ts-expect-error an entry point is a function
  script(3);
  // @ts-expect-error gelu is for floats
  labels.gelu();
  // @ts-expect-error a range is numbers and colons
  images.at("1-3");
  // @ts-expect-error positions are i32
  images.at(row);
  // @ts-expect-error there are two parts
  images.chunk(2)[2].relu();
  // @ts-expect-error targets are classes or probabilities
  crossEntropy(images, flags);
  // @ts-expect-error there is no such mode
  interpolate(images, { size: 2, mode: "smooth" });
  // @ts-expect-error shapes cannot be written
  images.shape[0] = 1;
  for (const [batch, pixels] of [images.shape])
    expectTypeOf(batch + pixels).toEqualTypeOf<number>();
}

it("mistakes stand in lines that are compiled and not run", () => {
  expect(lines).toBeTypeOf("function");
});

it("results have the types that are written down", () => {
  expectTypeOf(tensor([1, 2])).toEqualTypeOf<Tensor>();
  expectTypeOf(tensor([true])).toEqualTypeOf<AnyTensor<"bool">>();
  expectTypeOf(tensor([1], "i32")).toEqualTypeOf<AnyTensor<"i32">>();
  expectTypeOf(tensor(Int32Array.of(1))).toEqualTypeOf<AnyTensor<"i32">>();
  expectTypeOf(tensor([])).toEqualTypeOf<Tensor>();
  expectTypeOf(arange(3)).toEqualTypeOf<AnyTensor<"i32">>();
  expectTypeOf(arange(3).add(ones([3]))).toEqualTypeOf<Tensor>();
  expectTypeOf(arange(3).add(1)).toEqualTypeOf<AnyTensor<"i32">>();
  expectTypeOf(arange(3).div(2)).toEqualTypeOf<Tensor>();
  expectTypeOf(add(1, arange(3))).toEqualTypeOf<AnyTensor<"i32">>();
  expectTypeOf(relu(arange(3))).toEqualTypeOf<AnyTensor<"i32">>();
  expectTypeOf(where(tensor([true]), 0, arange(1))).toEqualTypeOf<AnyTensor<"i32">>();
  expectTypeOf(ones([2]).lt(0).sum()).toEqualTypeOf<AnyTensor<"i32">>();
  expectTypeOf(ones([6]).split([1, 2, 3])).toEqualTypeOf<readonly [Tensor, Tensor, Tensor]>();
  expectTypeOf(arange(6).chunk(2)).toEqualTypeOf<readonly [AnyTensor<"i32">, AnyTensor<"i32">]>();
  expectTypeOf(arange(6).split(2)).toEqualTypeOf<readonly AnyTensor<"i32">[]>();
  expectTypeOf(arange(6).at("1:", null)).toEqualTypeOf<AnyTensor<"i32">>();
  expectTypeOf(arange(6).with([0], 5)).toEqualTypeOf<AnyTensor<"i32">>();
  expectTypeOf(oneHot(arange(2), 3)).toEqualTypeOf<Tensor>();
  expectTypeOf(oneHot(arange(2), 3, "bool")).toEqualTypeOf<AnyTensor<"bool">>();
  expectTypeOf(arange(6).clamp(1, 4)).toEqualTypeOf<AnyTensor<"i32">>();
  expectTypeOf(ones([1]).item()).toEqualTypeOf<number>();
  expectTypeOf(tensor([true]).item()).toEqualTypeOf<boolean>();
  expectTypeOf(ones([1, 2]).pipe(new nn.Linear(2, 1))).toEqualTypeOf<Tensor>();
  const f = script((x: Tensor<["B", 2]>, o: { k?: number } = {}) => x.mul(o.k ?? 1));
  expectTypeOf(f).parameter(0).toEqualTypeOf<Tensor<["B", 2]>>();
  expect(f(ones([1, 2])).toTypedArray()).toEqual(Float32Array.of(1, 1));
});
