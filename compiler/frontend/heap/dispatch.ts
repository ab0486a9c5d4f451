/**
 * Finds out at run time which class an instance is of, where it may be one of several: such instances have
 * a hidden field with the number of theirs.
 */

import type ts from "typescript";
import type { Value } from "../../graph/ir.ts";
import { usable } from "../conflicts.ts";
import type { Context } from "../context.ts";
import { booleanNode, numberNode } from "../graph-values.ts";
import { lowerIf } from "../paths.ts";
import {
  type AbstractValue,
  constant,
  type Dynamic,
  dynamic,
  failed,
  isNumber,
} from "../values.ts";
import { readField, shapeOf, writeField } from "./access.ts";
import { isSubclass } from "./classes.ts";

/** No name of the program, as private names are none of another object's. */
const classField = "#class";

/** The classes that an object on the heap may be an instance of. */
export const classesOf = (cx: Context, v: AbstractValue): readonly object[] => [
  ...(shapeOf(cx, v)?.classes ?? []),
];

/** Notes in a new instance which class it is of, where that will be asked. */
export function noteClass(cx: Context, instance: AbstractValue, type: object, node: ts.Node): void {
  if (instance.kind !== "dynamic" || classesOf(cx, instance).length < 2) return;
  writeField(cx, instance, classField, constant(cx.unit.heap.numberOf(type)), node);
}

function isOf(cx: Context, instance: Dynamic, type: object, node: ts.Node): Value {
  const field = readField(cx, instance, classField, node);
  // Where other objects lack the field, its number is one of two options; without it, it is 0.
  const number =
    field.kind === "union"
      ? field.options.map((o) => o.value).find((v) => isNumber(v) && v.kind === "dynamic")
      : field;
  if (number?.kind !== "dynamic") return booleanNode(cx, false, node);
  const wanted = numberNode(cx, cx.unit.heap.numberOf(type), node);
  return cx.scalar("eq", [number.value, wanted], "bool", node);
}

/** What `use` gives for the class that the instance is of. */
export function forItsClass(
  cx: Context,
  instance: Dynamic,
  node: ts.Node,
  use: (type: object) => AbstractValue,
): AbstractValue {
  const arrive = (type: object) => {
    const value = use(type);
    return cx.dead ? undefined : value;
  };
  const among = ([first, ...others]: readonly object[]): AbstractValue | undefined => {
    if (first === undefined) return failed;
    if (others.length === 0) return arrive(first);
    const test = isOf(cx, instance, first, node);
    return lowerIf(
      cx,
      test,
      node,
      () => arrive(first),
      () => among(others),
    );
  };
  const result = among(classesOf(cx, instance));
  if (result === undefined) cx.die();
  return result === undefined ? failed : usable(cx, result, "the result", node);
}

/** `instance instanceof type`, where only the run can tell. */
export function testClass(
  cx: Context,
  instance: Dynamic,
  type: object,
  node: ts.Node,
): AbstractValue {
  const tests = classesOf(cx, instance)
    .filter((own) => isSubclass(cx, own, type))
    .map((own) => isOf(cx, instance, own, node));
  return dynamic(tests.reduce((a, b) => cx.scalar("or", [a, b], "bool", node)));
}
