/**
 * Learns a user's own kinds of pictures on the spot: LeNet's features stay as they are, and only a small head is
 * trained, on a few examples.
 */

import { crossEntropy, nn, optim, script, type Tensor } from "glim";
import { net as trunk } from "../mnist/lenet.ts";

/** How many kinds of pictures there can be. */
const kinds = 5;

class Personal extends nn.Module {
  /** No gradient, and as outside of training. */
  readonly trunk = trunk.freeze();
  readonly head = new nn.Linear(84, kinds);

  features(images: Tensor<["B", 784]>) {
    return this.trunk.features(images);
  }
}

export const net = new Personal();
const opt = new optim.SGD(net.head.parameters(), { lr: 0.1, momentum: 0.9 });

/** Features of pictures; training then works on these. */
export const features = script((images: Tensor<["B", 784]>) => net.features(images));

/** One step on what the user has said so far; returns the loss. */
export const learn = script(
  (features: Tensor<["B", 84]>, labels: Tensor<["B"], "i32">, lr: number) => {
    opt.lr = lr;
    return opt.minimize(() => crossEntropy(net.head.forward(features), labels)).item();
  },
);

/** The probability of each kind. */
export const predict = script((images: Tensor<["B", 784]>) =>
  net.head.forward(net.features(images)).softmax(-1),
);
