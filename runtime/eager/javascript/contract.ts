/** Contractions and pooling, in the order of rules 3 and 4 of docs/numerics.md. */

import { evaluateExpr } from "../../../compiler/ops/evaluate-expr.ts";
import type {
  ContractIndex,
  ContractLowering,
  WindowLowering,
} from "../../../compiler/ops/lowering.ts";
import type { Kernels } from "../kernels.ts";
import { placeOf } from "../plans/axes.ts";
import { known, type Plan } from "../plans/plan.ts";
import { denseStrides, lengthOf, type Strided } from "../strided.ts";
import { type Located, locate, placesOf } from "./places.ts";

const blockLength = 512;
const hole = -1;
const padding = -2;

/** Gives the place that an operand is read at for an output and a reduced position, or why none is. */
type Reader = (output: number, reduced: number) => number;

function readerOf(
  x: Located,
  index: readonly ContractIndex[],
  outs: readonly number[],
  reduced: readonly number[],
): Reader {
  const rank = outs.length + reduced.length;
  const inside = index.every((p) => !p.padded && p.divide === 1);
  if (inside) {
    const { by, start } = placeOf(index, x.strides, rank);
    const fromOut = placesOf(outs, by.slice(0, outs.length), start + x.first);
    const fromReduced = placesOf(reduced, by.slice(outs.length), 0);
    return (o, r) => fromOut[o]! + fromReduced[r]!;
  }
  const dimensions = index.map((position, axis) => {
    const { by, start } = placeOf([position], [1], rank);
    return {
      fromOut: placesOf(outs, by.slice(0, outs.length), start),
      fromReduced: placesOf(reduced, by.slice(outs.length), 0),
      position,
      size: x.shape[axis]!,
      stride: x.strides[axis]!,
    };
  });
  return (o, r) => {
    let place = x.first;
    let isOutside = false;
    for (const d of dimensions) {
      const at = (d.fromOut[o]! + d.fromReduced[r]!) / d.position.divide;
      if (!Number.isInteger(at)) return hole;
      if (d.position.padded && (at < 0 || at >= d.size)) isOutside = true;
      place += at * d.stride;
    }
    return isOutside ? padding : place;
  };
}

export function planContract(
  k: Kernels,
  lower: (operands: readonly Strided[], out: Strided) => ContractLowering,
): Plan {
  return (operands, out) => {
    const lowering = lower(operands, out);
    const outs = lowering.out.map(known);
    const reduced = lowering.reduce.map(known);
    const [a, b] = operands.map((x) => locate(k, x));
    const readA = readerOf(a!, lowering.a, outs, reduced);
    const readB = readerOf(b!, lowering.b, outs, reduced);
    const to = locate(k, out);
    const { by, start } = placeOf(lowering.result, denseStrides(out.shape), outs.length);
    const places = placesOf(outs, by, start + to.first);
    const length = lengthOf(reduced);
    for (let o = 0; o < places.length; o++) {
      let total = 0;
      let block = 0;
      for (let r = 0; r < length; r++) {
        if (r % blockLength === 0 && r > 0) {
          total = r === blockLength ? block : total + block;
          block = 0;
        }
        const [i, j] = [readA(o, r), readB(o, r)];
        if (i === hole || j === hole) continue;
        const x = i === padding ? 0 : a!.data[i]!;
        const y = j === padding ? 0 : b!.data[j]!;
        block += x * y;
      }
      to.data[places[o]!] = length > blockLength ? total + block : block;
    }
  };
}

/** The window's elements in ascending order; what lies outside is never read. */
export function planWindow(k: Kernels, lowering: WindowLowering): Plan {
  const { kernel, stride, padding: frame, dilation, combine, finish } = lowering;
  return ([operand], out) => {
    const x = locate(k, operand!);
    const to = locate(k, out);
    const leading = x.shape.length - kernel.length;
    const images = placesOf(x.shape.slice(0, leading), x.strides, x.first);
    const spatial = out.shape.slice(leading);
    // For each axis, where the windows begin and what their elements add.
    const axes = kernel.map((size, i) => ({
      fromOut: placesOf(spatial, unit(spatial.length, i, stride[i]!), -frame[i]!),
      fromTap: placesOf(kernel, unit(kernel.length, i, dilation[i]!), 0),
      size: x.shape[leading + i]!,
      step: x.strides[leading + i]!,
      taps: size,
    }));
    const taps = lengthOf(kernel);
    const places = lengthOf(spatial);
    let n = to.first;
    for (const image of images) {
      for (let o = 0; o < places; o++) {
        let value = combine === "max" ? Number.NEGATIVE_INFINITY : 0;
        for (let t = 0; t < taps; t++) {
          let place = image;
          let isInside = true;
          for (const { fromOut, fromTap, size, step } of axes) {
            const at = fromOut[o]! + fromTap[t]!;
            isInside &&= at >= 0 && at < size;
            place += at * step;
          }
          if (isInside) value = combined(combine, value, x.data[place]!);
        }
        to.data[n++] = finish ? Number(evaluateExpr(finish, [value, taps])) : value;
      }
    }
  };
}

const unit = (rank: number, axis: number, by: number): number[] =>
  Array.from({ length: rank }, (_, i) => (i === axis ? by : 0));

/** Of equals the first stays; the first NaN is greatest. */
function combined(combine: "sum" | "max", value: number, x: number): number {
  if (combine === "sum") return value + x;
  return x > value || (Number.isNaN(x) && !Number.isNaN(value)) ? x : value;
}
