/** The sample's LeNet-5, with its weights, for one digit. */

import { script, type Tensor } from "glim";
import { net } from "../../samples/mnist/lenet.ts";

export const lenet5 = script((x: Tensor<[1, 784]>) => net.forward(x));
