/** The methods of tensors that the standard library gives: importing glim installs them. */

import { addLibraryMethod, type TensorFunction } from "../runtime/eager/operators.ts";
import { relu, square } from "./functional/activation.ts";
import { matmul } from "./functional/matmul.ts";
import { flatten, squeeze, transpose, unsqueeze } from "./functional/shape.ts";
import { logSoftmax, softmax } from "./functional/softmax.ts";

const methods: Readonly<Record<string, TensorFunction>> = {
  matmul,
  transpose,
  flatten,
  squeeze,
  unsqueeze,
  relu,
  square,
  softmax,
  logSoftmax,
};

for (const [name, f] of Object.entries(methods)) addLibraryMethod(name, f);
