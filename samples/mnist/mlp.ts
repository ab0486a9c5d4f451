/** Handwritten digits with a perceptron of two layers. */

import { nn, script, type Tensor } from "glim";

export class Mlp extends nn.Module {
  readonly fc1 = new nn.Linear(784, 128);
  readonly fc2 = new nn.Linear(128, 10);

  forward(x: Tensor<["B", 784]>) {
    return x.pipe(this.fc1).relu().pipe(this.fc2);
  }
}

const net = await new Mlp().load(new URL("./mlp.safetensors", import.meta.url));

/** One score for each digit. Images are 28×28, row by row, from 0 (paper) to 1 (ink). */
export const logits = script((images: Tensor<["B", 784]>) => net.forward(images));

/** The probability of each digit. */
export const classify = script((images: Tensor<["B", 784]>) => net.forward(images).softmax(-1));
