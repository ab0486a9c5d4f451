/** The sample's ResNet-18 for one image. */

import { script, type Tensor } from "glim";
import { resnet18 as model } from "../../samples/resnet/resnet.ts";
import { withStatistics } from "./statistics.ts";

const net = withStatistics(model());

export const resnet18 = script((x: Tensor<[1, 3, 224, 224]>) => net.forward(x));
