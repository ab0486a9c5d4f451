// A language model shows in one run whether weights, attention, state and numbers are right: 201 tokens are
// those of a reference, eagerly, and compiled with and without what earlier steps left.
import { readFileSync } from "node:fs";
import { type AnyTensor, tensor } from "glim";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as llama from "../../samples/llama/llama.ts";
import { shared } from "../shared-material.ts";
import {
  type CompiledFixture,
  compileFixture,
  expectSameBits,
  plainOf,
} from "../stdlib/compiled-fixture.ts";

const weights = shared("models/stories260K.safetensors");
const expected: {
  readonly greedy_ids_from_bos: readonly number[];
  readonly prompt_ids: readonly number[];
  readonly prompt_logits_last: readonly number[];
} = weights && JSON.parse(readFileSync(shared("models/stories260K.expected.json")!, "utf8"));

const idsOf = (list: readonly number[]): AnyTensor<"i32"> => tensor([...list], "i32");

describe.skipIf(weights === undefined)("stories260K", () => {
  let compiled: CompiledFixture;
  beforeAll(async () => {
    await llama.net.load(weights!);
    compiled = await compileFixture("../samples/llama/llama.ts", { weights: weights! });
  }, 120_000);
  afterAll(() => compiled.dispose());

  it("the scores after a prompt are the reference's, and compiled eager mode's", () => {
    const prompt = idsOf(expected.prompt_ids);
    const scores = llama.logits(prompt);
    const last = scores.narrow(0, prompt.length - 1, 1).toTypedArray();
    const largest = Math.max(...expected.prompt_logits_last.map(Math.abs));
    expected.prompt_logits_last.forEach((want, i) => {
      expect(Math.abs(last[i]! - want) / largest).toBeLessThanOrEqual(1e-4);
    });
    expectSameBits(compiled.entries.logits!(plainOf(prompt)), scores);
  });

  const story = (): readonly number[] => expected.greedy_ids_from_bos;

  it("all tokens at once name each next one", () => {
    const ids = story();
    const given = idsOf(ids.slice(0, -1));
    const scores = llama.logits(given);
    expect(scores.argmax(-1).toList()).toEqual(ids.slice(1));
    expectSameBits(compiled.entries.logits!(plainOf(given)), scores);
  });

  it("step by step, eagerly and compiled", () => {
    const next = compiled.entries.next as unknown as (token: number) => number;
    const [eager, fast] = [[1], [1]];
    for (let i = 1; i < story().length; i++) {
      eager.push(llama.next(eager.at(-1)!));
      fast.push(next(fast.at(-1)!));
    }
    expect(eager).toEqual(story());
    expect(fast).toEqual(story());
  });
});
