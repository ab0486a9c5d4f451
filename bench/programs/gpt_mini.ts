/** The sample's GPT-2 with 11 million weights, at the lengths that the benchmark measures. */

import { script, type Tensor } from "glim";
import { Gpt2 } from "../../samples/gpt2/gpt2.ts";

const net = new Gpt2({ vocab: 256, context: 512, dim: 384, heads: 6, layers: 6 });

export const gpt_mini = script((tokens: Tensor<[128], "i32">) => net.forward(tokens));
export const tokens64 = script((tokens: Tensor<[64], "i32">) => net.forward(tokens));
export const tokens512 = script((tokens: Tensor<[512], "i32">) => net.forward(tokens));
