/** MobileNetV2: Sandler and others, "Inverted residuals and linear bottlenecks", 2018. */
import { nn, type Tensor } from "glim";
import { convBlock, inEights } from "./blocks.ts";

class InvertedResidual extends nn.Module {
  readonly conv: nn.Sequential;
  readonly isResidual: boolean;

  constructor(inputs: number, outputs: number, stride: number, expansion: number) {
    super();
    const inner = inputs * expansion;
    const expand = convBlock(inputs, inner, { kernel: 1, activation: new nn.ReLU6() });
    this.conv = new nn.Sequential(
      ...(expansion === 1 ? [] : [expand]),
      convBlock(inner, inner, { stride, groups: inner, activation: new nn.ReLU6() }),
      new nn.Conv2d(inner, outputs, 1, { bias: false }),
      new nn.BatchNorm2d(outputs),
    );
    this.isResidual = stride === 1 && inputs === outputs;
  }

  forward(x: Tensor): Tensor {
    const y = this.conv.forward(x);
    return this.isResidual ? x.add(y) : y;
  }
}

/** Of each stage: expansion, outputs, blocks, the first block's stride. */
const stages = [
  [1, 16, 1, 1],
  [6, 24, 2, 2],
  [6, 32, 3, 2],
  [6, 64, 4, 2],
  [6, 96, 3, 1],
  [6, 160, 3, 2],
  [6, 320, 1, 1],
] as const;

export class MobileNetV2 extends nn.Module {
  readonly features: nn.Sequential;
  readonly classifier: nn.Sequential;

  /** `width`: what all numbers of channels are multiplied by, but for the last one, which does not shrink. */
  constructor(classes = 1000, width = 1) {
    super();
    let inputs = inEights(32 * width);
    const first = inputs;
    const last = inEights(1280 * Math.max(1, width));
    const blocks: InvertedResidual[] = [];
    for (const [expansion, channels, count, stride] of stages) {
      const outputs = inEights(channels * width);
      for (let i = 0; i < count; i++) {
        blocks.push(new InvertedResidual(inputs, outputs, i === 0 ? stride : 1, expansion));
        inputs = outputs;
      }
    }
    this.features = new nn.Sequential(
      convBlock(3, first, { stride: 2, activation: new nn.ReLU6() }),
      ...blocks,
      convBlock(inputs, last, { kernel: 1, activation: new nn.ReLU6() }),
    );
    this.classifier = new nn.Sequential(new nn.Dropout(0.2), new nn.Linear(last, classes));
  }

  forward(x: Tensor): Tensor {
    return this.features.forward(x).mean([2, 3]).pipe(this.classifier);
  }
}
