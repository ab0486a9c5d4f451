/** The blocks that MobileNets and EfficientNets are made of, under torchvision's names. */
import { nn, type Tensor } from "glim";

/** The multiple of 8 nearest to a number of channels, but not below nine tenths of it. */
export function inEights(channels: number): number {
  const near = Math.max(8, Math.floor((channels + 4) / 8) * 8);
  return near < 0.9 * channels ? near + 8 : near;
}

export interface ConvBlockOptions {
  readonly kernel?: number;
  readonly stride?: number;
  readonly groups?: number;
  readonly eps?: number;
  readonly activation?: nn.Module & { forward(x: Tensor): Tensor };
}

/** A convolution that keeps the size, but for its stride; batch normalisation; and an activation. */
export function convBlock(
  inputs: number,
  outputs: number,
  { kernel = 3, stride = 1, groups = 1, eps = 1e-5, activation }: ConvBlockOptions,
): nn.Sequential {
  const padding = (kernel - 1) / 2;
  const conv = new nn.Conv2d(inputs, outputs, kernel, { stride, padding, groups, bias: false });
  const norm = new nn.BatchNorm2d(outputs, { eps });
  return activation ? new nn.Sequential(conv, norm, activation) : new nn.Sequential(conv, norm);
}

/** Weighs channels by what is in all of them: Hu and others, "Squeeze-and-excitation networks", 2017. */
export class SqueezeExcitation extends nn.Module {
  readonly fc1: nn.Conv2d;
  readonly fc2: nn.Conv2d;
  readonly inner: "relu" | "silu";
  readonly outer: "hardsigmoid" | "sigmoid";

  constructor(
    channels: number,
    squeezed: number,
    inner: "relu" | "silu",
    outer: "hardsigmoid" | "sigmoid",
  ) {
    super();
    this.fc1 = new nn.Conv2d(channels, squeezed, 1);
    this.fc2 = new nn.Conv2d(squeezed, channels, 1);
    this.inner = inner;
    this.outer = outer;
  }

  forward(x: Tensor): Tensor {
    const few = this.fc1.forward(x.mean([2, 3], { keepDim: true }));
    const scores = this.fc2.forward(this.inner === "relu" ? few.relu() : few.silu());
    return x.mul(this.outer === "sigmoid" ? scores.sigmoid() : scores.hardsigmoid());
  }
}
