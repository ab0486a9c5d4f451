/** A sample of an operator record as a graph module with one entry, `run`. */

import { inferResult } from "#glim/compiler/graph/infer.js";
import { type Func, type Module, makeNode, tensorOf, value } from "#glim/compiler/graph/ir.js";
import { symbol, symbolsOf } from "#glim/compiler/ops/dim.js";
import type { Op, Sample } from "#glim/compiler/ops/op.js";
import { tensorType } from "#glim/compiler/ops/types.js";
import { strictRule } from "../ops/reference-host.ts";
import { concreteType, parseTensor, runSample } from "../ops/sample-call.ts";

export function moduleOfNodes(
  params: Func["params"],
  nodes: Func["body"]["nodes"],
  results: readonly Func["params"][number]["value"][],
): Module {
  const func: Func = {
    name: "run",
    entry: true,
    doc: "",
    params,
    results: results.map((r) => r.type),
    shape: { kind: "list", items: results.map((_, i) => ({ kind: "leaf", result: i })) },
    body: { params: [], nodes: [...nodes, makeNode("return", results, {}, [])] },
    span: undefined,
  };
  return {
    name: "sample",
    funcs: [func],
    constants: new Map(),
    state: new Map(),
    heap: new Map(),
    sizes: [],
  };
}

/** The module, and its named sizes in the order in which `run_prepare` takes them. */
export function sampleModule(op: Op, sample: Sample): { module: Module; symbols: string[] } {
  const types = sample.operands.map(parseTensor);
  const attrs = op.bind(sample.args, types, strictRule);
  const { type } = inferResult(op, types, attrs);
  const params = types.map((t, i) => ({ name: `x${i}`, value: value(t, `x${i}`) }));
  const operands = params.map((p) => p.value);
  const result = value(type);
  const named = new Set(types.flatMap((t) => t.shape.flatMap((d) => [...symbolsOf(d)])));
  // A size that only the arguments name comes in by a parameter that is not read.
  const missing = type.shape.flatMap((d) => [...symbolsOf(d)]).filter((s) => !named.has(s));
  if (missing.length > 0) {
    const unread = tensorType("f32", missing.map(symbol));
    params.push({ name: "unread", value: value(unread, "unread") });
  }
  const node = makeNode(op.name, operands, attrs, [result]);
  const symbols = new Set<string>();
  for (const p of params) {
    if (p.value.type.kind === "tensor") for (const d of p.value.type.shape) symbolsOf(d, symbols);
  }
  return { module: moduleOfNodes(params, [node], [result]), symbols: [...symbols] };
}

/** What `run` of the module is called with: the sample's operands, and zeros for a parameter that only brings sizes. */
export function sampleArguments(op: Op, sample: Sample, module: Module) {
  const given = runSample(op, sample).operands.map(({ data, type }) => ({
    data,
    shape: type.shape,
  }));
  const unread = module.funcs[0]!.params.slice(given.length).map(({ value }) => {
    const { shape } = concreteType(tensorOf(value));
    return { data: new Float32Array(shape.reduce<number>((n, d) => n * Number(d), 1)), shape };
  });
  return [...given, ...unread];
}
