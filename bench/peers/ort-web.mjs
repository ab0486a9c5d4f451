/** onnxruntime-web: its WebAssembly build, with one thread. */

import { readFileSync } from "node:fs";
import path from "node:path";
import * as ort from "onnxruntime-web";

export async function open(folder, { input }) {
  ort.env.wasm.numThreads = 1;
  ort.env.logLevel = "error";
  const session = await ort.InferenceSession.create(readFileSync(path.join(folder, "model.onnx")), {
    executionProviders: ["wasm"],
    graphOptimizationLevel: "all",
  });
  const x = new ort.Tensor(input.below ? "int32" : "float32", input.data, input.shape);
  return async () => (await session.run({ input: x })).output.data;
}
