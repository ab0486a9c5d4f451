/** Every mapping, by PyTorch's name of the operator. */

import type { Mappings } from "./mapping.ts";
import { activations } from "./mappings/activations.ts";
import { elementwise } from "./mappings/elementwise.ts";
import { images } from "./mappings/images.ts";
import { indexing } from "./mappings/indexing.ts";
import { linearAlgebra } from "./mappings/linear-algebra.ts";
import { masked } from "./mappings/masked.ts";
import { reductions } from "./mappings/reductions.ts";
import { shapes } from "./mappings/shapes.ts";

export const mappings: Mappings = {
  ...elementwise,
  ...reductions,
  ...shapes,
  ...indexing,
  ...linearAlgebra,
  ...activations,
  ...images,
  ...masked,
};
