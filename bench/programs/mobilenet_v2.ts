/** The sample's MobileNetV2, at the batches that the benchmark measures. */

import { script, type Tensor } from "glim";
import { MobileNetV2 } from "../../samples/mobilenet/mobilenet-v2.ts";
import { withStatistics } from "./statistics.ts";

const net = withStatistics(new MobileNetV2());

export const mobilenet_v2 = script((x: Tensor<[1, 3, 224, 224]>) => net.forward(x));
export const batch8 = script((x: Tensor<[8, 3, 224, 224]>) => net.forward(x));
export const batch32 = script((x: Tensor<[32, 3, 224, 224]>) => net.forward(x));
