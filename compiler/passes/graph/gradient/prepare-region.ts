/**
 * Brings what is differentiated into a form that the way back understands: cells that it is differentiated
 * for are one value each, and what was written to state just before is read as what it is.
 */

import { substituteNodes } from "../../../graph/clone.ts";
import type { Node, Region, Value } from "../../../graph/ir.ts";
import { forEachNode } from "../../../graph/walk.ts";
import { stateOf } from "./carry-state.ts";

/** The names of the cells that a `grad` node is differentiated for. */
export const cellsOf = (node: Node): readonly string[] => {
  const { cells } = node.attrs;
  return Array.isArray(cells) ? cells.map(String) : [];
};

/** The nodes with every read of a cell that `cells` has replaced by its value there; nothing writes these. */
export function readCellsOnce(nodes: readonly Node[], cells: ReadonlyMap<string, Value>): Node[] {
  const became = new Map<Value, Value>();
  forEachNode({ params: [], nodes }, (node) => {
    if (node.op !== "state.get" && node.op !== "const") return;
    const cell = cells.get(stateOf(node));
    if (cell === undefined) return;
    became.set(node.results[0]!, cell);
  });
  return withoutReads(substituteNodes(nodes, became), new Set(became.keys()));
}

/** Reads of state that stand behind a write of it, in one line of nodes, are what was written. */
export function forwardWrites(nodes: readonly Node[]): Node[] {
  const became = new Map<Value, Value>();
  const written = new Map<string, Value>();
  for (const node of nodes) {
    if (node.op === "state.set") written.set(stateOf(node), node.operands[0]!);
    else if (node.op === "state.get") noteRead(node, written, became);
    else if (node.op === "call") written.clear();
    else if (node.op !== "customGrad") {
      const inside = node.regions.flatMap((r) => writesIn(r));
      for (const name of inside) written.delete(name);
      for (const region of node.regions) {
        forEachNode(region, (inner) => {
          if (inner.op === "state.get") noteRead(inner, written, became);
        });
      }
    }
  }
  return withoutReads(substituteNodes(nodes, became), new Set(became.keys()));
}

function noteRead(
  node: Node,
  written: ReadonlyMap<string, Value>,
  became: Map<Value, Value>,
): void {
  const value = written.get(stateOf(node));
  // What was written may have been read from state itself.
  if (value !== undefined) became.set(node.results[0]!, became.get(value) ?? value);
}

export function writesIn(region: Region): readonly string[] {
  const names: string[] = [];
  forEachNode(region, (node) => {
    if (node.op === "state.set") names.push(stateOf(node));
  });
  return names;
}

function withoutReads(nodes: readonly Node[], gone: ReadonlySet<Value>): Node[] {
  if (gone.size === 0) return [...nodes];
  return nodes.flatMap((node) => {
    const [result] = node.results;
    if (result !== undefined && gone.has(result)) return [];
    const regions = node.regions.map((r) => ({ ...r, nodes: withoutReads(r.nodes, gone) }));
    return [{ ...node, regions }];
  });
}
