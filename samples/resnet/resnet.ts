/** Residual networks: He and others, "Deep residual learning for image recognition", 2015. */
import { maxPool2d, nn, type Tensor } from "glim";

const conv = (inputs: number, outputs: number, kernel: number, stride = 1): nn.Conv2d =>
  new nn.Conv2d(inputs, outputs, kernel, { stride, padding: (kernel - 1) / 2, bias: false });

/** What brings the input to the output's shape, where it differs. */
function shortcut(inputs: number, outputs: number, stride: number): nn.Sequential | undefined {
  if (stride === 1 && inputs === outputs) return undefined;
  return new nn.Sequential(conv(inputs, outputs, 1, stride), new nn.BatchNorm2d(outputs));
}

/** Two convolutions of 3 × 3. */
class BasicBlock extends nn.Module {
  readonly conv1: nn.Conv2d;
  readonly bn1: nn.BatchNorm2d;
  readonly conv2: nn.Conv2d;
  readonly bn2: nn.BatchNorm2d;
  readonly downsample: nn.Sequential | undefined;

  constructor(inputs: number, width: number, stride: number) {
    super();
    this.conv1 = conv(inputs, width, 3, stride);
    this.bn1 = new nn.BatchNorm2d(width);
    this.conv2 = conv(width, width, 3);
    this.bn2 = new nn.BatchNorm2d(width);
    this.downsample = shortcut(inputs, width, stride);
  }

  forward(x: Tensor): Tensor {
    const skip = this.downsample === undefined ? x : this.downsample.forward(x);
    const h = x.pipe(this.conv1, this.bn1).relu().pipe(this.conv2, this.bn2);
    return h.add(skip).relu();
  }
}

/** A convolution of 3 × 3 between two of 1 × 1, the last of which makes four times as many channels. */
class Bottleneck extends nn.Module {
  readonly conv1: nn.Conv2d;
  readonly bn1: nn.BatchNorm2d;
  readonly conv2: nn.Conv2d;
  readonly bn2: nn.BatchNorm2d;
  readonly conv3: nn.Conv2d;
  readonly bn3: nn.BatchNorm2d;
  readonly downsample: nn.Sequential | undefined;

  constructor(inputs: number, width: number, stride: number) {
    super();
    this.conv1 = conv(inputs, width, 1);
    this.bn1 = new nn.BatchNorm2d(width);
    this.conv2 = conv(width, width, 3, stride);
    this.bn2 = new nn.BatchNorm2d(width);
    this.conv3 = conv(width, 4 * width, 1);
    this.bn3 = new nn.BatchNorm2d(4 * width);
    this.downsample = shortcut(inputs, 4 * width, stride);
  }

  forward(x: Tensor): Tensor {
    const skip = this.downsample === undefined ? x : this.downsample.forward(x);
    const h = x.pipe(this.conv1, this.bn1).relu().pipe(this.conv2, this.bn2).relu();
    return h.pipe(this.conv3, this.bn3).add(skip).relu();
  }
}

type Counts = readonly [number, number, number, number];

export class ResNet extends nn.Module {
  readonly conv1: nn.Conv2d;
  readonly bn1: nn.BatchNorm2d;
  readonly layer1: nn.Sequential;
  readonly layer2: nn.Sequential;
  readonly layer3: nn.Sequential;
  readonly layer4: nn.Sequential;
  readonly fc: nn.Linear;

  /** `width`: the channels of the first stage. */
  constructor(block: "basic" | "bottleneck", counts: Counts, classes = 1000, width = 64) {
    super();
    this.conv1 = conv(3, width, 7, 2);
    this.bn1 = new nn.BatchNorm2d(width);
    const widening = block === "basic" ? 1 : 4;
    const stage = (inputs: number, width: number, count: number, stride: number): nn.Sequential => {
      const blocks = Array.from({ length: count }, (_, i) => {
        const [from, step] = i === 0 ? [inputs, stride] : [width * widening, 1];
        return block === "basic"
          ? new BasicBlock(from, width, step)
          : new Bottleneck(from, width, step);
      });
      return new nn.Sequential(...blocks);
    };
    const out = width * widening;
    this.layer1 = stage(width, width, counts[0], 1);
    this.layer2 = stage(out, 2 * width, counts[1], 2);
    this.layer3 = stage(2 * out, 4 * width, counts[2], 2);
    this.layer4 = stage(4 * out, 8 * width, counts[3], 2);
    this.fc = new nn.Linear(8 * out, classes);
  }

  forward(x: Tensor): Tensor {
    const h = x.pipe(this.conv1, this.bn1).relu();
    const pooled = maxPool2d(h, 3, { stride: 2, padding: 1 });
    const features = pooled.pipe(this.layer1, this.layer2, this.layer3, this.layer4);
    return this.fc.forward(features.mean([2, 3]));
  }
}

export const resnet18 = (): ResNet => new ResNet("basic", [2, 2, 2, 2]);
export const resnet50 = (): ResNet => new ResNet("bottleneck", [3, 4, 6, 3]);
