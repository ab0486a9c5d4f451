// "Is my model in there?" is what everyone asks first: the known ones give what PyTorch gives, from its own
// state_dicts, and the same bits compiled.
import type { AnyTensor } from "glim";
import { describe, expect, it } from "vitest";
import { architectures, inputsOf } from "../fixtures/architectures/weights.ts";
import { compileFixture, expectSameBits, plainOf } from "../stdlib/compiled-fixture.ts";

describe.each(Object.entries(architectures))("%s", (name, { shape, output }) => {
  it("agrees with PyTorch within 1e-4, and compiled to the bit", { timeout: 120_000 }, async () => {
    const { run }: { run: (...x: readonly AnyTensor[]) => AnyTensor } = await import(
      `../fixtures/architectures/${name}.ts`
    );
    const inputs = inputsOf(name);
    const found = run(...inputs);
    const wanted = new Float32Array(new Uint8Array(Buffer.from(output, "base64")).buffer);
    expect(found.shape).toEqual(shape);
    const largest = wanted.reduce((a, b) => Math.max(a, Math.abs(b)), 0);
    const values = found.toTypedArray();
    const error = wanted.reduce((most, w, i) => Math.max(most, Math.abs(values[i]! - w)), 0);
    expect(error / largest).toBeLessThanOrEqual(1e-4);
    const compiled = await compileFixture(`fixtures/architectures/${name}.ts`);
    expectSameBits(compiled.entries.run!(...inputs.map(plainOf)), found);
    await compiled.dispose();
  });
});

describe.each(["gpt2", "charLstm"])("%s", (name) => {
  it("gives step by step what it gives at once, also compiled", { timeout: 120_000 }, async () => {
    const { run, step } = await import(`../fixtures/architectures/${name}.ts`);
    const tokens = inputsOf(name)[0] as AnyTensor<"i32">;
    const all: AnyTensor = run(tokens);
    const compiled = await compileFixture(`fixtures/architectures/${name}.ts`);
    for (const [i, token] of tokens.flatten().toList().entries()) {
      const scores: AnyTensor = step(token);
      const wanted = all.narrow(0, i, 1).toTypedArray();
      scores.toTypedArray().forEach((x, k) => {
        expect(x).toBeCloseTo(wanted[k]!, 3);
      });
      expectSameBits(compiled.entries.step!(token), scores);
    }
    await compiled.dispose();
  });
});
