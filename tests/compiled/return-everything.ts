/** Makes an entry return all that it computes, so that no wrong bit hides in a value that nothing reads. */

import type { Func, Module, Region, ResultShape, Value } from "#glim/compiler/graph/ir.js";

const mostResults = 24;

export const returnEverything = (m: Module): Module => ({
  ...m,
  funcs: m.funcs.map((f) => (f.entry ? extend(f) : f)),
});

function extend(func: Func): Func {
  const last = func.body.nodes.at(-1);
  const nested = func.body.nodes.some((n) => n.regions.some(returns));
  if (last?.op !== "return" || nested) return func;
  const all: Value[] = func.body.nodes.flatMap((n) => [...n.results]).slice(-mostResults);
  const operands = [...last.operands, ...all];
  const results = operands.map((v) => v.type);
  const items = results.map((_, result): ResultShape => ({ kind: "leaf", result }));
  const nodes = [...func.body.nodes.slice(0, -1), { ...last, operands }];
  return { ...func, results, shape: { kind: "list", items }, body: { ...func.body, nodes } };
}

const returns = (r: Region): boolean =>
  r.nodes.some((n) => n.op === "return" || n.regions.some(returns));
