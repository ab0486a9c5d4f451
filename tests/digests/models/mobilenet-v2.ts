import { script, type Tensor } from "glim";
import { MobileNetV2 } from "../../../samples/mobilenet/mobilenet-v2.ts";
import { numbered } from "../../fixtures/architectures/weights.ts";

const net = numbered(new MobileNetV2(10, 0.25));
export const run = script((x: Tensor<["B", 3, 64, 64]>) => net.forward(x));
