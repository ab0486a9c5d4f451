/** EfficientNet-B0: Tan and Le, "Rethinking model scaling for convolutional neural networks", 2019. */
import { nn, type Tensor } from "glim";
import { convBlock, inEights, SqueezeExcitation } from "../mobilenet/blocks.ts";

class MBConv extends nn.Module {
  readonly block: nn.Sequential;
  readonly isResidual: boolean;

  constructor(inputs: number, outputs: number, kernel: number, stride: number, expansion: number) {
    super();
    const inner = inputs * expansion;
    const activation = new nn.SiLU();
    const squeezed = Math.max(1, Math.floor(inputs / 4));
    this.block = new nn.Sequential(
      ...(expansion === 1 ? [] : [convBlock(inputs, inner, { kernel: 1, activation })]),
      convBlock(inner, inner, { kernel, stride, groups: inner, activation }),
      new SqueezeExcitation(inner, squeezed, "silu", "sigmoid"),
      convBlock(inner, outputs, { kernel: 1 }),
    );
    this.isResidual = stride === 1 && inputs === outputs;
  }

  forward(x: Tensor): Tensor {
    const y = this.block.forward(x);
    return this.isResidual ? x.add(y) : y;
  }
}

/** Of each stage: expansion, kernel, the first block's stride, inputs, outputs, blocks. */
const stages = [
  [1, 3, 1, 32, 16, 1],
  [6, 3, 2, 16, 24, 2],
  [6, 5, 2, 24, 40, 2],
  [6, 3, 2, 40, 80, 3],
  [6, 5, 1, 80, 112, 3],
  [6, 5, 2, 112, 192, 4],
  [6, 3, 1, 192, 320, 1],
] as const;

export class EfficientNetB0 extends nn.Module {
  readonly features: nn.Sequential;
  readonly classifier: nn.Sequential;

  /** `width`: what all numbers of channels are multiplied by. */
  constructor(classes = 1000, width = 1) {
    super();
    const newStage = ([expansion, kernel, stride, from, to, count]: (typeof stages)[number]) => {
      const [inputs, outputs] = [inEights(from * width), inEights(to * width)];
      return new nn.Sequential(
        ...Array.from({ length: count }, (_, i) =>
          i === 0
            ? new MBConv(inputs, outputs, kernel, stride, expansion)
            : new MBConv(outputs, outputs, kernel, 1, expansion),
        ),
      );
    };
    const [first, last] = [inEights(32 * width), inEights(320 * width)];
    this.features = new nn.Sequential(
      convBlock(3, first, { stride: 2, activation: new nn.SiLU() }),
      ...stages.map(newStage),
      convBlock(last, 4 * last, { kernel: 1, activation: new nn.SiLU() }),
    );
    this.classifier = new nn.Sequential(new nn.Dropout(0.2), new nn.Linear(4 * last, classes));
  }

  forward(x: Tensor): Tensor {
    return this.features.forward(x).mean([2, 3]).pipe(this.classifier);
  }
}
