/** A module as the frontend makes it: kernels unpacked, every tensor in row-major order. */

import type { Module } from "#glim/compiler/graph/ir.js";
import { type Node, type Region, type Value, value } from "#glim/compiler/graph/ir.js";
import { scalarFns } from "#glim/compiler/graph/scalars.js";
import { numberFunctions } from "#glim/compiler/ops/math/number-functions.js";

export function plainGraph(m: Module): Module {
  const became = new Map<Value, Value>();
  const current = (v: Value): Value => became.get(v) ?? v;
  const fresh = (v: Value): Value => {
    const plain = value(v.type, v.hint);
    became.set(v, plain);
    return plain;
  };
  const nodesOf = (region: Region): Node[] =>
    region.nodes.flatMap((node): Node[] => {
      if (node.op === "kernel") return unpack(node);
      if (node.op === "layout" || node.op === "barrier") {
        became.set(node.results[0]!, current(node.operands[0]!));
        return [];
      }
      const operands = node.operands.map(current);
      if (isUnknown(node)) {
        const fn = operands.length === 1 ? "sqrt" : "min";
        return [{ ...node, attrs: { fn }, operands, results: node.results.map(fresh) }];
      }
      const params = node.regions.map((r) => r.params.map(fresh));
      const results = node.results.map(fresh);
      const regions = node.regions.map((r, i) => ({ params: params[i]!, nodes: nodesOf(r) }));
      return [{ ...node, operands, results, regions }];
    });
  const unpack = (node: Node): Node[] => {
    const inner = node.regions[0]!;
    inner.params.forEach((p, i) => became.set(p, current(node.operands[i]!)));
    const nodes = nodesOf(inner);
    const end = nodes.pop()!;
    node.results.forEach((v, i) => became.set(v, end.operands[i]!));
    return nodes;
  };
  return {
    ...m,
    constants: new Map([...m.constants].map(([k, c]) => [k, { ...c, layout: undefined }])),
    funcs: m.funcs.map((f) => {
      const params = f.params.map((p) => ({ ...p, value: fresh(p.value) }));
      return { ...f, params, body: { params: [], nodes: nodesOf(f.body) } };
    }),
  };
}

/** A number function that the generator names and nothing computes yet. */
const isUnknown = (node: Node): boolean => {
  const fn = String(node.attrs.fn);
  return node.op === "scalar" && !scalarFns.get(fn)?.evaluate && !numberFunctions.has(fn);
};
