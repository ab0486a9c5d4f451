/** Nodes that work on lists. Elements are read and written in place, without a call. */

import { leavesOf } from "../../graph/heap-types.ts";
import type { Node, Value } from "../../graph/ir.ts";
import { binary, compare, convert, i32, plus, select, times } from "../../loop/build.ts";
import { callHeap } from "../../loop/heap.ts";
import type { LoopExpr } from "../../loop/ir.ts";
import type { FunctionScope } from "../function-scope.ts";
import {
  elementsAt,
  headerBytes,
  isReference,
  lengthAt,
  loadLeaf,
  loadWord,
  localType,
  retain,
} from "./heap-layout.ts";
import { forElements, releaseLeaves, strideOf } from "./heap-walk.ts";
import { getLeaf, leafOf, putLeaf, setLeaf } from "./leaves.ts";
import { type ListType, ofTensor, stack, toTensor } from "./list-tensors.ts";

export function listTypeOf(scope: FunctionScope, list: Value): ListType {
  const type = scope.libraries.heap.typeOf(list.type);
  if (type.kind !== "list") throw new Error("a list is due");
  return type;
}

export function lowerListNode(scope: FunctionScope, node: Node): void {
  const { b } = scope;
  if (node.op === "list.ofTensor") {
    const made = node.results[0]!;
    ofTensor(scope, listTypeOf(scope, made), node.operands[0]!, made);
    return;
  }
  const [first, second] = node.operands;
  const type = listTypeOf(scope, first!);
  const list = scope.scalar(first!);
  const stride = i32(strideOf(type.element));
  const result = node.results[0];
  switch (node.op) {
    case "list.length":
      scope.define(result!, convert(loadWord(list, lengthAt), localType(result!.type)));
      return;
    case "list.get":
      // A missing element is read at address 0, where nothing but zeros is.
      getLeaf(scope, result!, slotOf(scope, type, list, second!), leafOf(node));
      return;
    case "list.set": {
      const slot = slotOf(scope, type, list, second!);
      const v = node.operands[2]!;
      const isMoved = scope.moves(node, v);
      const drop = (): void => {
        if (isMoved && isReference(v.type))
          scope.libraries.heap.release(b, v.type, scope.scalar(v));
      };
      b.if(slot, () => setLeaf(scope, v, slot, leafOf(node), isMoved), drop);
      return;
    }
    case "list.push": {
      const slot = b.let("slot", callHeap("listPush", list, stride));
      node.operands.slice(1).forEach((v, i) => {
        putLeaf(scope, v, slot, i, scope.moves(node, v));
      });
      return;
    }
    case "list.resize": {
      const length = b.let("length", atLeast(0, whole(scope, second!)));
      const before = b.let("before", loadWord(list, lengthAt));
      // Mostly it is what it was: writing to an element that there is asks for no more.
      b.if(compare("ne", length, before), () => {
        releaseElements(scope, type, list, length, before);
        b.call("heap.listResize", [list, length, stride]);
      });
      return;
    }
    case "list.insert": {
      const [at, count] = [whole(scope, second!), whole(scope, node.operands[2]!)];
      b.call("heap.listInsert", [list, at, count, stride]);
      return;
    }
    case "list.remove": {
      const { from, to } = rangeOf(scope, list, second!, node.operands[2]!);
      releaseElements(scope, type, list, from, to);
      b.call("heap.listRemove", [list, from, binary("sub", to, from), stride]);
      return;
    }
    case "list.slice": {
      const [from, to] = [whole(scope, second!), whole(scope, node.operands[2]!)];
      const copy = b.let("slice", callHeap("listCopy", list, from, to, stride));
      retainElements(scope, type, copy);
      scope.bind(result!, copy);
      return;
    }
    case "list.reverse":
      b.call("heap.listReverse", [list, stride]);
      return;
    case "list.toTensor":
      toTensor(scope, type, list, node);
      return;
    case "list.stack":
      stack(scope, scope.libraries.heap.tensorIn(leavesOf(type)[0]!), list, node.results[0]!);
      return;
    case "list.join":
      scope.define(result!, callHeap("strJoin", list, scope.scalar(second!)));
      return;
    default:
      throw new Error(`${node.op} is no operation on lists`);
  }
}

const whole = (scope: FunctionScope, v: Value): LoopExpr =>
  scope.b.let("whole", convert(scope.scalar(v), "i32"));

const atLeast = (least: number, x: LoopExpr): LoopExpr =>
  select(compare("lt", x, i32(least)), i32(least), x);

const atMost = (x: LoopExpr, most: LoopExpr): LoopExpr => select(compare("lt", x, most), x, most);

/** `count` elements from `at` on, as far as there are so many. */
function rangeOf(
  scope: FunctionScope,
  list: LoopExpr,
  at: Value,
  count: Value,
): { readonly from: LoopExpr; readonly to: LoopExpr } {
  const { b } = scope;
  const length = b.let("length", loadWord(list, lengthAt));
  const from = b.let("from", atMost(atLeast(0, whole(scope, at)), length));
  const rest = binary("sub", length, from);
  const taken = b.let("taken", atMost(atLeast(0, whole(scope, count)), rest));
  return { from, to: b.let("to", binary("add", from, taken)) };
}

/** The address of an element, 0 where the index is none. */
function slotOf(scope: FunctionScope, type: ListType, list: LoopExpr, index: Value): LoopExpr {
  const { b } = scope;
  const x = scope.scalar(index);
  const i = b.let("i", convert(x, "i32"));
  const inside = compare("ltU", i, loadWord(list, lengthAt));
  const exists =
    x.type === "i32" ? inside : binary("and", compare("eq", convert(i, "f64"), x), inside);
  const at = plus(plus(loadWord(list, elementsAt), times(i, strideOf(type.element))), headerBytes);
  return b.let("slot", select(exists, at, i32(0)));
}

export function newList(scope: FunctionScope, type: ListType, node: Node): LoopExpr {
  const leaves = node.operands;
  const { b } = scope;
  const each = leavesOf(type).length;
  const stride = strideOf(type.element);
  const count = each === 0 ? 0 : leaves.length / each;
  const list = b.let("list", callHeap("listNew", i32(count), i32(stride)));
  if (count === 0) return list;
  b.call("heap.listResize", [list, i32(count), i32(stride)]);
  const first = b.let("elements", plus(loadWord(list, elementsAt), headerBytes));
  leaves.forEach((v, i) => {
    putLeaf(scope, v, first, i, scope.moves(node, v));
  });
  return list;
}

function releaseElements(
  { b, libraries }: FunctionScope,
  type: ListType,
  list: LoopExpr,
  from: LoopExpr,
  to: LoopExpr,
): void {
  const leaves = leavesOf(type);
  if (!leaves.some(isReference)) return;
  forElements(b, list, strideOf(type.element), from, to, (element) =>
    releaseLeaves(libraries.heap, b, leaves, element),
  );
}

function retainElements({ b }: FunctionScope, type: ListType, list: LoopExpr): void {
  const leaves = leavesOf(type);
  if (!leaves.some(isReference)) return;
  const length = loadWord(list, lengthAt);
  forElements(b, list, strideOf(type.element), i32(0), length, (element) => {
    leaves.forEach((leaf, i) => {
      if (isReference(leaf)) retain(b, b.let("leaf", loadLeaf(leaf, element, i)));
    });
  });
}
