import { nll, optim, script, type Tensor } from "glim";
import { CharRnn } from "../../../samples/char-rnn/char-rnn.ts";
import { numbered } from "../../fixtures/architectures/weights.ts";

const net = numbered(new CharRnn(58, 32, 3));
const opt = new optim.SGD(net.parameters(), { lr: 0.03 });
/** A step as that of the sample's `train`; returns what the network then says. */
export const run = script((name: Tensor<["T"], "i32">, language: Tensor<[1], "i32">) => {
  opt.minimize(() => nll(net.forward(name), language));
  return net.forward(name);
});
