/** Takes a module's weights out of its bytes, to be kept in a file of their own. */

import type { Module } from "../graph/ir.ts";
import type { LoopModule } from "../loop/ir.ts";
import { constantName } from "../lower/names.ts";
import { evaluateDim } from "../ops/dim.ts";
import type { DType } from "../ops/types.ts";

/** A constant as the module has it in memory: kernels want some in another order of elements. */
export interface ExternalWeight {
  readonly name: string;
  readonly dtype: DType;
  /** One axis, where the elements lie in an order of the compiler's. */
  readonly shape: readonly number[];
  readonly data: Uint8Array;
}

/** What is known of the file that holds them. */
interface AboutFile {
  /** Is in the file's metadata as `glim`; other weights have another. */
  readonly id: string;
  readonly bytes: number;
}

/** The file that holds them. */
export interface WeightsFile extends AboutFile {
  /** Where the bytes of each begin in it, by name. */
  readonly starts: ReadonlyMap<string, number>;
}

/** What a module says of its file of weights: where in memory each belongs, and which bytes of the file it has. */
export interface ExternalSignature extends AboutFile {
  readonly tensors: readonly (readonly [name: string, address: number, from: number, to: number])[];
}

export const externalWeights = ({ constants }: Module): readonly ExternalWeight[] =>
  [...constants.values()].map(({ name, type, data, layout }) => {
    const shape = type.shape.map((d) => evaluateDim(d, new Map()));
    return {
      name,
      dtype: type.dtype,
      shape: layout === undefined ? shape : [data.length],
      data: new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
    };
  });

/** The same module with empty space where the weights belong. */
export function withoutWeights(loops: LoopModule, { constants }: Module): LoopModule {
  const weights = new Set([...constants.keys()].map(constantName));
  const data = loops.data.map((d) => (weights.has(d.name) ? { ...d, bytes: undefined } : d));
  return { ...loops, data };
}
