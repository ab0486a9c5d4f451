/** Text tokens one after another with GPT-2. */
import { Rng, script, type Tensor, where } from "glim";
import { Gpt2, gpt2, gpt2Weights } from "./gpt2.ts";

const net = await new Gpt2(gpt2).load(new URL("./model.safetensors", import.meta.url), {
  ...gpt2Weights,
  ifMissing: "keep",
});
const rng = new Rng(0);

/** The scores of the token after each of `tokens`. */
export const logits = script((tokens: Tensor<["T"], "i32">) => net.forward(tokens), {
  dims: { T: [1, gpt2.context] },
});

/** A token after `token`, which comes after those of the calls before, drawn from the 40 likeliest. */
export const next = script((token: number, { temperature = 1 }: { temperature?: number } = {}) => {
  const scores = net.step(token).squeeze(0);
  const { values } = scores.topk(40);
  const kept = where(scores.lt(values.min()), -Infinity, scores.div(temperature));
  return rng.categorical(kept).item();
});
