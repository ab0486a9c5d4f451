/** The laws of single nodes: operands and results of core operations and of operators. */

import { type Dim, equalDim, product } from "../ops/dim.ts";
import type { Op } from "../ops/op.ts";
import type { TensorType } from "../ops/types.ts";
import { inferResult, RefusedCall, type SizeDemand } from "./infer.ts";
import { type Module, type Node, type Type, tensorOf, type Value } from "./ir.ts";
import { equalLayout, isRowMajor, rowMajor } from "./layout.ts";
import { scalarFns } from "./scalars.ts";
import { equalType, interchangeable, printPlacedType, printType } from "./type.ts";
import { checkHeapNode, worksOnHeap } from "./verify-heap.ts";

/** What is wrong, or undefined. */
type Verdict = string | undefined;

const placed = (values: readonly Value[]): string =>
  `(${values.map((v) => printPlacedType(v.type, v.layout)).join(", ")})`;

const types = (list: readonly Type[]): string => `(${list.map(printType).join(", ")})`;

/** Values that become other values: as many, and of equal types and layouts. */
export function checkMeeting(
  verb: string,
  given: readonly Value[],
  wanted: readonly Value[],
): Verdict {
  const fits =
    given.length === wanted.length && given.every((v, i) => interchangeable(v, wanted[i]!));
  return fits ? undefined : `${verb} ${placed(given)}, where ${placed(wanted)} is due`;
}

type Kind = Type["kind"];

/** Numbers and kinds of operands and results. */
function checkKinds(node: Node, operands: readonly Kind[], results: readonly Kind[]): Verdict {
  const check = (verb: string, given: readonly Value[], wanted: readonly Kind[]): Verdict => {
    const found = given.map((v) => v.type.kind).join(", ");
    const due = wanted.join(", ");
    return found === due ? undefined : `${verb} (${found}), where (${due}) is due`;
  };
  return check("takes", node.operands, operands) ?? check("gives", node.results, results);
}

/** Operands, results and names of a core operation whose attributes are known to be right. */
export function checkCoreNode(node: Node, m: Module): Verdict {
  switch (node.op) {
    case "const":
      return checkKinds(node, [], ["tensor"]) ?? checkConst(node, m);
    case "splat":
      return checkSplat(node);
    case "number":
      return checkNumber(node);
    case "size":
      return checkKinds(node, [], ["f64"]);
    case "boolean":
      return checkKinds(node, [], ["bool"]);
    case "item":
      return checkItem(node);
    case "scalar":
      return checkScalar(node);
    case "layout":
      return checkKinds(node, ["tensor"], ["tensor"]) ?? checkLayout(node);
    case "join":
      return checkJoin(node);
    case "grad":
      return (
        checkMeeting("takes", node.operands, node.regions[0]?.params ?? []) ?? checkGrad(node, m)
      );
    case "customGrad":
      return (
        checkMeeting("takes", node.operands.slice(0, 1), node.regions[0]?.params ?? []) ??
        checkMeeting("gives", node.operands.slice(0, 1), node.results)
      );
    case "checkpoint":
      return node.operands.length > 0 ? "takes operands" : undefined;
    case "barrier":
      return node.operands.length === 1
        ? checkMeeting("gives", node.operands, node.results)
        : "takes one value";
    case "vmap":
      return node.operands.length > 0 ? undefined : "has no examples";
    case "kernel":
    case "loop":
      return checkMeeting("takes", node.operands, node.regions[0]?.params ?? []);
    case "if":
      return checkKinds({ ...node, results: [] }, ["bool"], []);
    case "call":
      return checkCall(node, m);
    case "state.get":
    case "state.set":
      return checkStateAccess(node, m);
    case "check":
      return checkKinds(node, ["bool"], []);
    case "bind":
      return checkKinds(node, ["f64"], []);
    case "checkEqual":
    case "checkAtMost":
      return checkKinds(node, [], []);
    case "throw":
      return checkKinds(node, node.operands.length === 0 ? [] : ["str"], []);
    default:
      if (worksOnHeap(node.op)) return checkHeapNode(node, m);
      return node.results.length > 0 ? "gives results" : undefined;
  }
}

function checkNumber(node: Node): Verdict {
  if (node.results[0]?.type.kind !== "i32") return checkKinds(node, [], ["f64"]);
  const { value } = node.attrs;
  if (value !== Number(value) || value !== (value | 0)) return `${value} is no i32`;
  return checkKinds(node, [], ["i32"]);
}

function checkConst(node: Node, m: Module): Verdict {
  const constant = m.constants.get(String(node.attrs.name));
  const result = node.results[0]!;
  if (!constant) return `there is no constant @${node.attrs.name}`;
  const fits = equalType(constant.type, result.type) && equalLayout(constant.layout, result.layout);
  return fits ? undefined : `the constant is ${printPlacedType(constant.type, constant.layout)}`;
}

function checkSplat(node: Node): Verdict {
  const [from, to] = [node.operands[0]?.type, node.results[0]?.type];
  if (node.operands.length !== 1 || (from?.kind !== "f64" && from?.kind !== "bool")) {
    return "takes one f64 or bool";
  }
  if (node.results.length !== 1 || to?.kind !== "tensor") return "gives one tensor";
  if (to.shape.length > 0) return `gives a tensor of rank 0, not ${printType(to)}`;
  return from?.kind === "f64" && to.dtype === "bool" ? "makes no bool of a number" : undefined;
}

