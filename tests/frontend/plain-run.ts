/** Compares an entry's graph with the plain run of the same function; tensors do not take part. */

import type { Module, ResultShape } from "#glim/compiler/graph/ir.js";
import { isTensor } from "#glim/runtime/eager/tensor.js";
import { toHost } from "../compiled/heap/interpret-heap.ts";
import { GraphRun, type RunValue } from "../compiled/interpret-graph.ts";

/** What a call came to: its result, or the text of its failure. */
export type Outcome = { readonly value: unknown } | { readonly failure: string };

export function outcomeOf(run: () => unknown): Outcome {
  try {
    return { value: run() };
  } catch (error) {
    return { failure: error instanceof Error ? error.message : String(error) };
  }
}

/** A result with its tensors as a host gets them from a compiled model. */
export function asHostValue(value: unknown): unknown {
  if (isTensor(value)) return { data: value.toTypedArray(), shape: [...value.shape] };
  return Array.isArray(value) ? value.map(asHostValue) : value;
}

/** A value that an entry of these tests takes. */
export type Scalar = number | boolean | string;

/** Calls an entry of a module, and gives its result the structure that the host would see. */
export class GraphProgram {
  readonly #run: GraphRun;
  readonly #module: Module;

  constructor(module: Module) {
    this.#module = module;
    this.#run = new GraphRun(module, new Map(), (op) => {
      throw new Error(`${op.name}: tensors are not run`);
    });
  }

  call(entry: string, args: readonly Scalar[]): unknown {
    const func = this.#module.funcs.find((f) => f.name === entry);
    if (func === undefined) throw new Error(`no entry ${entry}`);
    return assemble(func.shape, this.#run.call(entry, args));
  }
}

function assemble(shape: ResultShape, values: readonly RunValue[]): unknown {
  switch (shape.kind) {
    case "void":
      return undefined;
    case "leaf":
      return toHost(values[shape.result]!);
    case "union": {
      const [code, option] = shape.options.find(([c]) => c === values[shape.result]) ?? [0];
      if (option === undefined) throw new Error("a result has a tag that is none of its own");
      return code === 1 ? null : assemble(option, values);
    }
    case "list":
      return shape.items.map((item) => assemble(item, values));
    case "record":
      return Object.fromEntries(shape.fields.map(([key, field]) => [key, assemble(field, values)]));
  }
}
