// Examples that would go different ways cannot run at once: that is said alike eagerly and when compiling.

import * as glim from "glim";
import { describe, expect, it } from "vitest";
import { checkProgram } from "../diagnostics/check-program.ts";

/** The body of a function of `y`, an example's f32[3]; `cell` is a parameter, `kept` a variable outside. */
const bodies: readonly (readonly [string, string, string])[] = [
  ["a number is read", "return y.sum().item() > 0 ? y : y.neg();", "GLIM1114"],
  ["a list is read", "return y.toList()[0]! > 0 ? y : y.neg();", "GLIM1114"],
  ["a mask decides a size", "return y.at(y.gt(0)).sum();", "GLIM1114"],
  ["a parameter is written", "cell.assign(y); return y;", "GLIM1114"],
  ["one is used outside", "kept = y.mul(2); return y;", "GLIM1114"],
  ["a result has too many axes", "return y.reshape([1, 1, 1, 1, 1, 1, 3, 1]);", "GLIM4031"],
];

const programOf = (body: string): string => `
import { nn, script, type Tensor, vmap, zeros } from "glim";
const cell = new nn.Parameter(zeros([3]));
export const f = script((x: Tensor<[2, 3]>) => {
  let kept: Tensor = cell;
  const y = vmap((y: Tensor<[3]>) => { ${body} })(x);
  return [y, kept.add(1)];
});
`;

function runEagerly(body: string): unknown {
  const { nn, vmap, zeros } = glim;
  const plain = body.replaceAll("!", "");
  const f = new Function(
    ...["vmap", "cell", "x"],
    `let kept = cell; const y = vmap((y) => { ${plain} })(x); return [y, kept.add(1)];`,
  );
  return f(vmap, new nn.Parameter(zeros([3])), new glim.Rng(1).normal([2, 3]));
}

function codeOf(run: () => unknown): unknown {
  try {
    run();
    return undefined;
  } catch (error) {
    return error instanceof glim.GlimError ? error.code : error;
  }
}

describe.each(bodies)("%s", (_, body, code) => {
  it("eagerly", () => {
    expect(codeOf(() => runEagerly(body))).toBe(code);
  });

  it("when compiling", async () => {
    const { diagnostics } = await checkProgram(programOf(body));
    expect(diagnostics.map((d) => d.code)).toEqual([code]);
  });
});

describe("arguments that do not fit", () => {
  const { vmap, zeros, tensor } = glim;
  const sum = (a: glim.Tensor, b: glim.Tensor) => a.add(b);
  it.each([
    ["different counts", () => vmap(sum)(zeros([2, 3]), zeros([4, 3])), "GLIM3001"],
    ["no such axis", () => vmap(sum, { inAxes: [0, 2] })(zeros([2]), zeros([2])), "GLIM3003"],
    ["no examples", () => vmap(sum, { inAxes: [null, null] })(tensor(1), tensor(1)), "GLIM3004"],
    ["too few axes", () => vmap(sum, { inAxes: [0] })(zeros([2]), zeros([2])), "GLIM3004"],
    ["no such result", () => vmap(sum, { outAxes: 3 })(zeros([2]), zeros([2])), "GLIM3003"],
  ])("%s", (_, run, code) => {
    expect(codeOf(run)).toBe(code);
  });
});
