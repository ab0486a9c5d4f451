/** Runs compiled entry points on arguments in JSON, and compares the bits with those of eager mode. */

import { parseJsonTensor } from "../../dist/cli/artefact/json-tensor.js";
import type { EntrySignature, ParamSignature } from "../../dist/compiler/package/signature.js";
import { isTensor } from "../../dist/runtime/eager/tensor.js";
import type { Model, NdArray } from "../../dist/runtime/load.js";
import { tensor } from "../../dist/stdlib/index.js";
import type { EntryResult } from "./messages.ts";

type Sizes = ReadonlyMap<string, number>;

export interface RunnableEntry {
  readonly signature: EntrySignature;
  readonly eager: unknown;
  /** JSON; undefined where the user has said nothing. */
  readonly args: string | undefined;
}

export function runEntry(model: Model, { signature: s, eager, args }: RunnableEntry): EntryResult {
  const text = args ?? JSON.stringify(madeUp(s));
  const about = { name: s.name, signature: spell(s), args: text };
  try {
    const given: unknown = JSON.parse(text);
    if (!Array.isArray(given)) throw new SyntaxError("arguments are a list, as in [[1, 2, 3]]");
    const compiled = show(model[s.name]?.(...argumentsOf(s, given, (x) => x)));
    return { ...about, result: compiled, isSame: compiled === runEagerly(s, eager, given) };
  } catch (error) {
    return { ...about, result: String(error), isSame: undefined };
  }
}

function runEagerly(s: EntrySignature, eager: unknown, given: readonly unknown[]): string {
  if (typeof eager !== "function") return "not a function";
  try {
    return show(eager(...argumentsOf(s, given, toEager)));
  } catch (error) {
    return String(error);
  }
}

function toEager({ data, shape }: NdArray): unknown {
  if (data instanceof Float32Array || data instanceof Int32Array)
    return tensor(data as never, shape);
  return (tensor([...data], "bool") as { reshape(shape: readonly number[]): unknown }).reshape(
    shape,
  );
}

/** Nested lists become tensors where the entry point takes tensors. */
function argumentsOf(
  { params }: EntrySignature,
  given: readonly unknown[],
  make: (array: NdArray) => unknown,
): readonly unknown[] {
  const args = given.map((x) => structuredClone(x));
  for (const p of params) {
    if (p.shape === undefined) continue;
    const path = [...p.path];
    const last = path.pop() ?? 0;
    const owner = path.reduce((x: unknown, key) => Reflect.get(Object(x), key), args);
    const value: unknown = Reflect.get(Object(owner), last);
    const bytes = new TextEncoder().encode(JSON.stringify(value ?? null));
    const dtype = p.dtype === "value" ? "f32" : p.dtype;
    Reflect.set(Object(owner), last, make(parseJsonTensor(bytes, dtype)));
  }
  return args;
}

const leafText = (x: number, isF32: boolean): string =>
  Object.is(x, -0) ? "-0" : isF32 ? String(Number(x.toPrecision(9))) : String(x);

interface Elements {
  readonly data: ArrayLike<number>;
  readonly shape: readonly number[];
}

function elementsOf(x: object): Elements | undefined {
  if (isTensor(x)) return { data: x.toTypedArray(), shape: x.shape };
  return "data" in x && "shape" in x && ArrayBuffer.isView(x.data) ? (x as Elements) : undefined;
}

/** One text for the same bits. */
function show(x: unknown): string {
  if (typeof x === "number") return leafText(x, false);
  if (typeof x !== "object" || x === null) return JSON.stringify(x) ?? "undefined";
  const elements = elementsOf(x);
  if (elements !== undefined) return showTensor(elements);
  if (x instanceof Map) {
    return `Map { ${[...x].map(([k, v]) => `${show(k)} => ${show(v)}`).join(", ")} }`;
  }
  if (x instanceof Set) return `Set { ${[...x].map(show).join(", ")} }`;
  if (Array.isArray(x)) return `[${x.map(show).join(", ")}]`;
  return `{ ${Object.entries(x)
    .map(([k, v]) => `${k}: ${show(v)}`)
    .join(", ")} }`;
}

function showTensor({ data, shape }: Elements): string {
  const isF32 = data instanceof Float32Array;
  const rows = (axis: number, at: number): string => {
    if (axis === shape.length) return leafText(data[at] ?? 0, isF32);
    const step = shape.slice(axis + 1).reduce((n, d) => n * d, 1);
    const parts = Array.from({ length: shape[axis] ?? 0 }, (_, i) => rows(axis + 1, at + i * step));
    const isInner = axis === shape.length - 1;
    return isInner ? `[${parts.join(", ")}]` : `[${parts.join(`,\n${" ".repeat(axis + 1)}`)}]`;
  };
  const kind = isF32 ? "f32" : data instanceof Int32Array ? "i32" : "bool";
  return `${kind}[${shape.join(", ")}]\n${rows(0, 0)}`;
}

/** Arguments that fit: sizes of 2, 3, 4 …, elements that rise. */
function madeUp({ params, sizes }: EntrySignature): readonly unknown[] {
  const known: Sizes = new Map(
    sizes.map(({ name, min, max }, i) => [name, Math.max(min, Math.min(max ?? i + 2, i + 2))]),
  );
  const args: unknown[] = [];
  for (const p of params) {
    let owner: object = args;
    p.path.slice(0, -1).forEach((key) => {
      if (Reflect.get(owner, key) === undefined) Reflect.set(owner, key, {});
      owner = Object(Reflect.get(owner, key));
    });
    Reflect.set(owner, p.path.at(-1) ?? 0, madeUpValue(p, known));
  }
  return args;
}

function madeUpValue(p: ParamSignature, known: Sizes): unknown {
  if (p.default !== undefined) return p.default;
  if (p.dtype === "boolean") return true;
  if (p.shape === undefined) return p.dtype === "value" ? (p.type === "str" ? "text" : []) : 2;
  const shape = p.shape.map((d) => (typeof d === "number" ? d : (known.get(d) ?? 1)));
  const build = (axis: number, at: number): unknown => {
    if (axis === shape.length) return p.dtype === "bool" ? at % 2 === 0 : at % 10;
    const step = shape.slice(axis + 1).reduce((n, d) => n * d, 1);
    return Array.from({ length: shape[axis] ?? 0 }, (_, i) => build(axis + 1, at + i * step));
  };
  return build(0, 0);
}

function spell({ name, params }: EntrySignature): string {
  const spelled = params.map((p) => {
    const kind = p.dtype === "f64" ? "number" : p.dtype === "value" ? "value" : p.dtype;
    return `${p.name}: ${p.shape === undefined ? kind : `${kind}[${p.shape.join(", ")}]`}`;
  });
  return `${name}(${spelled.join(", ")})`;
}
