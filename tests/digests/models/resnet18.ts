import { script, type Tensor } from "glim";
import { ResNet } from "../../../samples/resnet/resnet.ts";
import { numbered } from "../../fixtures/architectures/weights.ts";

const net = numbered(new ResNet("basic", [2, 2, 2, 2], 10, 16));
export const run = script((x: Tensor<["B", 3, 64, 64]>) => net.forward(x));
