import { script, type Tensor } from "glim";

/** How far `color` is from each color of the palette; all are red, green and blue from 0 to 1. */
export const distances = script((color: Tensor<[3]>, palette: Tensor<["N", 3]>) =>
  palette.sub(color).square().sum(-1).sqrt(),
);
