/** A perceptron of three layers, for one digit. */

import { nn, script, type Tensor } from "glim";

const net = new nn.Sequential(
  new nn.Linear(784, 256),
  new nn.ReLU(),
  new nn.Linear(256, 128),
  new nn.ReLU(),
  new nn.Linear(128, 10),
);

export const mlp = script((x: Tensor<[1, 784]>) => net.forward(x));
