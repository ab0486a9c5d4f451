import { script, type Tensor } from "glim";
import { ResNet } from "../../../samples/resnet/resnet.ts";
import { numbered } from "../../fixtures/architectures/weights.ts";

const net = numbered(new ResNet("bottleneck", [3, 4, 6, 3], 10, 8));
export const run = script((x: Tensor<["B", 3, 64, 64]>) => net.forward(x));
