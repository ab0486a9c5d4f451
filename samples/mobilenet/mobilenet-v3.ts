/** MobileNetV3, large and small: Howard and others, "Searching for MobileNetV3", 2019. */
import { nn, type Tensor } from "glim";
import { convBlock, inEights, SqueezeExcitation } from "./blocks.ts";

const eps = 1e-3;

/** Kernel, inner channels, outputs, squeeze and excitation, activation, stride. */
type Row = readonly [number, number, number, boolean, "relu" | "hardswish", number];

const newActivation = (name: Row[4]): nn.ReLU | nn.Hardswish =>
  name === "relu" ? new nn.ReLU() : new nn.Hardswish();

class InvertedResidual extends nn.Module {
  readonly block: nn.Sequential;
  readonly isResidual: boolean;

  constructor(inputs: number, [kernel, inner, outputs, excites, activation, stride]: Row) {
    super();
    const active = { eps, activation: newActivation(activation) };
    this.block = new nn.Sequential(
      ...(inner === inputs ? [] : [convBlock(inputs, inner, { kernel: 1, ...active })]),
      convBlock(inner, inner, { kernel, stride, groups: inner, ...active }),
      ...(excites
        ? [new SqueezeExcitation(inner, inEights(Math.floor(inner / 4)), "relu", "hardsigmoid")]
        : []),
      convBlock(inner, outputs, { kernel: 1, eps }),
    );
    this.isResidual = stride === 1 && inputs === outputs;
  }

  forward(x: Tensor): Tensor {
    const y = this.block.forward(x);
    return this.isResidual ? x.add(y) : y;
  }
}

export class MobileNetV3 extends nn.Module {
  readonly features: nn.Sequential;
  readonly classifier: nn.Sequential;

  constructor(rows: readonly Row[], last: number, classes = 1000) {
    super();
    const inputsOf = (i: number): number => (i === 0 ? 16 : rows[i - 1]![2]);
    const outputs = inputsOf(rows.length);
    const activation = new nn.Hardswish();
    this.features = new nn.Sequential(
      convBlock(3, 16, { stride: 2, eps, activation }),
      ...rows.map((row, i) => new InvertedResidual(inputsOf(i), row)),
      convBlock(outputs, 6 * outputs, { kernel: 1, eps, activation }),
    );
    this.classifier = new nn.Sequential(
      new nn.Linear(6 * outputs, last),
      new nn.Hardswish(),
      new nn.Dropout(0.2),
      new nn.Linear(last, classes),
    );
  }

  forward(x: Tensor): Tensor {
    return this.features.forward(x).mean([2, 3]).pipe(this.classifier);
  }
}

export const mobilenetV3Large = (): MobileNetV3 =>
  new MobileNetV3(
    [
      [3, 16, 16, false, "relu", 1],
      [3, 64, 24, false, "relu", 2],
      [3, 72, 24, false, "relu", 1],
      [5, 72, 40, true, "relu", 2],
      [5, 120, 40, true, "relu", 1],
      [5, 120, 40, true, "relu", 1],
      [3, 240, 80, false, "hardswish", 2],
      [3, 200, 80, false, "hardswish", 1],
      [3, 184, 80, false, "hardswish", 1],
      [3, 184, 80, false, "hardswish", 1],
      [3, 480, 112, true, "hardswish", 1],
      [3, 672, 112, true, "hardswish", 1],
      [5, 672, 160, true, "hardswish", 2],
      [5, 960, 160, true, "hardswish", 1],
      [5, 960, 160, true, "hardswish", 1],
    ],
    1280,
  );

export const mobilenetV3Small = (): MobileNetV3 =>
  new MobileNetV3(
    [
      [3, 16, 16, true, "relu", 2],
      [3, 72, 24, false, "relu", 2],
      [3, 88, 24, false, "relu", 1],
      [5, 96, 40, true, "hardswish", 2],
      [5, 240, 40, true, "hardswish", 1],
      [5, 240, 40, true, "hardswish", 1],
      [5, 120, 48, true, "hardswish", 1],
      [5, 144, 48, true, "hardswish", 1],
      [5, 288, 96, true, "hardswish", 2],
      [5, 576, 96, true, "hardswish", 1],
      [5, 576, 96, true, "hardswish", 1],
    ],
    1024,
  );
