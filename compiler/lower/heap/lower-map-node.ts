/** Nodes that work on maps. A set is a map whose values are nothing. */

import { leavesOf } from "../../graph/heap-types.ts";
import { f64Type, type Node, type Type, type Value } from "../../graph/ir.ts";
import {
  compare,
  constant,
  convert,
  type FuncBuilder,
  global,
  i32,
  plus,
} from "../../loop/build.ts";
import { callHeap } from "../../loop/heap.ts";
import type { LoopExpr } from "../../loop/ir.ts";
import type { FunctionScope } from "../function-scope.ts";
import { isReference, leafBytes, loadLeaf, retain } from "./heap-layout.ts";
import type { HeapLibrary } from "./heap-library.ts";
import { forEntries, releaseLeaves } from "./heap-walk.ts";
import { getLeaf, leafOf, setLeaf } from "./leaves.ts";
import { type MapType, mapCall } from "./map-calls.ts";

function mapTypeOf(scope: FunctionScope, map: Value): MapType {
  const type = scope.libraries.heap.typeOf(map.type);
  if (type.kind !== "map") throw new Error("a map is due");
  return type;
}

export function lowerMapNode(scope: FunctionScope, node: Node): void {
  const { b, libraries } = scope;
  const { heap } = libraries;
  const [first, second] = node.operands;
  const type = mapTypeOf(scope, first!);
  const map = scope.scalar(first!);
  const result = node.results[0];
  const place = (): LoopExpr => convert(scope.scalar(second!), "i32");
  switch (node.op) {
    case "map.size":
      scope.define(result!, callHeap("mapSize", map));
      return;
    case "map.has": {
      scope.define(result!, compare("ne", find(scope, type, map, node), i32(0)));
      return;
    }
    case "map.get": {
      // What is not there is read at address 0, where nothing but zeros is.
      getLeaf(scope, result!, find(scope, type, map, node), leafOf(node));
      return;
    }
    case "map.put":
      put(scope, type, map, node);
      return;
    case "map.remove": {
      const gone = b.let("gone", mapCall("Drop", type, map, scope.scalar(second!)));
      b.if(gone, () => releaseEntry(heap, b, type, gone));
      scope.define(result!, compare("ne", gone, i32(0)));
      return;
    }
    case "map.clear":
      forEntries(b, map, (at) => {
        releaseEntry(heap, b, type, b.let("entry", callHeap("mapKeyAt", map, at)));
      });
      b.call("heap.mapClear", [map]);
      return;
    case "map.next":
      scope.define(result!, convert(callHeap("mapNext", map, place()), "f64"));
      return;
    case "map.keyAt":
      keyAt(scope, result!, type.key, b.let("entry", callHeap("mapKeyAt", map, place())));
      return;
    case "map.valueAt": {
      const value = b.let("value", callHeap("mapValueAt", map, place()));
      getLeaf(scope, result!, value, leafOf(node));
      return;
    }
    case "map.hold":
      b.call("heap.mapLock", [map]);
      return;
    case "map.release":
      b.call("heap.mapUnlock", [map]);
      return;
    default:
      throw new Error(`${node.op} is no operation on maps`);
  }
}

/** Where the value of a key lies; 0 if the map has no such key. */
function find(scope: FunctionScope, type: MapType, map: LoopExpr, node: Node): LoopExpr {
  const known = scope.foundBefore(node);
  if (known !== undefined) return known;
  const found = scope.b.let("found", mapCall("Find", type, map, scope.scalar(node.operands[1]!)));
  scope.noteFound(node, found);
  return found;
}

function put(scope: FunctionScope, type: MapType, map: LoopExpr, node: Node): void {
  const { b } = scope;
  const [, key, ...leaves] = node.operands;
  const k = scope.scalar(key!);
  const known = scope.foundBefore(node);
  const value = b.let("value", known ?? i32(0));
  const add = (): void => {
    b.set(value, mapCall("Put", type, map, k));
    if (isReference(type.key) && k.k === "local") {
      b.if(global("heap.mapAdded"), () => retain(b, k));
    }
  };
  if (known === undefined) add();
  else b.if(compare("eq", value, i32(0)), add);
  scope.noteFound(node, value);
  leaves.forEach((v, i) => {
    setLeaf(scope, v, value, i, scope.moves(node, v));
  });
}

/** Keys that are booleans lie in the map as numbers. */
function keyAt(scope: FunctionScope, v: Value, type: Type, entry: LoopExpr): void {
  if (type.kind !== "bool") getLeaf(scope, v, entry, 0);
  else scope.define(v, compare("ne", loadLeaf(f64Type, entry, 0), constant("f64", 0)));
}

/** Releases what the entry whose key lies at `entry` refers to. */
function releaseEntry(heap: HeapLibrary, b: FuncBuilder, type: MapType, entry: LoopExpr): void {
  releaseLeaves(heap, b, [type.key], entry);
  releaseLeaves(heap, b, leavesOf(type), plus(entry, leafBytes));
}
