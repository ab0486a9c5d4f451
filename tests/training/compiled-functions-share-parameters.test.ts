// `compile(f)` gives the same function: a program that mixes it with eager code must learn the same bits.

import { fileURLToPath } from "node:url";
import { type AnyTensor, Rng, type Tensor, tensor } from "glim";
import { describe, expect, it } from "vitest";
import { compile } from "#glim/cli/compiler.js";
import { loadModel } from "#glim/cli/loader/load-model.js";
import { plainValue } from "../gradients/plain-value.ts";

const path = fileURLToPath(new URL("../fixtures/training/shared.ts", import.meta.url));

type Shared = typeof import("../fixtures/training/shared.ts");
const loaded = async (): Promise<Shared> => (await loadModel(path)).exports as unknown as Shared;

const rng = new Rng(1);
const batch = (rows: number): readonly [Tensor<["B", 6]>, AnyTensor<"i32">] => [
  rng.normal([rows, 6]),
  rng.integers([rows], 0, 3),
];
const rounds = Array.from({ length: 6 }, (_, i) => batch(4 + i));
const images = rng.normal([5, 6]);

/** Everything that training changes. */
const stateOf = ({ net, opt, noise }: Shared): unknown =>
  plainValue([Object.fromEntries(net.stateDict()), opt.steps, noise.position]);

describe("compile(f)", { timeout: 120_000 }, () => {
  it("shares parameters, averages, generators and counts with eager code", async () => {
    const [eager, mixed] = [await loaded(), await loaded()];
    const [step, classify] = [await compile(mixed.step), await compile(mixed.classify)];
    rounds.forEach(([x, labels], i) => {
      const wanted = plainValue(eager.step(x, labels));
      const found = plainValue(i % 3 === 1 ? mixed.step(x, labels) : step(x, labels));
      expect(found, `step ${i}`).toEqual(wanted);
      expect(stateOf(mixed), `after step ${i}`).toEqual(stateOf(eager));
      expect(plainValue(classify(images))).toEqual(plainValue(eager.classify(images)));
    });
    mixed.net.load(new Map(eager.net.stateDict()));
    const weight = mixed.net.parameters()[0]!;
    weight.assign(weight.mul(2));
    expect(plainValue(classify(images))).toEqual(plainValue(mixed.classify(images)));
  });

  it("lists a module's parameters inside of script", async () => {
    const [eager, other] = [await loaded(), await loaded()];
    const fast = await compile(other.slopes);
    expect(plainValue(fast(images))).toEqual(plainValue(eager.slopes(images)));
  });

  it("does not run with a constant that has changed", async () => {
    const { scaled, settings } = await loaded();
    const fast = await compile(scaled);
    expect(plainValue(fast(tensor([1, 2])))).toEqual(plainValue(tensor([2, 4])));
    settings.factor = 3;
    expect(() => fast(tensor([1, 2]))).toThrow("factor was 2 when the function was compiled");
  });

  it("says how to run a program whose source is not known", async () => {
    await expect(compile(function mystery() {})).rejects.toThrow("the source of `mystery`");
  });
});
