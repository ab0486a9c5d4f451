/** Rotary position embedding. */

import { arange, cat, pow } from "../../runtime/eager/primitives.ts";
import { demand } from "../../runtime/eager/refuse.ts";
import type { AnyTensor, Tensor } from "../../runtime/eager/tensor-types.ts";

export interface RotaryOptions {
  /** Pair i of `width / 2` turns `base^(−2i / width)` radians a position; 10000 by default. */
  readonly base?: number;
  /** Whether neighbours are pairs (0 and 1, 2 and 3, …), and not the halves (0 and width / 2, …). */
  readonly interleaved?: boolean;
}

/** Turns the pairs of `x: […, T, width]` by angles that grow with `positions: [T]`. */
export function rotary(
  x: Tensor,
  positions: AnyTensor<"i32">,
  { base = 10000, interleaved = false }: RotaryOptions = {},
): Tensor {
  const width = x.shape[x.rank - 1]!;
  const half = Math.floor(width / 2);
  demand(half * 2 === width, `rotary: a width of ${width} does not make pairs`);
  const speeds = pow(
    base,
    arange(half)
      .to("f32")
      .mul(-2 / width),
  );
  const angles = positions.to("f32").unsqueeze(-1).mul(speeds);
  const [cos, sin] = [angles.cos(), angles.sin()];
  const turned = (a: Tensor, b: Tensor): readonly [Tensor, Tensor] => [
    a.mul(cos).sub(b.mul(sin)),
    b.mul(cos).add(a.mul(sin)),
  ];
  if (!interleaved) return cat(turned(x.narrow(-1, 0, half), x.narrow(-1, half, half)), -1);
  const pairs = x.reshape([...x.shape.slice(0, -1), half, 2]);
  const [a, b] = turned(pairs.select(-1, 0), pairs.select(-1, 1));
  return cat([a.unsqueeze(-1), b.unsqueeze(-1)], -1).reshape(x.shape);
}
