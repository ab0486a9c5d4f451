/** Copies of nodes whose operands are other values. */

import { type Node, type Region, type Type, type Value, value } from "./ir.ts";
import { labelOf, labelsIn } from "./walk.ts";

/**
 * The nodes with new results and region parameters, which are added to `became`, and with operands
 * replaced by what `became` says. `edit` may change each copy, `typeOf` the type of what it defines.
 */
export function cloneNodes(
  nodes: readonly Node[],
  became: Map<Value, Value>,
  edit: (copy: Node) => Node,
  typeOf: (type: Type) => Type = (type) => type,
): Node[] {
  const define = (v: Value): Value => {
    const copy = value(typeOf(v.type), v.hint, v.layout);
    became.set(v, copy);
    return copy;
  };
  return copyNodes(nodes, became, define, edit);
}

/** The nodes with operands replaced by what `became` says; results stay the values they are. */
export const substituteNodes = (
  nodes: readonly Node[],
  became: ReadonlyMap<Value, Value>,
): Node[] =>
  became.size === 0
    ? [...nodes]
    : copyNodes(
        nodes,
        became,
        (v) => v,
        (node) => node,
      );

function copyNodes(
  nodes: readonly Node[],
  became: ReadonlyMap<Value, Value>,
  define: (v: Value) => Value,
  edit: (copy: Node) => Node,
): Node[] {
  const copyRegion = (region: Region): Region => {
    const params = region.params.map(define);
    return { params, nodes: region.nodes.map(copyNode) };
  };
  const copyNode = (node: Node): Node => {
    const operands = node.operands.map((v) => became.get(v) ?? v);
    const regions = node.regions.map(copyRegion);
    return edit({ ...node, operands, regions, results: node.results.map(define) });
  };
  return nodes.map(copyNode);
}

/** Copies whose loops have labels of their own: no two loops of a function have one. */
export function cloneWithLabels(
  nodes: readonly Node[],
  became: Map<Value, Value>,
  newLabel: (old: string) => string,
  edit: (copy: Node) => Node = (copy) => copy,
  typeOf?: (type: Type) => Type,
): Node[] {
  const renamed = new Map<string, string>();
  for (const old of labelsIn({ params: [], nodes })) renamed.set(old, newLabel(old));
  const relabel = (copy: Node): Node => {
    const label = "label" in copy.attrs ? renamed.get(labelOf(copy)) : undefined;
    return label === undefined ? copy : { ...copy, attrs: { ...copy.attrs, label } };
  };
  return cloneNodes(nodes, became, (copy) => edit(relabel(copy)), typeOf);
}
