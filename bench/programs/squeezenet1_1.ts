/** The sample's SqueezeNet 1.1 for one image. */

import { script, type Tensor } from "glim";
import { SqueezeNet } from "../../samples/squeezenet/squeezenet.ts";

const net = new SqueezeNet();

export const squeezenet1_1 = script((x: Tensor<[1, 3, 224, 224]>) => net.forward(x));
