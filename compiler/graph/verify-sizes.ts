/** The laws of sizes that a run tells: `bind` gives them their value, and what mentions them follows it. */

import { type Dim, equalDim, symbolsOf } from "../ops/dim.ts";
import { type Func, type Module, type Node, type Region, tensorOf } from "./ir.ts";
import { addSizesOfType, boundSize, sizesBoundIn, sizesOfNode, sizesOfParams } from "./sizes.ts";
import { printType } from "./type.ts";

type Fail = (message: string) => void;

/** What outlives a call's own regions, the heap and state, mentions no bound size. */
export function verifyLastingSizes(m: Module, fail: Fail): void {
  const bound = new Set(m.funcs.flatMap((f) => sizesBoundIn(f.body)));
  const check = (what: string, type: Parameters<typeof addSizesOfType>[0]): void => {
    const found = new Set<string>();
    addSizesOfType(type, found);
    for (const name of found) {
      if (bound.has(name)) fail(`${what}: ${printType(type)} has the size ${name} of one place`);
    }
  };
  for (const [name, type] of m.heap) {
    if (type.kind === "box") check(`type @${name}`, type.tensor);
  }
  for (const cell of m.state.values()) check(`state @${cell.name}`, cell.type);
}

export function verifyBoundSizes(m: Module, f: Func, fail: Fail): void {
  const names = sizesBoundIn(f.body);
  const given = new Set(sizesOfParams(m, f));
  names.forEach((name, i) => {
    if (names.indexOf(name) !== i) fail(`bind: the size ${name} is bound twice`);
    if (given.has(name)) fail(`bind: a parameter has the size ${name}`);
  });
  // Functions see the sizes of the entries that call them.
  const mayMention = (name: string, visible: ReadonlySet<string>): boolean =>
    visible.has(name) || (f.entry ? given.has(name) : !names.includes(name));
  const walk = (region: Region, around: ReadonlySet<string>): void => {
    const visible = new Set(around);
    for (const node of region.nodes) {
      for (const name of sizesOfNode(node)) {
        if (!mayMention(name, visible)) fail(`${node.op}: the size ${name} is not known here`);
      }
      for (const inner of node.regions) walk(inner, visible);
      if (node.op === "bind") visible.add(boundSize(node));
    }
  };
  walk(f.body, new Set());
}

/**
 * Whether an entry may return the operands of `node`: of the results' types, but that a size which the
 * parameters do not tell may be any.
 */
export function returnsWhatIsDue(m: Module, f: Func, node: Node): boolean {
  const known = new Set(sizesOfParams(m, f));
  return (
    node.operands.length === f.results.length &&
    node.operands.every(({ type }, i) => {
      const due = f.results[i]!;
      if (type.kind !== "tensor" || due.kind !== "tensor")
        return printType(type) === printType(due);
      const { shape } = tensorOf(node.operands[i]!);
      return (
        type.dtype === due.dtype &&
        shape.length === due.shape.length &&
        shape.every((d, axis) => {
          const wanted = due.shape[axis]!;
          return equalDim(d, wanted) || isOpen(wanted, known);
        })
      );
    })
  );
}

/** Whether a size of a result is told by its descriptor alone. */
const isOpen = (size: Dim, known: ReadonlySet<string>): boolean =>
  [...symbolsOf(size)].some((name) => !known.has(name));
