/** Parameters and buffers: the tensors of a module that change. */

import { BufferCell, ParameterCell } from "../../runtime/eager/cell.ts";
import type {
  AnyTensor,
  DType,
  Shape,
  Sizes,
  Tensor,
  TensorValue,
} from "../../runtime/eager/tensor-types.ts";

/** A tensor whose value can be replaced, for all who hold it. */
export interface Cell<S, out D extends DType> extends TensorValue<S, D> {
  /** Replaces the value by one of the same shape and dtype. */
  assign(value: AnyTensor<D>): void;
  /** Whether optimisers may change it. */
  readonly trainable: boolean;
}

/** What is trained: `namedParameters()` lists it, `stateDict()` holds it. */
export type Parameter<S extends Shape = readonly number[]> = Cell<Sizes<S>, "f32">;
export const Parameter = ParameterCell as unknown as {
  new <S extends Shape = readonly number[]>(initial: Tensor<S>): Parameter<S>;
};

/** State that is saved but not trained, such as running means. */
export type Buffer<S extends Shape = readonly number[], D extends DType = "f32"> = Cell<
  Sizes<S>,
  D
>;
export const Buffer = BufferCell as unknown as {
  new <S extends Shape = readonly number[], D extends DType = "f32">(
    initial: Tensor<S, D>,
  ): Buffer<S, D>;
};

/** A parameter of the runtime as users see it. */
export const asParameter = (cell: ParameterCell): Parameter => cell as unknown as Parameter;

/** A buffer of users as the runtime holds it. */
export const asCell = <D extends DType>(buffer: Buffer<readonly number[], D>): BufferCell<D> =>
  buffer as unknown as BufferCell<D>;
