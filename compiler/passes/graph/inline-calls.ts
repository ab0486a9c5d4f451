/**
 * Puts the bodies of functions in the places of their calls.
 *
 * `r = call f x ⇒ nodes of f with x for its parameters`, where f returns at its end only;
 * `r = call f x ⇒ r = loop L () { nodes of f, return v ⇒ break L v }`, where it returns from inside.
 */

import { cloneNodes } from "../../graph/clone.ts";
import {
  attrOf,
  type Func,
  isText,
  type Module,
  makerOf,
  type Node,
  type Value,
} from "../../graph/ir.ts";
import { type Rewriter, rebuildFunc } from "../../graph/rebuild.ts";
import { SizeNames, sizesBoundIn, sizesOfParams } from "../../graph/sizes.ts";
import { forEachNode, forEachNodeWithin, freshName, labelOf, labelsIn } from "../../graph/walk.ts";
import type { GraphPass } from "./pass.ts";

export const inlineCalls: GraphPass = {
  name: "inline-calls",
  doc: "Puts functions that do not call themselves in the places of their calls, and drops what no entry calls.",
  run: inlineModule,
};

const calleeOf = (node: Node): string => attrOf(node, "callee", isText);

function calleesOf(f: Func): Set<string> {
  const callees = new Set<string>();
  forEachNode(f.body, (node) => {
    if (node.op === "call") callees.add(calleeOf(node));
  });
  return callees;
}

/** For each function, every function that a call of it may come to; itself only if it is recursive. */
function reachableFrom(funcs: readonly Func[]): ReadonlyMap<string, ReadonlySet<string>> {
  const direct = new Map(funcs.map((f) => [f.name, calleesOf(f)]));
  const visit = (name: string, into: Set<string>): Set<string> => {
    for (const callee of direct.get(name) ?? []) {
      if (into.has(callee)) continue;
      into.add(callee);
      visit(callee, into);
    }
    return into;
  };
  return new Map(funcs.map((f) => [f.name, visit(f.name, new Set())]));
}

function inlineModule(m: Module): Module {
  const reachable = reachableFrom(m.funcs);
  const isRecursive = (name: string): boolean => reachable.get(name)?.has(name) ?? false;
  const byName = new Map(m.funcs.map((f) => [f.name, f]));
  const done = new Map<string, Func>();
  // Callees first, so that what is copied has no calls left to inline.
  const inlined = (f: Func): Func => {
    const known = done.get(f.name);
    if (known) return known;
    const labels = labelsIn(f.body);
    const sizes = new Set([...sizesOfParams(m, f), ...sizesBoundIn(f.body)]);
    const result = rebuildFunc(f, (node, rewriter) => {
      const callee = node.op === "call" ? byName.get(calleeOf(node)) : undefined;
      if (callee && !isRecursive(callee.name))
        splice(node, inlined(callee), { labels, sizes }, rewriter);
      else rewriter.emit(node);
    });
    done.set(f.name, result);
    return result;
  };
  const funcs = m.funcs.map(inlined);
  const makers = [...m.state.values()].flatMap((cell) => makerOf(cell) ?? []);
  const needed = new Set([...funcs.filter((f) => f.entry).map((f) => f.name), ...makers]);
  // A set grows while it is gone through: callees that remain are visited too.
  for (const name of needed) {
    const f = done.get(name);
    if (f) for (const callee of calleesOf(f)) needed.add(callee);
  }
  return { ...m, funcs: funcs.filter((f) => needed.has(f.name)) };
}

/** Whether the function returns from inside a branch or a loop. */
function returnsInside(f: Func): boolean {
  let found = false;
  forEachNodeWithin(f.body, (node, around) => {
    if (node.op === "return" && around.length > 0) found = true;
  });
  return found;
}

/** What a function has that must be named once in it. */
interface Taken {
  readonly labels: Set<string>;
  readonly sizes: Set<string>;
}

function splice(call: Node, callee: Func, { labels, sizes }: Taken, rewriter: Rewriter): void {
  const became = new Map<Value, Value>();
  callee.params.forEach((p, i) => {
    became.set(p.value, call.operands[i]!);
  });
  const inside = returnsInside(callee);
  const label = inside ? freshName(callee.name, labels) : "";
  const renamed = new Map<string, string>();
  for (const old of labelsIn(callee.body)) renamed.set(old, freshName(old, labels));
  const bound = new SizeNames(
    new Map(sizesBoundIn(callee.body).map((name) => [name, freshName(name, sizes)])),
  );
  const edit = (copy: Node): Node => {
    if (copy.op === "return" && inside) return { ...copy, op: "break", attrs: { label } };
    const own = "label" in copy.attrs ? renamed.get(labelOf(copy)) : undefined;
    const node = bound.node(copy);
    return own === undefined ? node : { ...node, attrs: { ...node.attrs, label: own } };
  };
  const nodes = cloneNodes(callee.body.nodes, became, edit, (type) => bound.type(type));
  if (inside) {
    const regions = [{ params: [], nodes }];
    rewriter.emit({ ...call, op: "loop", operands: [], attrs: { label }, regions });
    return;
  }
  for (const node of nodes) {
    if (node.op !== "return") rewriter.emit(node);
    else {
      call.results.forEach((r, i) => {
        rewriter.replace(r, node.operands[i]!);
      });
    }
  }
}
