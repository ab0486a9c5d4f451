import { script, type Tensor } from "glim";
import { EfficientNetB0 } from "../../../samples/efficientnet/efficientnet.ts";
import { numbered } from "../../fixtures/architectures/weights.ts";

const net = numbered(new EfficientNetB0(10, 0.25));
export const run = script((x: Tensor<["B", 3, 64, 64]>) => net.forward(x));
