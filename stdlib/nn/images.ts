/** Layers that change the size of images. */

import type { Tensor } from "../../runtime/eager/tensor-types.ts";
import { channelShuffle } from "../functional/channels.ts";
import { type InterpolateOptions, interpolate } from "../functional/interpolate.ts";
import { pixelShuffle, pixelUnshuffle } from "../functional/pixel-shuffle.ts";
import { Module } from "./module.ts";

/** Signals, images and volumes in other sizes: by `size` or `scaleFactor`. */
export class Upsample extends Module {
  readonly options: InterpolateOptions;

  constructor(options: InterpolateOptions) {
    super();
    this.options = options;
  }

  forward(x: Tensor): Tensor {
    return interpolate(x, this.options);
  }
}

/** Channels to positions: `[…, C · r², H, W]` to `[…, C, H · r, W · r]`. */
export class PixelShuffle extends Module {
  readonly factor: number;

  constructor(factor: number) {
    super();
    this.factor = factor;
  }

  forward(x: Tensor): Tensor {
    return pixelShuffle(x, this.factor);
  }
}

/** Positions to channels: `[…, C, H · r, W · r]` to `[…, C · r², H, W]`. */
export class PixelUnshuffle extends Module {
  readonly factor: number;

  constructor(factor: number) {
    super();
    this.factor = factor;
  }

  forward(x: Tensor): Tensor {
    return pixelUnshuffle(x, this.factor);
  }
}

/** The channels of all groups side by side. */
export class ChannelShuffle extends Module {
  readonly groups: number;

  constructor(groups: number) {
    super();
    this.groups = groups;
  }

  forward(x: Tensor): Tensor {
    return channelShuffle(x, this.groups);
  }
}
