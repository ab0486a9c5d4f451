/** U-Net: Ronneberger and others, "Convolutional networks for biomedical image segmentation", 2015. */
import { cat, nn, type Tensor } from "glim";

/** Twice a convolution, batch normalisation and relu. */
class DoubleConv extends nn.Module {
  readonly doubleConv: nn.Sequential;

  constructor(inputs: number, outputs: number) {
    super();
    this.doubleConv = new nn.Sequential(
      new nn.Conv2d(inputs, outputs, 3, { padding: 1, bias: false }),
      new nn.BatchNorm2d(outputs),
      new nn.ReLU(),
      new nn.Conv2d(outputs, outputs, 3, { padding: 1, bias: false }),
      new nn.BatchNorm2d(outputs),
      new nn.ReLU(),
    );
  }

  forward(x: Tensor): Tensor {
    return this.doubleConv.forward(x);
  }
}

/** Half the size. */
class Down extends nn.Module {
  readonly maxpoolConv: nn.Sequential;

  constructor(inputs: number, outputs: number) {
    super();
    this.maxpoolConv = new nn.Sequential(new nn.MaxPool2d(2), new DoubleConv(inputs, outputs));
  }

  forward(x: Tensor): Tensor {
    return this.maxpoolConv.forward(x);
  }
}

/** Twice the size, beside what had it on the way down. */
class Up extends nn.Module {
  readonly up: nn.ConvTranspose2d;
  readonly conv: DoubleConv;

  constructor(inputs: number, outputs: number) {
    super();
    this.up = new nn.ConvTranspose2d(inputs, inputs / 2, 2, { stride: 2 });
    this.conv = new DoubleConv(inputs, outputs);
  }

  forward(x: Tensor, skip: Tensor): Tensor {
    return this.conv.forward(cat([skip, this.up.forward(x)], 1));
  }
}

/** Scores of each class for each pixel, of images whose sides are multiples of 16. */
export class UNet extends nn.Module {
  readonly inc: DoubleConv;
  readonly down1: Down;
  readonly down2: Down;
  readonly down3: Down;
  readonly down4: Down;
  readonly up1: Up;
  readonly up2: Up;
  readonly up3: Up;
  readonly up4: Up;
  readonly outc: { readonly conv: nn.Conv2d };

  constructor(channels: number, classes: number, width = 64) {
    super();
    this.inc = new DoubleConv(channels, width);
    this.down1 = new Down(width, 2 * width);
    this.down2 = new Down(2 * width, 4 * width);
    this.down3 = new Down(4 * width, 8 * width);
    this.down4 = new Down(8 * width, 16 * width);
    this.up1 = new Up(16 * width, 8 * width);
    this.up2 = new Up(8 * width, 4 * width);
    this.up3 = new Up(4 * width, 2 * width);
    this.up4 = new Up(2 * width, width);
    this.outc = { conv: new nn.Conv2d(width, classes, 1) };
  }

  forward(x: Tensor): Tensor {
    const x1 = this.inc.forward(x);
    const x2 = this.down1.forward(x1);
    const x3 = this.down2.forward(x2);
    const x4 = this.down3.forward(x3);
    const x5 = this.down4.forward(x4);
    const y = this.up2.forward(this.up1.forward(x5, x4), x3);
    return this.outc.conv.forward(this.up4.forward(this.up3.forward(y, x2), x1));
  }
}
