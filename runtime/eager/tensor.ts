/**
 * The eager tensor: a view of a storage in the kernels' memory. Immutable for its users; its methods
 * are added from the operator records (operators.ts) and the standard library.
 */

import { bytesOf, type DType, printTensorType, type TensorType } from "../../compiler/ops/types.ts";
import { type Elements, elementsOf } from "./elements.ts";
import { codes, GlimError } from "./glim-error.ts";
import { printTensor } from "./print-tensor.ts";
import { isFollowed, isRecording, noteReading } from "./recording.ts";
import type { Storage } from "./storage-ring.ts";
import { denseStrides, lengthOf, type Strided } from "./strided.ts";
import type { AnyShape, AnyTensor, Stage } from "./tensor-types.ts";

export { printTensorType };

/** Keeps a large storage's place alive: shared by all views of it, watched by a finalizer. */
export type Lease = object;

/** Methods that are not for users. */
export const again = Symbol("again");
export const refuseReading = Symbol("refuseReading");

export class EagerTensor<D extends DType = DType> implements Strided, TensorType {
  readonly kind = "tensor";
  readonly dtype: D;
  readonly shape: AnyShape;
  /** These change only in cells, which are given another tensor's elements. */
  strides: readonly number[];
  dense: boolean;
  storage: Storage;
  lease: Lease | undefined;
  /** Of the first element within the storage, in elements. */
  offset: number;

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

  /** Another tensor with the same elements. */
  [again](): EagerTensor<D> {
    return new EagerTensor(
      this.storage,
      this.dtype,
      this.shape,
      this.strides,
      this.offset,
      this.lease,
    );
  }

  /** Refuses to read elements where they are not those of one tensor, or carry a gradient. */
  [refuseReading](method: string): void {
    if (isRecording()) refuseFollowed(this, method);
  }

  item(): number | boolean {
    this[refuseReading]("item");
    if (this.length !== 1) {
      const message = `item: ${printTensorType(this)} has ${this.length} elements, not 1`;
      throw new GlimError(codes.oneElement, message);
    }
    const x = elementsOf(this)[0]!;
    return this.dtype === "bool" ? x !== 0 : x;
  }

  toList(): number[] | boolean[] {
    if (this.rank !== 1) {
      throw new GlimError(codes.shape, `toList: ${printTensorType(this)} is not of rank 1`);
    }
    this[refuseReading]("toList");
    const list = Array.from(elementsOf(this));
    return this.dtype === "bool" ? list.map((x) => x !== 0) : list;
  }

  toTypedArray(): Elements {
    this[refuseReading]("toTypedArray");
    return elementsOf(this);
  }

  pipe(...stages: readonly Stage[]): unknown {
    let x: unknown = this;
    for (const stage of stages) x = typeof stage === "function" ? stage(x) : stage.forward(x);
    return x;
  }

  toString(): string {
    if (isRecording()) noteReading(this, "the text");
    return this.#printed();
  }

  #printed(): string {
    return printTensor(this.dtype, this.shape, elementsOf(this));
  }

  /** Operators and conditions on tensors mean nothing in JavaScript: say what to write instead. */
  [Symbol.toPrimitive](hint: string): string {
    if (hint === "string") return this.toString();
    throw new GlimError(
      codes.operators,
      "operators do not work on tensors: write x.add(y), x.neg(), x.lt(0) and so on, or x.item() for the number",
    );
  }

  /** What Node's console prints. */
  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return this.#printed();
  }

  get [Symbol.toStringTag](): string {
    return "Tensor";
  }
}

/** Numbers carry no gradient: one that is read from what is differentiated would be lost silently. */
function refuseFollowed(x: EagerTensor, method: string): void {
  noteReading(x, method);
  if (!isFollowed(x)) return;
  const message = `${method}: no gradient flows through a number: write stopGradient(x).${method}()`;
  throw new GlimError(codes.activeItem, message);
}

export const isTensor = (v: unknown): v is EagerTensor => v instanceof EagerTensor;

function isDense(shape: readonly number[], strides: readonly number[]): boolean {
  let step = 1;
  for (let i = shape.length - 1; i >= 0; i--) {
    if (shape[i] !== 1 && strides[i] !== step) return false;
    step *= shape[i]!;
  }
  return true;
}

/**
 * A tensor as users see it: a claim that the methods which records and the standard library add are
 * there. Tests compare them with the type, name by name.
 */
export const asValue = <D extends DType>(t: EagerTensor<D>): AnyTensor<D> =>
  t as unknown as AnyTensor<D>;
