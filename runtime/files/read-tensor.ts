/** What readers of files do with the tensors that they find. */

import type { RawTensor } from "./raw-tensor.ts";

export interface TensorReader {
  /** Whether a tensor is read at all. */
  readonly isWanted: (name: string) => boolean;
  /** Is given each tensor once. If the data are its own, it may keep and change them; else it must copy them. */
  readonly take: (name: string, t: RawTensor, isOwn: boolean) => void;
}

/** Takes all tensors as they are. */
export const takeAll = (into: Map<string, RawTensor>): TensorReader => ({
  isWanted: () => true,
  take: (name, t) => void into.set(name, t),
});
