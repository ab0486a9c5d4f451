/** What programs import from "glim". Importing it gives tensors their methods. */

import "./methods.ts";

export { assert } from "../runtime/eager/assert.ts";
export { type Nested, tensor } from "../runtime/eager/from-data.ts";
export { GlimError } from "../runtime/eager/glim-error.ts";
export { math } from "../runtime/eager/math.ts";
export { stopAtNaN } from "../runtime/eager/nan-stop.ts";
export {
  add,
  arange,
  cat,
  div,
  eq,
  full,
  ge,
  gt,
  le,
  lt,
  maximum,
  minimum,
  mul,
  ne,
  pow,
  stopGradient,
  sub,
  where,
} from "../runtime/eager/primitives.ts";
export { type ScriptOptions, script } from "../runtime/eager/script.ts";
export type {
  AnyTensor,
  Dim,
  DType,
  Shape,
  Stage,
  Tensor,
} from "../runtime/eager/tensor-types.ts";
export { training } from "../runtime/eager/training.ts";
export * from "./checkpoints/index.ts";
export * as fft from "./fft/index.ts";
export { loadNpz, loadSafetensors, loadTorch } from "./files/load-tensors.ts";
export type { TensorSource } from "./files/open-source.ts";
export type { ReadOptions, StateDict } from "./files/read-state-dict.ts";
export { type Saved, type SaveOptions, save } from "./files/save.ts";
export * from "./functional/index.ts";
export * from "./gradients/index.ts";
export * from "./images/index.ts";
export * as linalg from "./linalg/index.ts";
export * as nn from "./nn/index.ts";
export * as optim from "./optim/index.ts";
export { seed } from "./random/default-rng.ts";
export { Rng } from "./random/rng.ts";
export { trace } from "./trace.ts";
