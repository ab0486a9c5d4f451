/** Reads the tensors of files of one format. `Module.load` finds out the format by itself. */

import type { AnyTensor } from "../../runtime/eager/tensor-types.ts";
import { readNpz } from "../../runtime/files/npz.ts";
import { readSafetensors } from "../../runtime/files/read-safetensors.ts";
import { readTorch } from "../../runtime/files/torch-archive.ts";
import type { TensorSource } from "./open-source.ts";
import { type ReadOptions, readTensors } from "./read-state-dict.ts";

/**
 * The tensors of a `.safetensors` file, by name. 16-bit floats become f32 and integers i32; what does not
 * fit is refused. The file is read tensor by tensor, and what `only` leaves out is not read.
 */
export const loadSafetensors = (
  source: TensorSource,
  options?: ReadOptions,
): Promise<Map<string, AnyTensor>> =>
  readTensors(
    source,
    "safetensors file",
    async (file, reader) => (await readSafetensors(file, reader)).names,
    options,
  );

/**
 * The tensors of what PyTorch's `torch.save` wrote, by the path to each. Nothing of the file is run: a
 * file that holds more than tensors, numbers and texts is refused.
 */
export const loadTorch = (
  source: TensorSource,
  options?: ReadOptions,
): Promise<Map<string, AnyTensor>> => readTensors(source, ".pt file", readTorch, options);

/** The arrays of NumPy's `.npz`, by name. */
export const loadNpz = (
  source: TensorSource,
  options?: ReadOptions,
): Promise<Map<string, AnyTensor>> => readTensors(source, ".npz file", readNpz, options);
