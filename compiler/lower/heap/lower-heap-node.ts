/** Nodes that make, read and write what lies on the heap: texts, boxes and records; lists and maps apart. */

import { leavesOf } from "../../graph/heap-types.ts";
import { type Node, type Type, tensorOf, type Value } from "../../graph/ir.ts";
import { textFns } from "../../graph/text-functions.ts";
import { compare, convert, i32, plus } from "../../loop/build.ts";
import { callHeap, heapFunctions } from "../../loop/heap.ts";
import type { LoopExpr } from "../../loop/ir.ts";
import type { FunctionScope } from "../function-scope.ts";
import { sizeExpr } from "../fused/size-expr.ts";
import { buildText } from "./build-text.ts";
import { atPlace } from "./heap-failures.ts";
import {
  boxedAt,
  headerBytes,
  leafBytes,
  lengthAt,
  loadWord,
  localType,
  openSizeAt,
} from "./heap-layout.ts";
import { getLeaf, leafOf, putLeaf, setLeaf } from "./leaves.ts";
import { lowerListNode, newList } from "./lower-list-node.ts";
import { lowerMapNode } from "./lower-map-node.ts";
import { readUnits } from "./read-units.ts";

export function lowerHeapNode(scope: FunctionScope, node: Node): void {
  const { b, libraries } = scope;
  const result = node.results[0];
  const [first, second] = node.operands;
  if (scope.texts.absorbed.has(node)) return;
  switch (node.op) {
    case "text":
      scope.define(result!, libraries.heap.text(String(node.attrs.value)));
      return;
    case "texts": {
      const chain = scope.texts.chains.get(node);
      if (chain) buildText(scope, node, chain);
      else scope.define(result!, textsCall(scope, node, result!.type));
      return;
    }
    case "empty":
      scope.define(result!, i32(0));
      return;
    case "same":
      scope.define(result!, compare("eq", scope.scalar(first!), scope.scalar(second!)));
      return;
    case "box": {
      const bytes = b.let("bytes", scope.bytes(first!));
      const held = libraries.heap.tensorIn(result!.type);
      const sizes = tensorOf(first!).shape.map((d) => sizeExpr(d, scope.sizes));
      const p = libraries.heap.newBox(b, held, bytes, sizes);
      b.emit({ s: "copyBytes", to: plus(p, boxedAt(held)), from: scope.address(first!), bytes });
      scope.bind(result!, p);
      return;
    }
    case "box.size": {
      // An empty reference is 0, where nothing but zeros is.
      const at = openSizeAt(libraries.heap.tensorIn(first!.type), Number(node.attrs.axis));
      scope.define(result!, convert(loadWord(scope.scalar(first!), at), localType(result!.type)));
      return;
    }
    case "unbox":
      // The plan has the tensor where it lies.
      return;
    case "new":
      scope.define(result!, newObject(scope, node, result!.type));
      return;
    case "field.get":
      getLeaf(scope, result!, fieldsOf(scope, first!), leafOf(node));
      return;
    case "field.set":
      setLeaf(scope, second!, fieldsOf(scope, first!), leafOf(node), scope.moves(node, second!));
      return;
    default:
      if (node.op.startsWith("list.")) lowerListNode(scope, node);
      else lowerMapNode(scope, node);
  }
}

const fieldsOf = (scope: FunctionScope, record: Value): LoopExpr =>
  plus(scope.scalar(record), headerBytes);

function newObject(scope: FunctionScope, node: Node, type: Type): LoopExpr {
  const { b, libraries } = scope;
  const made = libraries.heap.typeOf(type);
  switch (made.kind) {
    case "record": {
      const bytes = i32(leavesOf(made).length * leafBytes);
      const p = b.let("record", callHeap("alloc", bytes));
      node.operands.forEach((v, i) => {
        putLeaf(scope, v, plus(p, headerBytes), i, scope.moves(node, v));
      });
      return p;
    }
    case "list":
      return newList(scope, made, node);
    case "map":
      return callHeap("mapNew", i32(leavesOf(made).length));
    case "box":
      throw new Error("a box is made of a tensor");
  }
}

/** A function of texts, with its numbers and booleans as the heap has them. */
function textsCall(scope: FunctionScope, node: Node, type: Type): LoopExpr {
  const [first, second] = node.operands;
  const inPlace = second && readUnits(scope, String(node.attrs.fn), first!, second, type);
  if (inPlace !== undefined) return inPlace;
  if (node.attrs.fn === "length") {
    return convert(loadWord(scope.scalar(first!), lengthAt), localType(type));
  }
  if (node.attrs.fn === "ofNumber" && scope.scalar(first!).type === "i32") {
    return callHeap("intToStr", scope.scalar(first!));
  }
  const name = textFns.get(String(node.attrs.fn))?.heap;
  const callee = name === undefined ? undefined : heapFunctions.get(`heap.${name}`);
  if (!callee?.result) throw new Error(`the heap has no function ${node.attrs.fn} of texts`);
  const args = node.operands.map((v, i) => convert(scope.scalar(v), callee.params[i]!.type));
  const given: LoopExpr = { k: "call", type: callee.result, callee: `heap.${name}`, args };
  const result = atPlace(scope.libraries.heap, scope.b, String(node.attrs.fn), node.span, given);
  return convert(result, localType(type));
}
