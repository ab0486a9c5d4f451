/** Makes a batch of examples: each part of theirs becomes one tensor with a new first axis. */

import { tensor } from "../../runtime/eager/from-data.ts";
import { codes, GlimError } from "../../runtime/eager/glim-error.ts";
import { asValue, type EagerTensor, isTensor } from "../../runtime/eager/tensor.ts";
import type { AnyTensor, DType, TensorValue } from "../../runtime/eager/tensor-types.ts";
import { stack } from "../functional/join.ts";

type Elements = Float32Array | Int32Array;

/** What `collate` makes of examples of a type. */
export type Collated<T> =
  T extends TensorValue<infer _S, infer D>
    ? AnyTensor<D>
    : T extends Float32Array
      ? AnyTensor<"f32">
      : T extends Int32Array
        ? AnyTensor<"i32">
        : T extends number
          ? AnyTensor<"f32">
          : T extends boolean
            ? AnyTensor<"bool">
            : T extends string
              ? string[]
              : { [K in keyof T]: Collated<T[K]> };

/**
 * Tensors and typed arrays of one shape are stacked, numbers become an f32 tensor, booleans a bool one, texts stay a
 * list; records and tuples are made of what their parts become. Labels are best given as `tensor(3, "i32")`.
 */
export function collate<T>(examples: readonly T[]): Collated<T> {
  return joined(examples, "an example") as Collated<T>;
}

function joined(parts: readonly unknown[], what: string): unknown {
  const [first] = parts;
  if (parts.every(isTensor)) return stackTensors(parts, what);
  if (parts.every(isElements)) return stackTensors(parts.map(tensorOf), what);
  if (parts.every((v) => typeof v === "number")) return tensor(Float32Array.from(parts));
  if (parts.every((v) => typeof v === "boolean")) return tensor(parts);
  if (parts.every((v) => typeof v === "string")) return [...parts];
  if (!parts.every(isRecord) || !isRecord(first)) return refuse(what, parts);
  const keys = Object.keys(first);
  if (parts.some((part) => Object.keys(part).join() !== keys.join())) return refuse(what, parts);
  const all = keys.map(
    (key) =>
      [
        key,
        joined(
          parts.map((p) => p[key]),
          `${what}'s ${key}`,
        ),
      ] as const,
  );
  return Array.isArray(first) ? all.map(([, v]) => v) : Object.fromEntries(all);
}

function stackTensors(parts: readonly EagerTensor[], what: string): AnyTensor {
  const [first] = parts;
  const other = parts.find(
    (t) => t.shape.join() !== first!.shape.join() || t.dtype !== first!.dtype,
  );
  if (other === undefined) return stack(parts.map((t): AnyTensor<DType> => asValue(t)));
  const sizes = `[${first!.shape}] and [${other.shape}]`;
  const message = `collate: ${what} has shapes ${sizes}; give \`collate\` a function that makes them alike`;
  throw new GlimError(codes.shape, message);
}

function refuse(what: string, parts: readonly unknown[]): never {
  const kinds = new Set(parts.map((v) => (v === null ? "null" : typeof v)));
  const message = `collate: ${what} cannot be joined, its kinds are ${[...kinds].join(" and ")}`;
  throw new GlimError(codes.argument, message);
}

const isElements = (v: unknown): v is Elements =>
  v instanceof Float32Array || v instanceof Int32Array;

function tensorOf(elements: Elements): EagerTensor {
  const made: unknown =
    elements instanceof Float32Array ? tensor(elements) : tensor(elements, [elements.length]);
  return isTensor(made) ? made : refuse("an array", [elements]);
}

const isRecord = (v: unknown): v is Readonly<Record<string, unknown>> =>
  typeof v === "object" && v !== null && !isTensor(v) && !ArrayBuffer.isView(v);
