/** SqueezeNet 1.1: Iandola and others, "SqueezeNet", 2016. */
import { cat, nn, type Tensor } from "glim";

/** Few channels, and then many again, of 1 × 1 and of 3 × 3. */
class Fire extends nn.Module {
  readonly squeeze: nn.Conv2d;
  readonly expand1x1: nn.Conv2d;
  readonly expand3x3: nn.Conv2d;

  constructor(inputs: number, squeezed: number, expanded: number) {
    super();
    this.squeeze = new nn.Conv2d(inputs, squeezed, 1);
    this.expand1x1 = new nn.Conv2d(squeezed, expanded, 1);
    this.expand3x3 = new nn.Conv2d(squeezed, expanded, 3, { padding: 1 });
  }

  forward(x: Tensor): Tensor {
    const h = this.squeeze.forward(x).relu();
    return cat([this.expand1x1.forward(h).relu(), this.expand3x3.forward(h).relu()], 1);
  }
}

const pool = (): nn.MaxPool2d => new nn.MaxPool2d(3, { stride: 2, ceilMode: true });

export class SqueezeNet extends nn.Module {
  readonly features = new nn.Sequential(
    new nn.Conv2d(3, 64, 3, { stride: 2 }),
    new nn.ReLU(),
    pool(),
    new Fire(64, 16, 64),
    new Fire(128, 16, 64),
    pool(),
    new Fire(128, 32, 128),
    new Fire(256, 32, 128),
    pool(),
    new Fire(256, 48, 192),
    new Fire(384, 48, 192),
    new Fire(384, 64, 256),
    new Fire(512, 64, 256),
  );
  readonly classifier: nn.Sequential;

  constructor(classes = 1000) {
    super();
    this.classifier = new nn.Sequential(
      new nn.Dropout(0.5),
      new nn.Conv2d(512, classes, 1),
      new nn.ReLU(),
    );
  }

  forward(x: Tensor): Tensor {
    return x.pipe(this.features, this.classifier).mean([2, 3]);
  }
}
