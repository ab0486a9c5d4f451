/** Which kernels the interpreter of this package has. */

import type { KnownKernels } from "../compiler/bytecode/encode-operator.ts";
import { kernelTable } from "../runtime/eager/kernel-bytes.js";

export const knownKernels: KnownKernels = {
  hasMap: (key) => Object.hasOwn(kernelTable.maps, key),
};
