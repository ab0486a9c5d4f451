/**
 * Removes what nothing reads: nodes without effects, results of branches and loops, values that loops
 * carry for themselves only, constants and state cells.
 *
 * Effects stay: writes of state, checks, calls, exits, operators that can fail. A loop that has none
 * and whose results nothing reads goes, whether or not it would have ended.
 */

import { canFail } from "../../graph/can-fail.ts";
import {
  attrOf,
  effects,
  type Func,
  isText,
  type Module,
  makerOf,
  type Node,
  type Region,
  type Value,
} from "../../graph/ir.ts";
import { forEachNode } from "../../graph/walk.ts";
import { Liveness } from "./liveness.ts";
import type { GraphPass } from "./pass.ts";

export const removeDead: GraphPass = {
  name: "remove-dead",
  doc: "Removes nodes, results, constants and state cells that nothing reads.",
  run(m) {
    const swept = m.funcs.map(removeFromFunc);
    const { constants, state } = usedData(m, swept);
    const made = (cells: Module["state"]): Set<string | undefined> =>
      new Set([...cells.values()].map(makerOf));
    const [before, after] = [made(m.state), made(state)];
    const funcs = swept.filter(({ name }) => !before.has(name) || after.has(name));
    return { ...m, funcs, constants, state };
  },
};

/** The constants and cells that a node still names. */
function usedData(m: Module, funcs: readonly Func[]): Pick<Module, "constants" | "state"> {
  const constants = new Set<string>();
  const cells = new Set<string>();
  for (const f of funcs) {
    forEachNode(f.body, (node) => {
      if (node.op === "const") constants.add(attrOf(node, "name", isText));
      if (node.op === "state.get" || node.op === "state.set") {
        cells.add(attrOf(node, "name", isText));
      }
    });
  }
  return {
    constants: new Map([...m.constants].filter(([name]) => constants.has(name))),
    state: new Map([...m.state].filter(([name]) => cells.has(name))),
  };
}

const hasEffect = (node: Node): boolean =>
  effects.has(node.op) || node.op === "return" || canFail(node);

function removeFromFunc(f: Func): Func {
  const live = new Liveness(f.body, hasEffect);
  return { ...f, body: sweep(f.body, live) };
}

/** The region with its live nodes, and of those the live operands and results. */
function sweep(region: Region, live: Liveness): Region {
  const keep = (values: readonly Value[], like: readonly Value[]): readonly Value[] =>
    values.filter((_, i) => live.value(like[i]!));
  const nodes = region.nodes.flatMap((node): readonly Node[] => {
    if (!live.node(node)) return [];
    const target = live.targets(node);
    const operands = target ? keep(node.operands, target) : node.operands;
    if (node.op !== "if" && node.op !== "loop") return [target ? { ...node, operands } : node];
    const results = keep(node.results, node.results);
    return [{ ...node, operands, results, regions: node.regions.map((r) => sweep(r, live)) }];
  });
  return { params: keep(region.params, region.params), nodes };
}
