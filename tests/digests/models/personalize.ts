import { crossEntropy, optim, script, type Tensor } from "glim";
import { net } from "../../../samples/personalize/personalize.ts";
import { numbered } from "../../fixtures/architectures/weights.ts";

numbered(net.head);
const opt = new optim.SGD(net.head.parameters(), { lr: 0.1, momentum: 0.9 });
/** A step as the sample's `learn`; returns the scores that it then gives. */
export const run = script((images: Tensor<["B", 784]>, labels: Tensor<["B"], "i32">) => {
  const features = net.features(images);
  opt.minimize(() => crossEntropy(net.head.forward(features), labels));
  return net.head.forward(features);
});
