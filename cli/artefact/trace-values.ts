/** Owns the values on the way to a result: what an entry computes outside of its loops and branches, with the lines that ask for it. */

import { packageModule } from "../../compiler/compile.ts";
import type { Func, Module, Node, Region, Type, Value } from "../../compiler/graph/ir.ts";
import { printType } from "../../compiler/graph/type.ts";
import { inlineCalls } from "../../compiler/passes/graph/inline-calls.ts";
import { openSync } from "../../runtime/package/open.ts";
import { compilerOptions } from "../compiler-options.ts";

export interface TracedValue {
  /** The operation and the type of what it gives. */
  readonly what: string;
  /** File, line and column of the source. */
  readonly at: string;
  readonly shape: readonly number[];
  readonly data: ArrayLike<number>;
}

/** A model file and the graph of its source. */
export interface TracedFile {
  readonly file: string;
  readonly module: Module;
}

/** The values of one call in a new instance, in the order of execution; undefined if the entry cannot be traced. */
export function traceValues(
  { file, module }: TracedFile,
  entry: string,
  args: readonly unknown[],
  interpreter: WebAssembly.Module,
): readonly TracedValue[] | undefined {
  const inlined = inlineCalls.run(module, { evaluator: undefined });
  const func = inlined.funcs.find((f) => f.name === entry);
  const steps = func && stepsOf(func);
  if (steps === undefined) return undefined;
  const options = compilerOptions(file);
  const funcs = inlined.funcs.flatMap((f) =>
    f === func ? [returning(func, steps)] : f.entry ? [] : [f],
  );
  const { bytes } = packageModule({ ...inlined, funcs }, options);
  const given: unknown = openSync(bytes, interpreter)[entry]!(...args);
  const results: readonly unknown[] = Array.isArray(given) ? given : [];
  return steps.map(({ node, value }, i) => {
    const place = node.span && options.locate(node.span);
    return {
      what: `${node.op}: ${printType(value.type)}`,
      at: place ? `${place.file}:${place.line}:${place.column}` : "no place",
      ...elementsOf(results[i]),
    };
  });
}

interface Step {
  readonly node: Node;
  readonly value: Value;
}

/** What is computed outside of regions, but for weights; undefined where a region may end the call. */
function stepsOf({ body: { nodes } }: Func): readonly Step[] | undefined {
  if (nodes.at(-1)?.op !== "return" || nodes.some((n) => n.regions.some(returns))) return undefined;
  return nodes
    .filter((node) => node.op !== "const")
    .flatMap((node) => node.results.map((value) => ({ node, value })))
    .filter(({ value }) => isShown(value.type));
}

const isShown = ({ kind }: Type): boolean => kind === "tensor" || kind === "f64" || kind === "bool";

const returns = (r: Region): boolean =>
  r.nodes.some((n) => n.op === "return" || n.regions.some(returns));

/** The function that gives all of the values in the place of its result. */
function returning(func: Func, steps: readonly Step[]): Func {
  const operands = steps.map(({ value }) => value);
  const last = func.body.nodes.at(-1)!;
  const nodes = [...func.body.nodes.slice(0, -1), { ...last, operands }];
  return {
    ...func,
    results: operands.map((v) => v.type),
    shape: { kind: "list", items: operands.map((_, result) => ({ kind: "leaf", result })) },
    body: { ...func.body, nodes },
  };
}

function elementsOf(v: unknown): Pick<TracedValue, "shape" | "data"> {
  if (typeof v !== "object" || v === null) return { shape: [], data: [Number(v)] };
  const { data, shape } = Object(v);
  return { data, shape };
}
