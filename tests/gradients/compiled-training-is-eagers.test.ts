// A run that is trained compiled must be the run that is trained eagerly, to the last bit of every weight.

import { tensor } from "glim";
import { describe, expect, it } from "vitest";
import { bothWays } from "./both-ways.ts";
import { plainValue } from "./plain-value.ts";

const ways = bothWays("fixtures/gradients/steps.ts");

function both(name: string, inputs: readonly (Float32Array | Int32Array)[], shapes: number[][]) {
  const run = ways.eager[name];
  if (typeof run !== "function") throw new Error(`no entry ${name}`);
  const wanted = run(
    ...inputs.map((data, i) =>
      data instanceof Int32Array ? tensor(data, shapes[i]!) : tensor(data, shapes[i]!),
    ),
  );
  const plain = inputs.map((data, i) => ({ data, shape: shapes[i]! }));
  return { wanted: plainValue(wanted), found: plainValue(ways.compiled.entries[name]!(...plain)) };
}

const floats = (length: number, from: number): Float32Array =>
  Float32Array.from({ length }, (_, i) => Math.sin(from + i * 1.7) * 1.5);
const labels = (length: number, from: number): Int32Array =>
  Int32Array.from({ length }, (_, i) => (i * 2 + from) % 3);

describe("each step gives the same loss, and the weights after all of them the same results", () => {
  it("an MLP with dropout and Adam", () => {
    for (let round = 0; round < 12; round++) {
      const batch = 1 + (round % 4);
      const given = [floats(batch * 6, round), labels(batch, round)];
      const { found, wanted } = both("step", given, [[batch, 6], [batch]]);
      expect(found, `step ${round}`).toEqual(wanted);
    }
    const { found, wanted } = both("classify", [floats(12, 1)], [[2, 6]]);
    expect(found).toEqual(wanted);
  });

  it("a convolution with batch norm, momentum and a second result", () => {
    for (let round = 0; round < 6; round++) {
      const given = [floats(3 * 16, round), labels(3, round)];
      const { found, wanted } = both("convStep", given, [[3, 1, 4, 4], [3]]);
      expect(found, `step ${round}`).toEqual(wanted);
    }
  });
});
