/** LeNet-5 of samples/mnist in onnxruntime-web's terms: the same weights, the same program. */

import { writeOnnx } from "./onnx-writer.mjs";

const convolution = (n, input, pads) => [
  {
    op: "Conv",
    inputs: [input, `conv${n}.weight`, `conv${n}.bias`],
    outputs: [`conv${n}`],
    attributes: { kernel_shape: [5, 5], pads, strides: [1, 1] },
  },
  { op: "Relu", inputs: [`conv${n}`], outputs: [`relu${n}`] },
  {
    op: "MaxPool",
    inputs: [`relu${n}`],
    outputs: [`pool${n}`],
    attributes: { kernel_shape: [2, 2], strides: [2, 2] },
  },
];
const linear = (n, input, output) => ({
  op: "Gemm",
  inputs: [input, `fc${n}.weight`, `fc${n}.bias`],
  outputs: [output],
  attributes: { transB: 1 },
});

export const lenetOnnx = (weights) =>
  writeOnnx({
    weights,
    input: { name: "images", shape: ["B", 1, 28, 28] },
    output: { name: "logits", shape: ["B", 10] },
    nodes: [
      ...convolution(1, "images", [2, 2, 2, 2]),
      ...convolution(2, "pool1", [0, 0, 0, 0]),
      { op: "Flatten", inputs: ["pool2"], outputs: ["flat"], attributes: { axis: 1 } },
      linear(1, "flat", "fc1"),
      { op: "Relu", inputs: ["fc1"], outputs: ["a1"] },
      linear(2, "a1", "fc2"),
      { op: "Relu", inputs: ["fc2"], outputs: ["a2"] },
      linear(3, "a2", "logits"),
    ],
  });
