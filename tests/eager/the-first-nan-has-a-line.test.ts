// A NaN spreads over everything: only where it was made says what is wrong.

import { grad, stopAtNaN, type Tensor, tensor, vmap } from "glim";
import { describe, expect, it } from "vitest";
import { GlimError } from "#glim/runtime/eager/glim-error.js";

function messageOf(f: () => unknown): string {
  try {
    stopAtNaN(f);
  } catch (error) {
    if (error instanceof GlimError && error.code === "GLIM5003") return error.message;
    throw error;
  }
  return "no NaN";
}

const x = tensor([1, 0, -4]);

describe("stopAtNaN", () => {
  it("names the operator, the element and the line", () => {
    const message = messageOf(() => x.log().mean());
    expect(message).toMatch(
      /^log: the first NaN is element \[2\] of f32\[3\] \(.*the-first-nan-has-a-line\.test\.ts:\d+:\d+\)$/,
    );
  });

  it("names what is gone back through, and the line of that", () => {
    const norm = (y: Tensor) => y.mul(0).sum().sqrt();
    const line = Number(/:(\d+):\d+\)?$/.exec(new Error("here").stack!.split("\n")[1]!)![1]) - 1;
    const message = messageOf(() => grad(norm)(x));
    expect(message).toMatch(/^\w+: the first NaN on the way back through \w+ is element/);
    expect(message).toContain(`the-first-nan-has-a-line.test.ts:${line}:`);
  });

  it("says where a NaN was given", () => {
    const message = messageOf(() => x.add(tensor([1, Number.NaN, 2])));
    expect(message).toMatch(/^add: the first NaN is element \[1\] .*operand b has NaN already/);
  });

  it("looks at all examples of a mapped function", () => {
    expect(messageOf(() => vmap((y: Tensor) => y.log())(x))).toMatch(/^log: /);
  });

  it("lets everything else run, and what is outside", () => {
    expect(messageOf(() => x.abs().sqrt())).toBe("no NaN");
    expect(x.log().toList()[2]).toBeNaN();
  });
});
