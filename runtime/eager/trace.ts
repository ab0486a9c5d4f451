/**
 * Owns `trace`: a function that is compiled from what it did on examples, not from its source. The function
 * that it gives does the same operations again, eagerly and compiled.
 */

import { opByName } from "../../compiler/ops/registry.ts";
import type { Operation } from "../../compiler/ops/reverse.ts";
import type { Trace, TracePlace, TraceResult, TraceStep } from "../../compiler/ops/trace.ts";
import { printTensorType, tensorType } from "../../compiler/ops/types.ts";
import { tagAs } from "../tags.ts";
import { applyOp } from "./apply-op.ts";
import { contentsOf, holderOf } from "./cell-contents.ts";
import { codes, GlimError } from "./glim-error.ts";
import { builtinMark, cellMark, mark, scriptMark, traceMark } from "./marks.ts";
import { type Recorder, recordWith } from "./recording.ts";
import { again, asValue, EagerTensor, isTensor } from "./tensor.ts";

/** Runs `f` once, on the examples, and gives the function of what it did to tensors. */
export function trace(f: (...args: never[]) => unknown, ...examples: unknown[]): unknown {
  const given = examples.map((x, i) => {
    if (isTensor(x)) return x;
    const message = `trace: example ${i + 1} is no tensor: let a function of tensors call this one`;
    throw new GlimError(codes.argument, message);
  });
  const traced = record(f, given);
  const run = (...args: readonly unknown[]): unknown => replay(traced, args);
  mark(mark(run, traceMark, traced), scriptMark, {});
  Object.defineProperty(run, "name", { value: f.name });
  return tagAs(run, f);
}

mark(trace, builtinMark, "trace");

function record(f: (...args: never[]) => unknown, examples: readonly EagerTensor[]) {
  const inputs = examples.map((x) => x[again]());
  const recording = new Recording(inputs);
  const value = recordWith(recording, () => Reflect.apply(f, undefined, inputs.map(asValue)));
  return recording.finish(value);
}

class Recording implements Recorder {
  readonly #inputs: readonly EagerTensor[];
  readonly #outside: EagerTensor[] = [];
  readonly #steps: TraceStep[] = [];
  readonly #places = new Map<EagerTensor, TracePlace>();
  /** What an input or a cell is known to have gone into. */
  readonly #dependent = new WeakSet<EagerTensor>();

  constructor(inputs: readonly EagerTensor[]) {
    this.#inputs = inputs;
    inputs.forEach((x, i) => {
      this.#places.set(x, ["inputs", i]);
      this.#dependent.add(x);
    });
  }

  isActive(): boolean {
    return false;
  }

  record({ op, operands, attrs, result }: Operation<EagerTensor>): void {
    if (op.name === "randomWords") {
      refuse("random numbers are drawn, which would be the same in every run");
    }
    const places = operands.map((x) => this.#placeOf(x));
    if (operands.some((x) => this.#isDependent(x))) this.#dependent.add(result);
    this.#places.set(result, ["steps", this.#steps.length]);
    const type = tensorType(result.dtype, result.shape);
    this.#steps.push({ op: op.name, attrs, operands: places, type });
  }

  noteReading(x: EagerTensor, method: string): void {
    if (!this.#isDependent(x)) return;
    refuse(`${method} of ${printTensorType(x)}, which depends on the arguments or on parameters`);
  }

  noteAssignment(): void {
    refuse("a parameter or buffer is written");
  }

  noteStatedGradient(): void {
    refuse("a gradient is stated (customGrad), which operations do not tell");
  }

  finish(value: unknown): Trace<EagerTensor> {
    const result = this.#resultOf(value);
    const inputs = this.#inputs.map(({ dtype, shape }) => tensorType(dtype, shape));
    return { inputs, outside: this.#outside, steps: this.#steps, result };
  }

  #isDependent(x: EagerTensor): boolean {
    return this.#dependent.has(contentsOf(x)) || cellMark in holderOf(x);
  }

  #placeOf(x: EagerTensor): TracePlace {
    const own = contentsOf(x);
    const known = this.#places.get(own);
    if (known !== undefined) return known;
    const place: TracePlace = ["outside", this.#outside.length];
    this.#outside.push(cellMark in x ? x : holderOf(x));
    this.#places.set(own, place);
    return place;
  }

  #resultOf(v: unknown): TraceResult {
    if (isTensor(v)) return { kind: "tensor", place: this.#placeOf(v) };
    if (Array.isArray(v)) return { kind: "list", items: v.map((x) => this.#resultOf(x)) };
    if (isPrimitive(v)) return { kind: "primitive", value: v };
    if (typeof v === "object" && v !== null && isPlain(v)) {
      const fields = Object.entries(v).map(([key, x]) => [key, this.#resultOf(x)] as const);
      return { kind: "record", fields };
    }
    const what = typeof v === "object" ? (v?.constructor.name ?? "null") : `a ${typeof v}`;
    throw new GlimError(
      codes.argument,
      `trace: the result is tensors, in lists and records; the function gave ${what}`,
    );
  }
}

type Primitive = (TraceResult & { readonly kind: "primitive" })["value"];

const isPrimitive = (v: unknown): v is Primitive =>
  v === null || ["number", "string", "boolean", "undefined"].includes(typeof v);

const isPlain = (v: object): boolean => {
  const prototype: unknown = Object.getPrototypeOf(v);
  return prototype === Object.prototype || prototype === null;
};

function refuse(what: string): never {
  throw new GlimError(codes.traced, `trace: ${what}`);
}

/** Does what was recorded, on other inputs. */
function replay(traced: Trace<EagerTensor>, args: readonly unknown[]): unknown {
  const inputs = fitting(traced, args);
  const made: EagerTensor[] = [];
  const at = ([from, index]: TracePlace): EagerTensor =>
    ({ inputs, outside: traced.outside, steps: made })[from][index]!;
  for (const { op, attrs, operands, type } of traced.steps) {
    made.push(applyOp(opByName(op)!, operands.map(at), attrs, type));
  }
  const rebuilt = (result: TraceResult): unknown => {
    switch (result.kind) {
      case "tensor":
        return asValue(at(result.place));
      case "list":
        return result.items.map(rebuilt);
      case "record":
        return Object.fromEntries(result.fields.map(([key, x]) => [key, rebuilt(x)]));
      case "primitive":
        return result.value;
    }
  };
  return rebuilt(traced.result);
}

function fitting({ inputs }: Trace, args: readonly unknown[]): readonly EagerTensor[] {
  return inputs.map((type, i) => {
    const x = args[i];
    if (isTensor(x) && printTensorType(x) === printTensorType(type)) return x;
    const found = x instanceof EagerTensor ? printTensorType(x) : `a ${typeof x}`;
    const message = `trace: argument ${i + 1} is ${found}, and the example was ${printTensorType(type)}`;
    throw new GlimError(codes.shape, message);
  });
}
