/** Handwritten digits with LeNet-5, a small convolutional network. */

import { maxPool2d, nn, script, type Tensor } from "glim";

export class LeNet extends nn.Module {
  readonly conv1 = new nn.Conv2d(1, 6, 5, { padding: 2 });
  readonly conv2 = new nn.Conv2d(6, 16, 5);
  readonly fc1 = new nn.Linear(16 * 5 * 5, 120);
  readonly fc2 = new nn.Linear(120, 84);
  readonly fc3 = new nn.Linear(84, 10);

  /** What the last layer decides on: 84 numbers for each image. */
  features(images: Tensor<["B", 784]>) {
    let x = images.reshape([-1, 1, 28, 28]);
    x = maxPool2d(this.conv1.forward(x).relu(), 2); // [B, 6, 14, 14]
    x = maxPool2d(this.conv2.forward(x).relu(), 2); // [B, 16, 5, 5]
    return x.flatten(1).pipe(this.fc1).relu().pipe(this.fc2).relu();
  }

  forward(images: Tensor<["B", 784]>) {
    return this.fc3.forward(this.features(images));
  }
}

/** Trained with PyTorch. */
export const net = await new LeNet().load(new URL("./lenet.safetensors", import.meta.url));

/** One score for each digit. Images are 28×28, row by row, from 0 (paper) to 1 (ink). */
export const logits = script((images: Tensor<["B", 784]>) => net.forward(images));

/** The probability of each digit. */
export const classify = script((images: Tensor<["B", 784]>) => net.forward(images).softmax(-1));
