/**
 * Owns what was computed of constants, for as long as their elements stay the same: within one compilation,
 * where several entries read the same weights, and from one compilation to the next.
 */

import { equalData } from "../../graph/data-text.ts";
import type { Constant, Module, TensorData } from "../../graph/ir.ts";

export class KeptTensors {
  /** The constants of the last module, by name. */
  #constants: ReadonlyMap<string, Constant> = new Map();
  /** What was made before this compilation and in it; what two compilations in a row do not ask for is forgotten. */
  #before: ReadonlyMap<string, TensorData> = new Map();
  #made = new Map<string, TensorData>();
  readonly #numbers = new WeakMap<TensorData, number>();
  #count = 0;

  /** Begins a compilation. Constants whose elements are as they were become the very arrays of the last one. */
  begin(module: Module): Module {
    this.#before = this.#made;
    this.#made = new Map();
    const again = (c: Constant): Constant => {
      const known = this.#constants.get(c.name);
      const isSame = known?.type.dtype === c.type.dtype && equalData(known.data, c.data);
      return isSame ? { ...c, data: known.data } : c;
    };
    const constants = new Map(Array.from(module.constants, ([name, c]) => [name, again(c)]));
    this.#constants = constants;
    return { ...module, constants };
  }

  /** What `make` gives of these operands; `what` says all else that the result depends on. */
  of(
    what: string,
    operands: readonly TensorData[],
    make: () => TensorData | undefined,
  ): TensorData | undefined {
    const key = `${what} of ${operands.map((data) => this.#numberOf(data)).join(" ")}`;
    const data = this.#made.get(key) ?? this.#before.get(key) ?? make();
    if (data) this.#made.set(key, data);
    return data;
  }

  #numberOf(data: TensorData): number {
    const number = this.#numbers.get(data) ?? this.#count++;
    this.#numbers.set(data, number);
    return number;
  }
}