function checkItem(node: Node): Verdict {
  const type = node.operands[0]?.type;
  if (node.operands.length !== 1 || type?.kind !== "tensor") return "takes one tensor";
  if (product(type.shape) !== 1) return `${printType(type)} has not exactly one element`;
  return checkKinds(node, ["tensor"], [type.dtype === "bool" ? "bool" : "f64"]);
}

function checkScalar(node: Node): Verdict {
  const fn = scalarFns.get(String(node.attrs.fn));
  if (!fn) return `there is no scalar function ${node.attrs.fn}`;
  return checkKinds(node, fn.operands, [fn.result]);
}

function checkLayout(node: Node): Verdict {
  const [from, to] = [node.operands[0]!.type, node.results[0]!.type];
  return equalType(from, to)
    ? undefined
    : `changes the type ${printType(from)} to ${printType(to)}`;
}

/** Every part lies as it does in the whole, whose axis is as long as all of theirs. */
function checkJoin(node: Node): Verdict {
  const kinds = checkKinds(
    node,
    node.operands.map((): Kind => "tensor"),
    ["tensor"],
  );
  if (kinds) return kinds;
  const whole = node.results[0]!;
  const { dtype, shape } = tensorOf(whole);
  const axis = Number(node.attrs.axis);
  const length = shape[axis];
  const layout = whole.layout ?? rowMajor(shape.length);
  const due = layout.map((p) => (p.axis === axis ? { ...p, pad: Number(length) } : p));
  const fits = node.operands.every((v) => {
    const part = tensorOf(v);
    const across = part.shape.every((d, i) => i === axis || equalDim(d, shape[i]!));
    return part.dtype === dtype && across && equalLayout(v.layout, due);
  });
  const sum = node.operands.reduce((n, v) => n + Number(tensorOf(v).shape[axis]), 0);
  return fits && sum === length
    ? undefined
    : `joins ${placed(node.operands)} to ${placed(node.results)}`;
}

/** The last results are the gradients, of the type of what they belong to. */
function checkGrad(node: Node, m: Module): Verdict {
  const wanted: Type[] = node.operands.map((v) => v.type);
  for (const name of Array.isArray(node.attrs.cells) ? node.attrs.cells : []) {
    const type = m.state.get(String(name))?.type ?? m.constants.get(String(name))?.type;
    if (type === undefined) return `there is no cell @${name}`;
    wanted.push(type);
  }
  if (wanted.some((t) => t.kind !== "tensor" || t.dtype !== "f32")) {
    return "differentiates for what is no tensor of f32";
  }
  const given = node.results.slice(node.results.length - wanted.length).map((v) => v.type);
  if (types(given) === types(wanted)) return undefined;
  return `gives gradients ${types(given)}, where ${types(wanted)} are due`;
}

function checkCall(node: Node, m: Module): Verdict {
  const callee = m.funcs.find((f) => f.name === node.attrs.callee);
  if (!callee) return `there is no function @${node.attrs.callee}`;
  if (callee.entry) return `@${callee.name} is an entry, which is not called from inside`;
  const given = placed(node.results);
  const wanted = types(callee.results);
  if (given !== wanted) return `gives ${given}, where @${callee.name} gives ${wanted}`;
  const params = callee.params.map((p) => p.value);
  return checkMeeting("passes", node.operands, params);
}

function checkStateAccess(node: Node, m: Module): Verdict {
  const cell = m.state.get(String(node.attrs.name));
  if (!cell) return `there is no state @${node.attrs.name}`;
  if ([...node.operands, ...node.results].some((v) => !isRowMajor(v.layout))) {
    return "state is row-major";
  }
  const [takes, gives] = node.op === "state.get" ? [[], [cell.type]] : [[cell.type], []];
  if (placed(node.operands) !== types(takes)) {
    return `takes ${placed(node.operands)}, where ${types(takes)} is due`;
  }
  return placed(node.results) === types(gives)
    ? undefined
    : `gives ${placed(node.results)}, where ${types(gives)} is due`;
}

/** An operator's operands and result against its record; its attributes are known to be right. */
export function checkOperator(op: Op, node: Node): Verdict {
  const operands: TensorType[] = [];
  for (const v of node.operands) if (v.type.kind === "tensor") operands.push(v.type);
  if (operands.length < node.operands.length) return "takes tensors only";
  const count = op.operands.length;
  const fits = op.variadic ? operands.length >= count - 1 : operands.length === count;
  if (!fits) return `takes ${count} operands, not ${operands.length}`;
  const result = node.results[0]?.type;
  if (node.results.length !== 1 || result?.kind !== "tensor") return "gives one tensor";
  try {
    const { type, demands } = inferResult(op, operands, node.attrs);
    if (agrees(type, result, demands)) return undefined;
    return `gives ${printType(result)}, where ${printType(type)} is due`;
  } catch (error) {
    if (error instanceof RefusedCall) return error.message;
    throw error;
  }
}

/** Equal types, where a size may also be one that the rule demanded to be equal to it. */
function agrees(a: TensorType, b: TensorType, demands: readonly SizeDemand[]): boolean {
  const same = (x: Dim, y: Dim): boolean =>
    equalDim(x, y) ||
    demands.some(
      (d) =>
        d.relation === "equal" &&
        ((equalDim(d.left, x) && equalDim(d.right, y)) ||
          (equalDim(d.left, y) && equalDim(d.right, x))),
    );
  return (
    a.dtype === b.dtype &&
    a.shape.length === b.shape.length &&
    a.shape.every((d, i) => same(d, b.shape[i]!))
  );
}
