/** Arguments for entries of any signature: the same numbers give the same arguments. */

import { evaluateDim, parseDim } from "#glim/compiler/ops/dim.js";
import { type DType, isDType } from "#glim/compiler/ops/types.js";
import type { EntrySignature, ModuleSignature } from "#glim/compiler/package/signature.js";
import type { CellType, ValueType } from "#glim/compiler/package/value-types.js";

type Sizes = ReadonlyMap<string, number>;

/** Numbers from 0 to 1, each seed its own. */
export function randomNumbers(seed: number): () => number {
  let state = (seed * 2654435761 + 1013904223) >>> 0;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state / 2 ** 32;
  };
}

const specials = [0, 1, 2, 3, -1, 0.5, 7, 10];
const texts = ["", "a", "ab", "hello world", "x,y,z", "7", "Żółw 🐢"];

class Maker {
  readonly #random: () => number;
  readonly #types: ModuleSignature["types"];
  readonly #sizes: Sizes;

  constructor(random: () => number, types: ModuleSignature["types"], sizes: Sizes) {
    this.#random = random;
    this.#types = types;
    this.#sizes = sizes;
  }

  below(n: number): number {
    return Math.floor(this.#random() * n);
  }

  number(): number {
    return specials[this.below(specials.length)]!;
  }

  tensor(dtype: DType, axes: readonly (number | string)[]): unknown {
    const shape = axes.map((d) =>
      typeof d === "number" ? d : evaluateDim(parseDim(d), this.#sizes),
    );
    const length = shape.reduce((n, d) => n * d, 1);
    if (dtype === "i32") return { data: Int32Array.from({ length }, () => this.below(4)), shape };
    if (dtype === "bool") return { data: Uint8Array.from({ length }, () => this.below(2)), shape };
    if (dtype === "u8") return { data: Uint8Array.from({ length }, () => this.below(256)), shape };
    if (dtype === "i8") return { data: Int8Array.from({ length }, () => this.below(256)), shape };
    if (dtype === "f64") return { data: Float64Array.from({ length }, () => this.number()), shape };
    return { data: Float32Array.from({ length }, () => this.#random() * 2 - 1), shape };
  }

  value(type: ValueType, depth: number): unknown {
    if (type === "f64") return this.number();
    if (type === "bool") return this.below(2) === 1;
    if (type === "str") return texts[this.below(texts.length)];
    if ("cell" in type) return this.cell(type.cell, depth);
    if ("ref" in type) return this.value(this.#types![type.ref]!, depth);
    if ("tensor" in type) return this.tensor(type.tensor, type.shape);
    if ("list" in type) {
      return Array.from({ length: this.below(depth > 3 ? 1 : 4) }, () =>
        this.cell(type.list, depth + 1),
      );
    }
    if ("record" in type) {
      return Object.fromEntries(
        type.record.map(([name, cell]) => [name, this.cell(cell, depth + 1)]),
      );
    }
    const [key, held] = type.map;
    const entries = Array.from(
      { length: this.below(3) },
      () => [this.value(key, depth + 1), this.cell(held, depth + 1)] as const,
    );
    return held.some(([, t]) => t !== undefined)
      ? new Map(entries)
      : new Set(entries.map(([k]) => k));
  }

  /** The deeper, the rather something that contains nothing. */
  cell(cell: CellType, depth: number): unknown {
    const [code, type] = cell[depth > 3 ? 0 : this.below(cell.length)] ?? [0];
    if (type === undefined) return code === 1 ? null : undefined;
    return this.value(type, depth);
  }
}

export function madeArguments(
  entry: EntrySignature,
  types: ModuleSignature["types"],
  seed: number,
): unknown[] {
  const random = randomNumbers(seed);
  const sizes = new Map(
    entry.sizes.map(({ name, min, max }) => {
      const most = Math.min(max ?? 5, Math.max(min, 5));
      return [name, Math.max(min, 1) + Math.floor(random() * (most - Math.max(min, 1) + 1))];
    }),
  );
  const maker = new Maker(random, types, sizes);
  const args: unknown[] = [];
  for (const { path, dtype, shape, type } of entry.params) {
    const value =
      shape !== undefined && isDType(dtype)
        ? maker.tensor(dtype, shape)
        : type !== undefined
          ? maker.value(type, 0)
          : dtype === "boolean"
            ? maker.below(2) === 1
            : maker.number();
    put(args, path, value);
  }
  return args;
}

/** Puts a value where a path of arguments and fields leads. */
function put(root: unknown[], path: readonly (number | string)[], value: unknown): void {
  let at: object = root;
  for (const key of path.slice(0, -1)) {
    const inner: unknown = Reflect.get(at, key) ?? {};
    Reflect.set(at, key, inner);
    at = Object(inner);
  }
  Reflect.set(at, path.at(-1)!, value);
}
