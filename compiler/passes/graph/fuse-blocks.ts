/**
 * `max`, `exp(x − max)`, `sum`, `÷ sum` of each row, as a softmax has them, are four kernels over the whole
 * tensor; the padding of an image and the convolution of each of its channels are two. This pass puts such
 * kernels into one, which computes all of them for a block of rows, or for the plane of a channel, before it
 * goes on: what lies between them stays in the first-level cache and takes memory for one block only.
 */

import type { Func, Node, Region, Value } from "../../graph/ir.ts";
import { makeNode, value } from "../../graph/ir.ts";
import { readersIn } from "../../graph/walk.ts";
import { type BlockFrame, frameOf, worksInBlocks } from "../../lower/fused/block-frame.ts";
import type { GraphPass } from "./pass.ts";

export const fuseBlocks: GraphPass = {
  name: "fuse-blocks",
  doc: "Makes one kernel of those that compute the same rows or planes, one block after another.",
  run: (m) => ({ ...m, funcs: m.funcs.map((f) => new BlockFusion(f).run()) }),
};

class BlockFusion {
  private readonly func: Func;
  private readonly readers: ReadonlyMap<Value, readonly Node[]>;

  constructor(func: Func) {
    this.func = func;
    this.readers = readersIn(func.body);
  }

  run(): Func {
    return { ...this.func, body: this.region(this.func.body) };
  }

  private region({ params, nodes }: Region): Region {
    const gone = new Set<Node>();
    const fused = new Map<Node, Node>();
    nodes.forEach((node, i) => {
      if (node.op !== "kernel" || gone.has(node)) return;
      const rest = nodes.slice(i).filter((n) => !gone.has(n));
      const members = this.membersFrom(rest);
      if (!members) return;
      for (const m of members) gone.add(m);
      fused.set(members.at(-1)!, joined(members));
    });
    const kept = nodes.flatMap((node) => {
      const whole = fused.get(node);
      if (whole) return [whole];
      if (gone.has(node)) return [];
      const isKernel = node.op === "kernel";
      return [isKernel ? node : { ...node, regions: node.regions.map((r) => this.region(r)) }];
    });
    return { params, nodes: kept };
  }

  /** The kernels from the first node on that can be one; undefined where it cannot be put with others. */
  private membersFrom(nodes: readonly Node[]): readonly Node[] | undefined {
    const frame = this.frameFrom(nodes);
    if (!frame) return undefined;
    const members: Node[] = [];
    const made = new Set<Value>();
    for (const node of nodes) {
      if (!passing.has(node.op)) break;
      const reads = members.length === 0 || node.operands.some((v) => made.has(v));
      if (node.op !== "kernel" || !reads || !worksInBlocks(node, frame)) continue;
      members.push(node);
      made.add(node.results[0]!);
    }
    for (let count = members.length; count >= 2; count--) {
      const some = members.slice(0, count);
      if (some.some((n) => frameOf(n) !== undefined) && this.isClosed(some)) return some;
    }
    return undefined;
  }

  /** The blocks that the first kernel asks for, or that the first one does that reads what it makes. */
  private frameFrom([first, ...rest]: readonly Node[]): BlockFrame | undefined {
    const own = frameOf(first!);
    if (own) return own;
    const result = first!.results[0]!;
    const reader = rest.find((n) => n.op === "kernel" && n.operands.includes(result));
    return reader && frameOf(reader);
  }

  /** Whether only these kernels read what all of them but the last one make. */
  private isClosed(members: readonly Node[]): boolean {
    return members
      .slice(0, -1)
      .every((n) => (this.readers.get(n.results[0]!) ?? []).every((r) => members.includes(r)));
  }
}

/** What may stand between: it neither reads nor writes what kernels could be moved across. */
const passing: ReadonlySet<string> = new Set([
  "kernel",
  "const",
  "reshape",
  "number",
  "boolean",
  "size",
]);

/** One kernel with these inside, in the place of the last one. */
function joined(members: readonly Node[]): Node {
  const inside = new Map<Value, Value>();
  const params = new Map<Value, Value>();
  const current = (v: Value): Value => {
    const known = inside.get(v) ?? params.get(v);
    if (known) return known;
    const fresh = value(v.type, v.hint, v.layout);
    params.set(v, fresh);
    return fresh;
  };
  const nodes: Node[] = members.map((node) => {
    const operands = node.operands.map(current);
    const [result] = node.results;
    const fresh = value(result!.type, result!.hint, result!.layout);
    inside.set(result!, fresh);
    return { ...node, operands, results: [fresh] };
  });
  const last = members.at(-1)!;
  nodes.push(makeNode("yield", [inside.get(last.results[0]!)!], {}, []));
  const region: Region = { params: [...params.values()], nodes };
  return makeNode("kernel", [...params.keys()], {}, last.results, last.span, [region]);
}
