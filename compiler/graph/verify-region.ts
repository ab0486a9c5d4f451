/** The laws of one function's regions: visibility of values, terminators, and what each node takes. */

import { opByName } from "../ops/registry.ts";
import { type CoreOp, coreOp } from "./core-ops.ts";
import { type Func, type Module, type Node, type Region, terminators, type Value } from "./ir.ts";
import { isRowMajor } from "./layout.ts";
import { equalType, printPlacedType, printType } from "./type.ts";
import { type AttrKinds, checkCoreAttrs } from "./verify-attrs.ts";
import { checkCoreNode, checkMeeting, checkOperator } from "./verify-node.ts";
import { returnsWhatIsDue } from "./verify-sizes.ts";
import { labelOf } from "./walk.ts";

type Fail = (message: string) => void;

/** What a region's terminators may do: `yield` to a node, leave or repeat the loops around it. */
interface Around {
  readonly yieldsTo: Node | undefined;
  readonly loops: ReadonlyMap<string, Node>;
  readonly kernel: boolean;
}

export class RegionVerifier {
  readonly #m: Module;
  readonly #f: Func;
  readonly #names: ReadonlyMap<Value, string>;
  readonly #kinds: AttrKinds;
  readonly #report: Fail;
  readonly #defined = new Set<Value>();
  readonly #labels = new Set<string>();
  #visible = new Set<Value>();
  /** What the region at hand has defined so far: visible until it ends. */
  #local: Value[] = [];

  constructor(
    m: Module,
    f: Func,
    names: ReadonlyMap<Value, string>,
    kinds: AttrKinds,
    report: Fail,
  ) {
    this.#m = m;
    this.#f = f;
    this.#names = names;
    this.#kinds = kinds;
    this.#report = report;
  }

  run(): void {
    for (const p of this.#f.params) this.#define(p.value, "parameter");
    this.#region(this.#f.body, { yieldsTo: undefined, loops: new Map(), kernel: false }, "body");
  }

  #name(v: Value): string {
    return this.#names.get(v) ?? "a value from elsewhere";
  }

  #define(v: Value, where: string): void {
    if (this.#defined.has(v)) this.#report(`${where}: ${this.#name(v)} is defined twice`);
    this.#defined.add(v);
    this.#visible.add(v);
    this.#local.push(v);
  }

  #region(region: Region, around: Around, where: string): void {
    const outer = { visible: this.#visible, local: this.#local };
    if (around.kernel) this.#visible = new Set();
    this.#local = [];
    for (const p of region.params) this.#define(p, where);
    region.nodes.forEach((node, i) => {
      const last = i === region.nodes.length - 1;
      if (terminators.has(node.op) !== last) {
        this.#report(
          last ? `${where}: ends without a terminator` : `${where}: goes on after ${node.op}`,
        );
      }
      this.#node(node, around);
    });
    if (region.nodes.length === 0) this.#report(`${where}: is empty`);
    for (const v of this.#local) this.#visible.delete(v);
    this.#visible = outer.visible;
    this.#local = outer.local;
  }

  #node(node: Node, around: Around): void {
    const results = node.results.map((r) => this.#name(r)).join(", ");
    const where = results === "" ? node.op : `${results} = ${node.op}`;
    const fail: Fail = (message) => this.#report(`${where}: ${message}`);
    for (const v of node.operands) {
      if (!this.#visible.has(v)) fail(`${this.#name(v)} is not defined here`);
    }
    const core = coreOp(node.op);
    if (core) this.#core(core, node, around, where, fail);
    else this.#operator(node, fail);
    for (const r of node.results) this.#define(r, where);
  }

  #core(core: CoreOp, node: Node, around: Around, where: string, fail: Fail): void {
    const mayStand = node.op === "yield" || node.op === "layout" || node.op === "kernel";
    if (around.kernel && !mayStand) fail("is not an operator, inside a kernel");
    const wrong = checkCoreAttrs(core, node);
    wrong.forEach(fail);
    if (wrong.length > 0) return;
    const message = checkCoreNode(node, this.#m) ?? this.#terminator(node, around);
    if (message !== undefined) fail(message);
    if (node.regions.length !== core.regions) fail(`has ${node.regions.length} regions`);
    else this.#regions(node, around, where, fail);
  }

  #operator(node: Node, fail: Fail): void {
    if (node.regions.length > 0) fail("has regions");
    const op = opByName(node.op);
    const wrong = op ? this.#kinds.check(op, node.attrs) : ["is no operator"];
    wrong.forEach(fail);
    const message = op && wrong.length === 0 ? checkOperator(op, node) : undefined;
    if (message !== undefined) fail(message);
  }

