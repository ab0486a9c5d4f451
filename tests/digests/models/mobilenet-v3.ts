import { script, type Tensor } from "glim";
import { MobileNetV3 } from "../../../samples/mobilenet/mobilenet-v3.ts";
import { numbered } from "../../fixtures/architectures/weights.ts";

// One row of each sort.
const net = numbered(
  new MobileNetV3(
    [
      [3, 16, 16, true, "relu", 2],
      [3, 32, 16, false, "relu", 1],
      [5, 40, 24, true, "hardswish", 2],
      [5, 96, 24, true, "hardswish", 1],
      [3, 72, 24, false, "hardswish", 1],
    ],
    64,
    10,
  ),
);
export const run = script((x: Tensor<["B", 3, 64, 64]>) => net.forward(x));
