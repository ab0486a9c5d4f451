export { logits as run } from "../../../samples/mnist/lenet.ts";
