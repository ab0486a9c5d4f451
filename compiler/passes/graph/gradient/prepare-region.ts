/**
 * Brings what is differentiated into a form that the way back understands: cells that it is differentiated
 * for are one value each, and what was written to state just before is read as what it is.
 */

import { gradientThrough } from "../../../diagnostics/catalog/gradients.ts";
import { substituteNodes } from "../../../graph/clone.ts";
import { attrOf, isText, type Node, type Region, type Value } from "../../../graph/ir.ts";
import { forEachNode } from "../../../graph/walk.ts";
import type { Activity } from "./activity.ts";
import { RefusedGradient } from "./refused-gradient.ts";

const nameOf = (node: Node): string => attrOf(node, "name", isText);

/** The names of the cells that a `grad` node is differentiated for. */
export const cellsOf = (node: Node): readonly string[] => {
  const { cells } = node.attrs;
  return Array.isArray(cells) ? cells.map(String) : [];
};

/** The nodes with every read of a cell that `cells` has replaced by its value there. */
export function readCellsOnce(nodes: readonly Node[], cells: ReadonlyMap<string, Value>): Node[] {
  const became = new Map<Value, Value>();
  forEachNode({ params: [], nodes }, (node) => {
    if (node.op !== "state.get" && node.op !== "const" && node.op !== "state.set") return;
    const cell = cells.get(nameOf(node));
    if (cell === undefined) return;
    if (node.op === "state.set") {
      throw new RefusedGradient(
        gradientThrough("a parameter that is written meanwhile"),
        node.span,
      );
    }
    became.set(node.results[0]!, cell);
  });
  return withoutReads(substituteNodes(nodes, became), new Set(became.keys()));
}

/** Reads of state that stand behind a write of it, in one line of nodes, are what was written. */
export function forwardWrites(nodes: readonly Node[]): Node[] {
  const became = new Map<Value, Value>();
  const written = new Map<string, Value>();
  for (const node of nodes) {
    if (node.op === "state.set") written.set(nameOf(node), node.operands[0]!);
    else if (node.op === "state.get") noteRead(node, written, became);
    else if (node.regions.length > 0) {
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
  const value = written.get(nameOf(node));
  // What was written may have been read from state itself.
  if (value !== undefined) became.set(node.results[0]!, became.get(value) ?? value);
}

function writesIn(region: Region): string[] {
  const names: string[] = [];
  forEachNode(region, (node) => {
    if (node.op === "state.set") names.push(nameOf(node));
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

/** Refuses state that is given what depends on the variables, and read again. */
export function refuseActiveState(region: Region, activity: Activity): void {
  const writes = new Map<string, { readonly node: Node; readonly inLoop: boolean }>();
  forEachNode(region, (node, around) => {
    if (node.op !== "state.set" || !activity.has(node.operands[0]!)) return;
    writes.set(nameOf(node), { node, inLoop: around.some((n) => n.op === "loop") });
  });
  const seen = new Set<string>();
  forEachNode(region, (node) => {
    if (node.op === "state.set") seen.add(nameOf(node));
    if (node.op !== "state.get") return;
    const write = writes.get(nameOf(node));
    if (write === undefined || (!write.inLoop && !seen.has(nameOf(node)))) return;
    throw new RefusedGradient(
      gradientThrough("state that is written and read again"),
      write.node.span,
    );
  });
}
