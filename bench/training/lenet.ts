// The step that all peers make: LeNet-5, cross-entropy, Adam.

import { crossEntropy, nn, optim, script, seed, type Tensor } from "glim";

seed(1);
const net = new nn.Sequential(
  new nn.Conv2d(1, 6, 5, { padding: 2 }),
  new nn.ReLU(),
  new nn.MaxPool2d(2),
  new nn.Conv2d(6, 16, 5),
  new nn.ReLU(),
  new nn.MaxPool2d(2),
  new nn.Flatten(),
  new nn.Linear(400, 120),
  new nn.ReLU(),
  new nn.Linear(120, 84),
  new nn.ReLU(),
  new nn.Linear(84, 10),
);
const opt = new optim.Adam(net.parameters(), { lr: 1e-3 });

export const step = script((x: Tensor<[64, 1, 28, 28]>, y: Tensor<[64], "i32">) =>
  opt.minimize(() => crossEntropy(net.forward(x), y)),
);
