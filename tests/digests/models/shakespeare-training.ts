import { crossEntropy, optim, script, type Tensor } from "glim";
import { Gpt, sizes } from "../../../samples/shakespeare/gpt.ts";
import { numbered } from "../../fixtures/architectures/weights.ts";

const net = numbered(new Gpt({ ...sizes, dim: 32, layers: 2 }));
const opt = new optim.AdamW(net.parameters(), { lr: 1e-3, betas: [0.9, 0.99], weightDecay: 0.1 });
/** A step as the sample's; returns what the network then says. */
export const run = script(
  (ids: Tensor<["B", "T"], "i32">, next: Tensor<["B", "T"], "i32">) => {
    opt.minimize(() => {
      const scores = net.forward(ids).reshape([-1, sizes.vocab]);
      return crossEntropy(scores, next.reshape([-1]));
    });
    return net.forward(ids);
  },
  { dims: { T: [1, sizes.context] } },
);
