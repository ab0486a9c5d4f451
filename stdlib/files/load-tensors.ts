/** Reads the tensors of files of one format. `Module.load` finds out the format by itself. */

import type { AnyTensor } from "../../runtime/eager/tensor-types.ts";
import { parseNpz } from "../../runtime/files/npz.ts";
import { parseSafetensors } from "../../runtime/files/safetensors.ts";
import { parseTorchArchive } from "../../runtime/files/torch-archive.ts";
import { readTensors, type TensorSource } from "./read-state-dict.ts";

/**
 * The tensors of a `.safetensors` file, by name. 16-bit floats become f32 and integers i32; what does not
 * fit is refused.
 */
export const loadSafetensors = (source: TensorSource): Promise<Map<string, AnyTensor>> =>
  readTensors(source, "safetensors file", (bytes) => parseSafetensors(bytes).tensors);

/**
 * The tensors of what PyTorch's `torch.save` wrote, by the path to each. Nothing of the file is run: a
 * file that holds more than tensors, numbers and texts is refused.
 */
export const loadTorch = (source: TensorSource): Promise<Map<string, AnyTensor>> =>
  readTensors(source, ".pt file", parseTorchArchive);

/** The arrays of NumPy's `.npz`, by name. */
export const loadNpz = (source: TensorSource): Promise<Map<string, AnyTensor>> =>
  readTensors(source, ".npz file", parseNpz);
