/**
 * The eager tensor: a view of a storage in the kernels' memory. Immutable for its users; its methods
 * are added from the operator records (methods.ts) and the standard library.
 */

import { bytesOf, type DType, type TensorType } from "../../compiler/ops/types.ts";
import { GlimError } from "./glim-error.ts";
import { fetch, memoryBytes } from "./pool.ts";
import { printTensor } from "./print-tensor.ts";
import type { Storage } from "./storage-ring.ts";
import { denseStrides, lengthOf, type Strided } from "./strided.ts";
import type { AnyShape, Stage, TensorValue } from "./tensor-types.ts";

/** Keeps a large storage's place alive: shared by all views of it, watched by a finalizer. */
export type Lease = object;

export class EagerTensor<D extends DType = DType> implements Strided, TensorType {
  readonly kind = "tensor";
  readonly dtype: D;
  readonly shape: AnyShape;
  readonly strides: readonly number[];
  readonly dense: boolean;
  /** Replaced only by cells, whose value changes. */
  storage: Storage;
  lease: Lease | undefined;
  /** Of the first element within the storage, in elements. */
  readonly offset: number;

  constructor(
    storage: Storage,
    dtype: D,
    shape: readonly number[],
    strides?: readonly number[],
    offset = 0,
    lease?: Lease,
  ) {
    this.storage = storage;
    this.dtype = dtype;
    this.shape = shape as AnyShape;
    this.strides = strides ?? denseStrides(shape);
    this.dense = strides === undefined || isDense(shape, strides);
    this.offset = offset;
    this.lease = lease;
  }

  get address(): number {
    return this.storage.address + this.offset * bytesOf[this.dtype];
  }

  get rank(): number {
    return this.shape.length;
  }

  get length(): number {
    return lengthOf(this.shape);
  }

  item(): number | boolean {
    if (this.length !== 1) {
      throw new GlimError("GLIM3005", `item: ${describe(this)} has ${this.length} elements, not 1`);
    }
    const x = this.elements()[0]!;
    return this.dtype === "bool" ? x !== 0 : x;
  }

  toList(): number[] | boolean[] {
    if (this.rank !== 1) {
      throw new GlimError("GLIM3001", `toList: ${describe(this)} is not of rank 1`);
    }
    const list = Array.from(this.elements());
    return this.dtype === "bool" ? list.map((x) => x !== 0) : list;
  }

  toTypedArray(): Float32Array | Int32Array | Uint8Array {
    return this.elements();
  }

  pipe(...stages: readonly Stage[]): unknown {
    let x: unknown = this;
    for (const stage of stages) x = typeof stage === "function" ? stage(x) : stage.forward(x);
    return x;
  }

  toString(): string {
    return printTensor(this.dtype, this.shape, this.elements());
  }

  /** Operators and conditions on tensors mean nothing in JavaScript: say what to write instead. */
  [Symbol.toPrimitive](hint: string): string {
    if (hint === "string") return this.toString();
    throw new GlimError(
      "GLIM1101",
      "operators do not work on tensors: write x.add(y), x.mul(2), x.lt(0) and so on, or x.item() for the number",
    );
  }

  /** A copy of the elements in row-major order. */
  private elements(): Float32Array | Int32Array | Uint8Array {
    fetch(this.storage);
    const bytes = memoryBytes();
    const { length, dtype } = this;
    const at = this.address;
    if (dtype === "bool") return this.gather(bytes, at, new Uint8Array(length));
    const words = at / 4;
    return dtype === "f32"
      ? this.gather(new Float32Array(bytes.buffer), words, new Float32Array(length))
      : this.gather(new Int32Array(bytes.buffer), words, new Int32Array(length));
  }

  private gather<T extends Float32Array | Int32Array | Uint8Array>(from: T, at: number, to: T): T {
    const { length } = to;
    if (this.dense) {
      to.set(from.subarray(at, at + length));
      return to;
    }
    const index = this.shape.map(() => 0);
    let place = at;
    for (let i = 0; i < length; i++) {
      to[i] = from[place]!;
      for (let axis = index.length - 1; axis >= 0; axis--) {
        place += this.strides[axis]!;
        index[axis]!++;
        if (index[axis]! < this.shape[axis]!) break;
        place -= this.strides[axis]! * this.shape[axis]!;
        index[axis] = 0;
      }
    }
    return to;
  }
}

export const isTensor = (v: unknown): v is EagerTensor => v instanceof EagerTensor;

export const describe = (t: {
  readonly dtype: DType;
  readonly shape: readonly unknown[];
}): string => `${t.dtype}[${t.shape.join(",")}]`;

function isDense(shape: readonly number[], strides: readonly number[]): boolean {
  let step = 1;
  for (let i = shape.length - 1; i >= 0; i--) {
    if (shape[i] !== 1 && strides[i] !== step) return false;
    step *= shape[i]!;
  }
  return true;
}

/** A tensor as users see it. The methods that records and the standard library add are there. */
export const asValue = <D extends DType>(t: EagerTensor<D>): TensorValue<never, D> =>
  t as unknown as TensorValue<never, D>;