  #regions(node: Node, around: Around, where: string, fail: Fail): void {
    if (node.op === "loop") {
      const label = labelOf(node);
      if (this.#labels.has(label)) fail(`two loops have the label ${label}`);
      this.#labels.add(label);
      const loops = new Map(around.loops).set(label, node);
      this.#region(node.regions[0]!, { ...around, yieldsTo: undefined, loops }, where);
    } else if (node.op === "kernel") {
      const inside = { yieldsTo: node, loops: new Map(), kernel: true };
      this.#region(node.regions[0]!, inside, where);
    } else if (oneWayOut.has(node.op)) {
      this.#region(node.regions[0]!, { ...around, yieldsTo: node, loops: new Map() }, where);
    } else {
      for (const region of node.regions) {
        if (region.params.length > 0) fail("its regions take no parameters");
        this.#region(region, { ...around, yieldsTo: node }, where);
      }
    }
  }

  /** What is wrong with where a terminator goes and what it gives there. */
  #terminator(node: Node, around: Around): string | undefined {
    if (!terminators.has(node.op) || node.op === "throw") return undefined;
    if (node.op === "return") {
      const given = node.operands.map((v) => printPlacedType(v.type, v.layout)).join(", ");
      const wanted = this.#f.results.map(printType).join(", ");
      if (given === wanted || (this.#f.entry && isPlainReturn(this.#m, this.#f, node)))
        return undefined;
      return `gives (${given}), where the function gives (${wanted})`;
    }
    if (node.op === "yield") {
      if (!around.yieldsTo) return "has nothing around it to give values to";
      if (around.yieldsTo.op === "customGrad") {
        return checkMeeting("gives", node.operands, around.yieldsTo.operands.slice(1));
      }
      if (around.yieldsTo.op === "vmap") return checkExamplesYield(node, around.yieldsTo);
      if (around.yieldsTo.op === "grad") return checkGradYield(node, around.yieldsTo);
      return checkMeeting("gives", node.operands, around.yieldsTo.results);
    }
    const loop = around.loops.get(labelOf(node));
    if (!loop) return `no loop around it has the label ${labelOf(node)}`;
    const targets = node.op === "break" ? loop.results : (loop.regions[0]?.params ?? []);
    return checkMeeting("gives", node.operands, targets);
  }
}

/** Row-major values of the types that are due, where some sizes may be any. */
const isPlainReturn = (m: Module, f: Func, node: Node): boolean =>
  node.operands.every((v) => isRowMajor(v.layout)) && returnsWhatIsDue(m, f, node);

/** Operations whose region is never left from inside: what they are about would stay unfinished. */
const oneWayOut: ReadonlySet<string> = new Set(["grad", "customGrad", "checkpoint", "vmap"]);

/** What examples take and give is that of all of them without the first axis. */
function checkExamplesYield(node: Node, vmap: Node): string | undefined {
  const { results } = vmap.attrs;
  const count = typeof results === "number" ? results : 0;
  const given = [...(vmap.regions[0]?.params ?? []), ...node.operands.slice(0, count)];
  const all = [...vmap.operands, ...vmap.results.slice(0, count)];
  if (given.length !== all.length) return "gives too few or too many values";
  const examples = all[0]?.type.kind === "tensor" ? all[0].type.shape[0] : undefined;
  const fits = given.every(({ type }, i) => {
    if (type.kind !== "tensor" || examples === undefined) return false;
    return equalType({ ...type, shape: [examples, ...type.shape] }, all[i]!.type);
  });
  if (!fits) return "gives tensors that are not those of one example";
  return checkMeeting("gives", node.operands.slice(count), vmap.results.slice(count));
}

/** The output and its cotangent, then the first of the results. */
function checkGradYield(node: Node, grad: Node): string | undefined {
  const [output, cotangent, ...values] = node.operands;
  if (output?.type.kind !== "tensor" || output.type.dtype !== "f32") return "gives no output";
  const { cells } = grad.attrs;
  const gradients = grad.operands.length + (Array.isArray(cells) ? cells.length : 0);
  if (values.length + gradients !== grad.results.length) return "gives too few or too many values";
  return (
    checkMeeting("gives the cotangent", cotangent ? [cotangent] : [], [output]) ??
    checkMeeting("gives", values, grad.results.slice(0, values.length))
  );
}
