import { script, type Tensor } from "glim";
import { Llama } from "../../../samples/llama/llama.ts";
import { numbered } from "../../fixtures/architectures/weights.ts";

const net = numbered(new Llama());
export const run = script((tokens: Tensor<["T"], "i32">) => net.forward(tokens), {
  dims: { T: [1, 512] },
});
