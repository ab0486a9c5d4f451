import { crossEntropy, optim, script, type Tensor } from "glim";
import { LeNet } from "../../../samples/mnist/lenet.ts";
import { numbered } from "../../fixtures/architectures/weights.ts";

const net = numbered(new LeNet());
const opt = new optim.Adam(net.parameters(), { lr: 1e-3 });
/** A step as those of the sample's `train`; returns what the network then says. */
export const run = script((images: Tensor<["B", 784]>, labels: Tensor<["B"], "i32">) => {
  opt.minimize(() => crossEntropy(net.forward(images), labels));
  return net.forward(images);
});
