/** Frames around signals, images and volumes as modules. Widths stand in PyTorch's order, the last axis first. */

import type { Tensor } from "../../runtime/eager/tensor-types.ts";
import { type PadOptions, pad } from "../functional/pad.ts";
import { Module } from "./module.ts";

/** One width for all sides, or one before and one after for each axis, from the last on. */
class Frame extends Module {
  readonly sides: readonly number[];
  readonly options: PadOptions;

  constructor(widths: number | readonly number[], axes: number, options: PadOptions) {
    super();
    this.sides =
      typeof widths === "number" ? Array.from({ length: 2 * axes }, () => widths) : widths;
    this.options = options;
  }

  forward(x: Tensor): Tensor {
    const widths: (readonly [number, number])[] = [];
    for (let axis = 0; axis < x.rank; axis++) {
      const at = 2 * (x.rank - 1 - axis);
      const isFramed = at < this.sides.length;
      widths.push(isFramed ? [this.sides[at]!, this.sides[at + 1]!] : [0, 0]);
    }
    return pad(x, widths, this.options);
  }
}

type Line = number | readonly [left: number, right: number];
type Image = number | readonly [left: number, right: number, top: number, bottom: number];
type Volume =
  | number
  | readonly [
      left: number,
      right: number,
      top: number,
      bottom: number,
      front: number,
      back: number,
    ];

/** A frame of one value around a signal. */
export class ConstantPad1d extends Frame {
  constructor(widths: Line, value: number) {
    super(widths, 1, { value });
  }
}

/** A frame of one value around an image. */
export class ConstantPad2d extends Frame {
  constructor(widths: Image, value: number) {
    super(widths, 2, { value });
  }
}

/** A frame of one value around a volume. */
export class ConstantPad3d extends Frame {
  constructor(widths: Volume, value: number) {
    super(widths, 3, { value });
  }
}

/** A frame of zeros around a signal. */
export class ZeroPad1d extends Frame {
  constructor(widths: Line) {
    super(widths, 1, {});
  }
}

/** A frame of zeros around an image. */
export class ZeroPad2d extends Frame {
  constructor(widths: Image) {
    super(widths, 2, {});
  }
}

/** A frame of zeros around a volume. */
export class ZeroPad3d extends Frame {
  constructor(widths: Volume) {
    super(widths, 3, {});
  }
}

/** A frame of what mirrors give around a signal. */
export class ReflectionPad1d extends Frame {
  constructor(widths: Line) {
    super(widths, 1, { mode: "reflect" });
  }
}

/** A frame of what mirrors give around an image. */
export class ReflectionPad2d extends Frame {
  constructor(widths: Image) {
    super(widths, 2, { mode: "reflect" });
  }
}

/** A frame of what mirrors give around a volume. */
export class ReflectionPad3d extends Frame {
  constructor(widths: Volume) {
    super(widths, 3, { mode: "reflect" });
  }
}

/** A frame of the outermost elements around a signal. */
export class ReplicationPad1d extends Frame {
  constructor(widths: Line) {
    super(widths, 1, { mode: "replicate" });
  }
}

/** A frame of the outermost elements around an image. */
export class ReplicationPad2d extends Frame {
  constructor(widths: Image) {
    super(widths, 2, { mode: "replicate" });
  }
}

/** A frame of the outermost elements around a volume. */
export class ReplicationPad3d extends Frame {
  constructor(widths: Volume) {
    super(widths, 3, { mode: "replicate" });
  }
}

/** A frame of what is at the other end around a signal. */
export class CircularPad1d extends Frame {
  constructor(widths: Line) {
    super(widths, 1, { mode: "circular" });
  }
}

/** A frame of what is at the other end around an image. */
export class CircularPad2d extends Frame {
  constructor(widths: Image) {
    super(widths, 2, { mode: "circular" });
  }
}

/** A frame of what is at the other end around a volume. */
export class CircularPad3d extends Frame {
  constructor(widths: Volume) {
    super(widths, 3, { mode: "circular" });
  }
}
