/** Compares an entry's graph with the plain run of the same function, on numbers and booleans. */

import type { Module, ResultShape } from "#glim/compiler/graph/ir.js";
import { GraphRun, type Scalar } from "./run-graph.ts";
import { toHost } from "./run-heap.ts";

/** What a call came to: its result, or the text of its failure. */
export type Outcome = { readonly value: unknown } | { readonly failure: string };

export function outcomeOf(run: () => unknown): Outcome {
  try {
    return { value: run() };
  } catch (error) {
    return { failure: error instanceof Error ? error.message : String(error) };
  }
}

/** Calls an entry of a module, and gives its result the structure that the host would see. */
export class GraphProgram {
  readonly run: GraphRun;
  readonly #module: Module;

  constructor(module: Module) {
    this.#module = module;
    this.run = new GraphRun(module);
  }

  call(entry: string, args: readonly Scalar[]): unknown {
    const func = this.#module.funcs.find((f) => f.name === entry);
    if (func === undefined) throw new Error(`no entry ${entry}`);
    return assemble(func.shape, this.run.call(entry, args), this.#module);
  }
}

function assemble(shape: ResultShape, values: readonly Scalar[], m: Module): unknown {
  switch (shape.kind) {
    case "void":
      return undefined;
    case "leaf":
      return toHost(values[shape.result], m);
    case "union": {
      const [code, option] = shape.options.find(([c]) => c === values[shape.result]) ?? [0];
      if (option === undefined) throw new Error("a result has a tag that is none of its own");
      return code === 1 ? null : assemble(option, values, m);
    }
    case "list":
      return shape.items.map((item) => assemble(item, values, m));
    case "record":
      return Object.fromEntries(
        shape.fields.map(([key, field]) => [key, assemble(field, values, m)]),
      );
  }
}
