export { logits as run } from "../../../samples/mnist/mlp.ts";
