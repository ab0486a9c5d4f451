// Sums of cotangents are rounded, so the order of adding them is part of the result (rule 5).

import { describe, expect, it } from "vitest";
import * as glim from "#glim/stdlib/index.js";

type Tensor = glim.Tensor;
const { grad, valueAndGrad, tensor, stopGradient, nn } = glim;

const list = (t: Tensor): readonly number[] => [...t.toTypedArray()];

/** Three numbers whose sum depends on the order of adding. */
const [big, small, minus] = [1e8, 1, -1e8];

describe("contributions", () => {
  it("come in reverse order of execution", () => {
    const f = (x: Tensor): Tensor => {
      const a = x.mul(small);
      const b = x.mul(minus);
      const c = x.mul(big);
      return a.add(b).add(c).sum();
    };
    // ((big + minus) + small), not ((small + minus) + big), which is 0.
    expect(list(grad(f)(tensor([1])))).toEqual([1]);
    const g = (x: Tensor): Tensor => {
      const c = x.mul(big);
      const b = x.mul(small);
      const a = x.mul(minus);
      return a.add(b).add(c).sum();
    };
    expect(list(grad(g)(tensor([1])))).toEqual([0]);
  });

  it("come in operand order within an operation", () => {
    // 3·x: the first operand's cotangent is b = 3, the second's a = x.
    const f = (x: Tensor): Tensor => x.mul(x).sum();
    expect(list(grad(f)(tensor([3])))).toEqual([6]);
  });

  it("are taken as they are when they are the first", () => {
    const f = (x: Tensor): Tensor => x.mul(-0).sum();
    expect(Object.is(list(grad(f)(tensor([1])))[0], -0)).toBe(true);
  });

  it("do not come from what has no cotangent", () => {
    const f = (x: Tensor): Tensor => {
      x.log().mul(0);
      return x.mul(2).sum();
    };
    // The logarithm's gradient at 0 would be infinite, and 0 · ∞ is NaN.
    expect(list(grad(f)(tensor([0])))).toEqual([2]);
  });

  it("are zero where nothing flows", () => {
    const f = (x: Tensor): Tensor => stopGradient(x).mul(3).sum();
    expect(list(grad(f)(tensor([1, 2])))).toEqual([0, 0]);
  });
});

describe("cells", () => {
  it("have one cotangent under two names", () => {
    const tied = new nn.Parameter(tensor([2]));
    const f = (): Tensor => tied.mul(3).add(tied.mul(tied)).sum();
    expect(valueAndGrad(f, [tied])().grads.map(list)).toEqual([[7]]);
  });

  it("that are written keep what was computed from them before", () => {
    const mean = new nn.Buffer(tensor([5]));
    const f = (x: Tensor): Tensor => {
      const y = x.mul(mean);
      mean.assign(tensor([7]));
      return y.sum();
    };
    expect(list(grad(f)(tensor([1])))).toEqual([5]);
    expect(list(mean)).toEqual([7]);
  });

  it("are no longer the tensor that was written to them before", () => {
    const cell = new nn.Parameter(tensor([0]));
    const f = (x: Tensor): Tensor => {
      const given = x.mul(1);
      cell.assign(given);
      return valueAndGrad(() => given.mul(cell).sum(), [cell])().grads[0]!.sum();
    };
    expect(list(grad(f)(tensor([3])))).toEqual([1]);
    expect(list(f(tensor([3])))).toEqual([3]);
  });

  it("pass on what flows to a tensor that was written to them", () => {
    const kept = new nn.Buffer(tensor([0]));
    const f = (x: Tensor): Tensor => {
      kept.assign(x.mul(2));
      return kept.mul(kept).sum();
    };
    expect(list(grad(f)(tensor([3])))).toEqual([24]);
  });
});

describe("gradients of gradients", () => {
  it("see the variables of the function around them", () => {
    // d/dx (x · d/dy (x·y)) = d/dx x² — a tape must not take the two for one variable.
    const f = (x: Tensor): Tensor => x.mul(grad((y: Tensor) => x.mul(y).sum())(x)).sum();
    expect(list(grad(f)(tensor([3])))).toEqual([6]);
  });

  it("go through parameters", () => {
    const w = new nn.Parameter(tensor([2]));
    const slope = (x: Tensor): Tensor => grad((y: Tensor) => w.mul(y).mul(y).sum())(x).sum();
    expect(valueAndGrad(() => slope(tensor([3])), [w])().grads.map(list)).toEqual([[6]]);
  });

  it("give second derivatives", () => {
    const f = (x: Tensor): Tensor => x.mul(x).mul(x).sum();
    expect(
      list(
        glim
          .hessian(f)(tensor([1, 2]))
          .reshape([4]),
      ),
    ).toEqual([6, 0, 0, 12]);
  });
});

describe("products with derivatives", () => {
  const f = (x: Tensor): Tensor => x.mul(x).at(":2");

  it("vjp takes one cotangent for each result", () => {
    const { value, grad: back } = glim.vjp(f)(tensor([1, 2, 3]), tensor([10, 1]));
    expect([list(value), list(back)]).toEqual([
      [1, 4],
      [20, 4, 0],
    ]);
  });

  it("jvp takes one tangent for each argument", () => {
    const { value, tangent } = glim.jvp(f)(tensor([1, 2, 3]), tensor([10, 1, 5]));
    expect([list(value), list(tangent)]).toEqual([
      [1, 4],
      [20, 4],
    ]);
  });
});

describe("customGrad", () => {
  const triple = glim.customGrad(
    (x: Tensor) => ({ value: x.mul(2), saved: x }),
    (saved, g) => [g.mul(saved)],
  );

  it("goes back by its own function", () => {
    expect(list(triple(tensor([5])))).toEqual([10]);
    expect(list(grad((x: Tensor) => triple(x).sum())(tensor([5])))).toEqual([5]);
  });

  it("is differentiated again through its own function", () => {
    const f = (x: Tensor): Tensor => grad((y: Tensor) => triple(y).sum())(x).sum();
    expect(list(grad(f)(tensor([5])))).toEqual([1]);
  });
});

describe("what has no gradient", () => {
  const wrong: readonly (readonly [string, () => unknown, RegExp])[] = [
    ["a result of several elements", () => grad((x: Tensor) => x)(tensor([1, 2])), /f32\[2\]/],
    ["integers", () => grad((x: Tensor) => x.sum())(tensor([1], "i32") as never), /i32\[1\]/],
    [
      "a number read from what is differentiated",
      () => grad((x: Tensor) => x.mul(x.sum().item()).sum())(tensor([1])),
      /stopGradient/,
    ],
    ["a cotangent of another shape", () => glim.vjp((x) => x)(tensor([1]), tensor([1, 2])), /vjp/],
  ];

  it.each(wrong)("%s", (_, run, message) => {
    expect(run).toThrow(message);
  });
});
