import { script } from "glim";
import { Llama } from "../../../samples/llama/llama.ts";
import { numbered } from "../../fixtures/architectures/weights.ts";

const net = numbered(new Llama());
export const run = script((token: number) => net.step(token));
