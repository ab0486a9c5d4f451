/** Images and volumes read at places that a tensor holds. */

import { arange, full, where } from "../../runtime/eager/primitives.ts";
import { demand, refuse } from "../../runtime/eager/refuse.ts";
import type { AnyTensor, Tensor } from "../../runtime/eager/tensor-types.ts";
import { clamp } from "./clamp.ts";
import { cubicWeights } from "./cubic-weights.ts";
import { stack } from "./join.ts";

export interface GridSampleOptions {
  /** `bilinear` by default, which is trilinear for volumes; `bicubic` is for images. */
  readonly mode?: "bilinear" | "nearest" | "bicubic";
  /** What lies outside: zeros, the edge, or the image mirrored. */
  readonly paddingMode?: "zeros" | "border" | "reflection";
  /** Whether −1 and 1 are the centres of the outermost elements, and not the outer edges. */
  readonly alignCorners?: boolean;
}

type PaddingMode = NonNullable<GridSampleOptions["paddingMode"]>;

interface Sampled {
  readonly x: Tensor;
  readonly paddingMode: PaddingMode;
  readonly alignCorners: boolean;
}

/**
 * `x: [batch, channels, height, width]` at the places in `grid: [batch, rows, columns, 2]`, each a pair (x, y)
 * from −1 to 1; volumes have a depth more, and triples (x, y, z).
 */
export function gridSample(
  x: Tensor,
  grid: Tensor,
  { mode = "bilinear", paddingMode = "zeros", alignCorners = false }: GridSampleOptions = {},
): Tensor {
  const count = x.rank - 2;
  if (count < 2 || count > 3 || grid.rank !== x.rank || (mode === "bicubic" && count !== 2)) {
    return refuse(
      "shape",
      `gridSample: mode ${mode} does not fit tensors of rank ${x.rank} and ${grid.rank}`,
    );
  }
  const names = grid.shape[grid.rank - 1]!;
  demand(names === count, `gridSample: places of ${names} numbers for ${count} axes`);
  const sampled = { x, paddingMode, alignCorners };
  // The grid names the last axis first.
  const places = Array.from({ length: count }, (_, i) => {
    const numbers = grid.narrow(-1, count - 1 - i, 1).reshape([x.shape[0], 1, -1]);
    return inElements(numbers, x.shape[i + 2]!, alignCorners);
  });
  const taken = mode === "bicubic" ? cubicAt(sampled, places) : linearAt(sampled, places, mode);
  return taken.reshape([x.shape[0], x.shape[1], ...grid.shape.slice(1, -1)]);
}

/** Places from −1 to 1 as positions of elements. */
const inElements = (place: Tensor, size: number, alignCorners: boolean): Tensor =>
  alignCorners
    ? place
        .add(1)
        .div(2)
        .mul(size - 1)
    : place.add(1).mul(size).sub(1).div(2);

function linearAt(sampled: Sampled, places: readonly Tensor[], mode: string): Tensor {
  const inside = places.map((place, i) => moved(sampled, place, i));
  if (mode === "nearest")
    return valueAt(
      sampled,
      inside.map((place) => place.round()),
    );
  return weighted(sampled, inside, []);
}

/** The values at the corners around the places, from axis `corner.length` on, weighted. */
function weighted(sampled: Sampled, places: readonly Tensor[], corner: readonly Tensor[]): Tensor {
  const place = places[corner.length];
  if (place === undefined) return valueAt(sampled, corner);
  const low = place.floor();
  const weight = place.sub(low);
  const before = weighted(sampled, places, [...corner, low]).mul(weight.neg().add(1));
  return before.add(weighted(sampled, places, [...corner, low.add(1)]).mul(weight));
}

function cubicAt(sampled: Sampled, places: readonly Tensor[]): Tensor {
  const lows = places.map((place) => place.floor());
  const [rows, columns] = places.map((place, i) => cubicWeights(place.sub(lows[i]!)));
  const lines = rows!.map((rowWeight, i) => {
    const row = moved(sampled, lows[0]!.add(i - 1), 0);
    const values = columns!.map((weight, k) => {
      const column = moved(sampled, lows[1]!.add(k - 1), 1);
      return valueAt(sampled, [row, column]).mul(weight);
    });
    return total(values).mul(rowWeight);
  });
  return total(lines);
}

const total = (parts: readonly Tensor[]): Tensor =>
  parts.slice(1).reduce((sum, part) => sum.add(part), parts[0]!);

/** A position on axis `i`, moved into it as the padding mode says. */
function moved({ x, paddingMode, alignCorners }: Sampled, place: Tensor, i: number): Tensor {
  const size = x.shape[i + 2]!;
  if (paddingMode === "zeros") return place;
  const mirrored = paddingMode === "border" ? place : reflected(place, size, alignCorners);
  return clamp(mirrored, 0, size - 1);
}

/** Mirrored at the centres of the outermost elements, or at the outer edges, as often as needed. */
function reflected(place: Tensor, size: number, alignCorners: boolean): Tensor {
  const least = alignCorners ? 0 : -0.5;
  const span = alignCorners ? Math.max(1, size - 1) : size;
  const distance = place.sub(least).abs();
  const turns = distance.div(span).floor();
  const rest = distance.sub(turns.mul(span));
  const isEven = turns.sub(turns.div(2).floor().mul(2)).eq(0);
  return where(isEven, rest, rest.neg().add(span)).add(least);
}

/** The elements at whole positions, 0 outside: `[batch, channels, places]`. */
function valueAt({ x }: Sampled, positions: readonly Tensor[]): Tensor {
  let index: AnyTensor<"i32"> | undefined;
  let isInside: AnyTensor<"bool"> | undefined;
  for (let i = 0; i < positions.length; i++) {
    const size = x.shape[i + 2]!;
    const place = positions[i]!;
    const fits = place.ge(0).logicalAnd(place.le(size - 1));
    const whole = clamp(place, 0, size - 1).to("i32");
    index = index === undefined ? whole : index.mul(size).add(whole);
    isInside = isInside === undefined ? fits : isInside.logicalAnd(fits);
  }
  const [batch, channels] = x.shape;
  const flat = x.reshape([batch, channels, -1]);
  const taken = flat.gather(2, index!.expand([batch, channels, index!.shape[2]]));
  return where(isInside!, taken, 0);
}

export interface AffineGridOptions {
  /** Whether −1 and 1 are the centres of the outermost elements, and not the outer edges. */
  readonly alignCorners?: boolean;
}

/** Where the pixels of an image of `[height, width]` lie under the maps `theta: [batch, 2, 3]`. */
export function affineGrid(
  theta: Tensor,
  [height, width]: readonly [number, number],
  { alignCorners = false }: AffineGridOptions = {},
): Tensor {
  if (theta.rank !== 3) return refuse("shape", `affineGrid: theta has ${theta.rank} axes, not 3`);
  const columns = ends(width, alignCorners).expand([height, width]);
  const rows = ends(height, alignCorners).unsqueeze(-1).expand([height, width]);
  const places = stack([columns, rows, full([height, width], 1)], -1).reshape([-1, 3]);
  return places.matmul(theta.transpose(1, 2)).reshape([theta.shape[0], height, width, 2]);
}

/** Places from −1 to 1 of the elements of an axis. */
function ends(size: number, alignCorners: boolean): Tensor {
  const places = arange(size).to("f32");
  if (alignCorners) return places.mul(2 / Math.max(1, size - 1)).sub(1);
  return places.mul(2).add(1).div(size).sub(1);
}
