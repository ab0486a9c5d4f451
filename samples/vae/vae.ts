/** The variational autoencoder: Kingma and Welling, "Auto-encoding variational Bayes", 2013. */
import { nn, type Tensor } from "glim";

/** Digits of 28 × 28 pixels as 20 numbers, and back. */
export class Vae extends nn.Module {
  readonly fc1 = new nn.Linear(784, 400);
  readonly fc21 = new nn.Linear(400, 20);
  readonly fc22 = new nn.Linear(400, 20);
  readonly fc3 = new nn.Linear(20, 400);
  readonly fc4 = new nn.Linear(400, 784);

  /** Mean and logarithm of the variance of the code. */
  encode(x: Tensor): { readonly mean: Tensor; readonly logVariance: Tensor } {
    const h = this.fc1.forward(x).relu();
    return { mean: this.fc21.forward(h), logVariance: this.fc22.forward(h) };
  }

  decode(z: Tensor): Tensor {
    return this.fc3.forward(z).relu().pipe(this.fc4).sigmoid();
  }

  /** A code drawn with `noise`, which is normal. */
  sample({ mean, logVariance }: ReturnType<Vae["encode"]>, noise: Tensor): Tensor {
    return logVariance.mul(0.5).exp().mul(noise).add(mean);
  }
}
