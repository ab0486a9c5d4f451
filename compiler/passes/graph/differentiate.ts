/**
 * Puts the way there and the way back in the places of `grad` nodes, and what is done for all examples at
 * once in those of `vmap` nodes: they nest in each other.
 *
 * `grad (x = a) { nodes, yield loss, seed } ⇒ nodes, their reverse`, the results being the gradients.
 */

import { gradientOfCaller } from "../../diagnostics/catalog/gradients.ts";
import type { HeapType } from "../../graph/heap-types.ts";
import type { Func, Module, Node, Value } from "../../graph/ir.ts";
import { type Rewriter, rebuildFunc } from "../../graph/rebuild.ts";
import { forEachNode, forEachNodeWithin, freshName } from "../../graph/walk.ts";
import { examplesOf } from "./examples/examples-of.ts";
import { Checkpoints } from "./gradient/checkpoints.ts";
import { Emitter } from "./gradient/emitter.ts";
import { Gradient, type Surroundings } from "./gradient/gradient.ts";
import { Names } from "./gradient/names.ts";
import { RefusedGradient } from "./gradient/refused-gradient.ts";
import type { GraphPass } from "./pass.ts";

export const differentiate: GraphPass = {
  name: "differentiate",
  doc: "Puts the way there and the way back in the places of gradients, and all examples in those of one.",
  run: (m) => new Differentiation(m).run(),
};

/** What no later pass knows. */
const marks: ReadonlySet<string> = new Set([
  ...["grad", "stopGradient", "customGrad", "checkpoint", "vmap"],
]);

export function hasGradients(func: Func): boolean {
  let found = false;
  forEachNode(func.body, (node) => {
    found ||= marks.has(node.op);
  });
  return found;
}

class Differentiation {
  readonly #m: Module;
  readonly #heap: Map<string, HeapType>;
  readonly #names: Set<string>;
  /** Functions without gradients; undefined while one is worked on. */
  readonly #done = new Map<string, Func | undefined>();
  /** What gradients made of functions that they call. */
  readonly #made: Func[] = [];

  constructor(m: Module) {
    this.#m = m;
    this.#heap = new Map(m.heap);
    this.#names = new Set(m.funcs.map((f) => f.name));
  }

  run(): Module {
    const funcs = this.#m.funcs.map((f) => this.#func(f));
    // Gradients of functions that call others have needed these nodes in those, too.
    const plain = [...funcs, ...this.#made].map(withoutMarks);
    return { ...this.#m, heap: this.#heap, funcs: plain };
  }

  #func(func: Func): Func {
    const { name } = func;
    const known = this.#done.get(name);
    if (known !== undefined) return known;
    if (this.#done.has(name)) throw new RefusedGradient(gradientOfCaller(), func.span);
    this.#done.set(name, undefined);
    const done = hasGradients(func) ? this.#differentiated(func) : func;
    this.#done.set(name, done);
    return done;
  }

  #differentiated(func: Func): Func {
    const followed = gradientsIn("grad", func);
    const mapped = gradientsIn("vmap", func);
    const surroundings: Surroundings = {
      module: this.#m,
      heap: this.#heap,
      names: new Names(this.#m, func),
      callee: (name) => {
        const made = this.#made.find((f) => f.name === name);
        return made ?? this.#func(this.#m.funcs.find((f) => f.name === name)!);
      },
      newFunc: (name) => freshName(name, this.#names),
      addFunc: (f) => this.#made.push(f),
    };
    // Inner ones come first: what is around them works on what they have become.
    return rebuildFunc(func, (node, rewriter) => {
      if (node.op === "grad") {
        const [first] = node.results;
        const isFollowed = !func.entry || followed.has(first!);
        const place = { isFollowed, isMapped: mapped.has(first!) };
        new Gradient(surroundings, node, place).expand(rewriter);
      } else if (node.op === "vmap") putExamples(node, rewriter);
      else rewriter.emit(node);
    });
  }
}

/** What says only how gradients flow is what it gives. */
function withoutMarks(func: Func): Func {
  if (!hasGradients(func)) return func;
  return rebuildFunc(func, (node, rewriter) => {
    if (node.op === "stopGradient" || node.op === "customGrad")
      rewriter.replace(node.results[0]!, node.operands[0]!);
    else if (node.op === "checkpoint") putInPlace(node, rewriter);
    else rewriter.emit(node);
  });
}

/** `r = checkpoint { nodes, yield y } ⇒ nodes`, with y for r. */
function putInPlace(node: Node, rewriter: Rewriter): void {
  for (const inner of node.regions[0]!.nodes) {
    if (inner.op !== "yield") rewriter.emit(inner);
    else {
      node.results.forEach((r, i) => {
        rewriter.replace(r, inner.operands[i]!);
      });
    }
  }
}

/** The results of `grad` nodes that are in a node of some kind. */
function gradientsIn(kind: "grad" | "vmap", func: Func): ReadonlySet<Value> {
  const found = new Set<Value>();
  forEachNodeWithin(func.body, (node, around) => {
    if (node.op === "grad" && around.some(({ op }) => op === kind))
      for (const v of node.results) found.add(v);
  });
  return found;
}

/** `vmap (x = all) { nodes, yield y } ⇒ the nodes on all examples at once`. */
function putExamples(node: Node, rewriter: Rewriter): void {
  const build = new Emitter();
  const regions = node.regions.map((r) => ({ ...r, nodes: new Checkpoints(false).open(r.nodes) }));
  const results = examplesOf({ ...node, regions }, build);
  for (const n of build.nodes) rewriter.emit(n);
  results?.forEach((v, i) => {
    rewriter.replace(node.results[i]!, v);
  });
}
