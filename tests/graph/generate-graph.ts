/**
 * Random lawful Graph IR modules: every core operation, every operator of the registry with attributes
 * of its samples, nested control flow, state, calls. Loops end after a few rounds.
 */

import fc from "fast-check";
import type { HeapType } from "#glim/compiler/graph/heap-types.js";
import type {
  Constant,
  Func,
  Module,
  Param,
  StateCell,
  TensorData,
  Type,
} from "#glim/compiler/graph/ir.js";
import { boolType, f64Type, value } from "#glim/compiler/graph/ir.js";
import { parseTypeText } from "#glim/compiler/graph/parse-type.js";
import { printGraph } from "#glim/compiler/graph/text.js";
import { product } from "#glim/compiler/ops/dim.js";
import { type DType, type TensorType, tensorType } from "#glim/compiler/ops/types.js";
import { Choices } from "./choices.ts";
import { containerTypes } from "./generate-containers.ts";
import { RegionGenerator } from "./generate-region.ts";

const specials = [0, 1, -1, 2.5, -0, Number.NaN, Number.POSITIVE_INFINITY, 0.1, -3, 1e-40, 7];

/** A number as programs have them; special values are frequent. */
export const someNumber = (c: Choices): number => c.pick(specials);

export function someData(c: Choices, dtype: DType, length: number): TensorData {
  if (dtype === "bool") return Uint8Array.from({ length }, () => c.below(2));
  return arrayOf[dtype](Array.from({ length }, () => someNumber(c)));
}

const arrayOf: Readonly<Record<DType, (numbers: readonly number[]) => TensorData>> = {
  f32: (numbers) => Float32Array.from(numbers),
  f64: (numbers) => Float64Array.from(numbers),
  i32: (numbers) => Int32Array.from(numbers),
  u8: (numbers) => Uint8Array.from(numbers),
  i8: (numbers) => Int8Array.from(numbers),
  bool: (numbers) => Uint8Array.from(numbers),
};

/** What the functions of one module share. */
export class ModuleGenerator {
  readonly choices: Choices;
  readonly constants = new Map<string, Constant>();
  readonly state = new Map<string, StateCell>();
  readonly funcs: Func[] = [];

  /** Whether regions differentiate: only the first passes see that. */
  readonly ofGradients: boolean;

  /** Whether tensors are of every dtype, and operands are converted to meet. */
  readonly isMixed: boolean;

  constructor(choices: Choices, ofGradients: boolean, isMixed: boolean) {
    this.choices = choices;
    this.ofGradients = ofGradients;
    this.isMixed = isMixed;
    const tensor = tensorType("f32", [2, 3]);
    this.state.set("count", { name: "count", type: f64Type, initial: someNumber(choices) });
    this.state.set("ready", { name: "ready", type: boolType, initial: choices.oneIn(2) });
    this.state.set("cell", { name: "cell", type: tensor, initial: someData(choices, "f32", 6) });
  }

  /** A constant of a type without symbols. */
  constant(type: TensorType): Constant {
    const name = `w${this.constants.size}`;
    const data = someData(this.choices, type.dtype, Number(product(type.shape)));
    const constant: Constant = { name, type, layout: undefined, data };
    this.constants.set(name, constant);
    return constant;
  }

  func(name: string, entry: boolean): void {
    const c = this.choices;
    const types = this.isMixed ? mixedTypes : paramTypes;
    const params = makeParams(types);
    const results = Array.from({ length: c.below(3) }, () => c.pick(types));
    const region = new RegionGenerator(
      this,
      params.map((p) => p.value),
    );
    this.#add(name, entry, params, results, region.body(results));
  }

  /** An entry that gives back gradients. */
  gradients(name: string): void {
    const params = makeParams(paramTypes);
    const region = new RegionGenerator(
      this,
      params.map((p) => p.value),
    );
    const { body, results } = region.gradients();
    this.#add(name, true, params, results, body);
  }

  #add(
    name: string,
    entry: boolean,
    params: readonly Param[],
    results: readonly Type[],
    body: Func["body"],
  ): void {
    const leaves = results.map((_, i) => ({ kind: "leaf", result: i }) as const);
    const shape: Func["shape"] =
      leaves.length === 0
        ? { kind: "void" }
        : leaves.length === 1
          ? leaves[0]!
          : { kind: "record", fields: leaves.map((leaf, i) => [`r ${i}`, leaf]) };
    const doc = this.choices.oneIn(3) ? 'Says "x";\nand more.' : "";
    this.funcs.push({ name, entry, doc, params, results, shape, body, span: undefined });
  }

  module(): Module {
    const { ofGradients } = this;
    const helpers = this.choices.below(3);
    for (let i = 0; i < helpers; i++) this.func(`helper${i}`, false);
    if (ofGradients) this.gradients("main");
    else this.func("main", true);
    if (!ofGradients && this.choices.oneIn(3)) this.func("other", true);
    const { funcs, constants, state } = this;
    const sizes = [{ name: "B", min: 1, max: 4 }];
    const heap = ofGradients ? containerTypes : new Map<string, HeapType>();
    return { name: "random", funcs, constants, state, heap, sizes };
  }
}

const paramTypes: readonly Type[] = [
  parseTypeText("f32[B,3]"),
  parseTypeText("f32[2,3]"),
  f64Type,
  boolType,
];

const mixedTypes: readonly Type[] = [
  ...paramTypes,
  parseTypeText("f64[B,3]"),
  parseTypeText("u8[B,3]"),
  parseTypeText("i8[2,3]"),
];

const makeParams = (types: readonly Type[]): readonly Param[] =>
  types.map((type, i) => ({ name: `p${i}`, value: value(type, `p${i}`) }));

const modules = (length: number, ofGradients: boolean, isMixed: boolean): fc.Arbitrary<Module> =>
  fc.array(fc.nat(0xffff), { maxLength: length, size: "max" }).map((numbers) => {
    const m = new ModuleGenerator(new Choices(numbers), ofGradients, isMixed).module();
    return Object.defineProperty(m, fc.toStringMethod, { value: () => printGraph(m) });
  });

/** Random lawful modules; `length` bounds their size, in decisions. A failing one prints as text. */
export const graphModules = (length = 300): fc.Arbitrary<Module> => modules(length, false, false);

/** Random lawful modules whose tensors are of every dtype. */
export const mixedModules = (length = 300): fc.Arbitrary<Module> => modules(length, false, true);

/** Random lawful modules whose entry gives back gradients. */
export const gradientModules = (length = 200): fc.Arbitrary<Module> => modules(length, true, false);
