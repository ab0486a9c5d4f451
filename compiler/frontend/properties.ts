/** Lowers reads of properties: of records and lists, captured objects, tensors, texts and namespaces. */

import type ts from "typescript";
import * as subset from "../diagnostics/catalog/subset.ts";
import { methodNotCalled, tensorIndex } from "../diagnostics/catalog/tensors.ts";
import { capturedKind, syntax } from "../diagnostics/catalog/unsupported.ts";
import { isHidden } from "../graph/heap-types.ts";
import { product } from "../ops/dim.ts";
import { choose } from "./choices.ts";
import { usable } from "./conflicts.ts";
import type { Context } from "./context.ts";
import { lowerExpression } from "./expressions.ts";
import { tensorTypeOf, toText } from "./graph-values.ts";
import { isHeapList, readElement, readHeapProperty, shapeOf, writeElement } from "./heap/access.ts";
import { demandObject } from "./heap/allocate.ts";
import { readClassMember } from "./heap/classes.ts";
import { copyOfCaptured } from "./heap/copy-captured.ts";
import { keepWritten } from "./heap/kept-state.ts";
import { settle } from "./heap/narrow.ts";
import { readTextProperty, unitAt } from "./heap/texts.ts";
import { capturedItem, fieldsOf, makeList, makeRecord } from "./lists.ts";
import { readFound, readPrivate } from "./members.ts";
import { namespaceConstant } from "./namespaces.ts";
import { readOfState } from "./state.ts";
import { isTensorMethod, tensorSuggestion } from "./tensor-methods.ts";
import { tsc } from "./typescript.ts";
import {
  type AbstractValue,
  type CapturedClass,
  type CapturedObject,
  constant,
  describeValue,
  failed,
  isNumber,
  isText,
  type NumberValue,
  type ObjectRef,
  sizeOf,
  undefinedValue,
} from "./values.ts";
import { writeProperty } from "./writes.ts";

export function readProperty(
  cx: Context,
  receiver: AbstractValue,
  key: string,
  node: ts.Node,
): AbstractValue {
  if (key === "__proto__" || key === "prototype" || key === "constructor") {
    return receiver.kind === "error" ? failed : cx.report(node, subset.prototypeAccess(key));
  }
  switch (receiver.kind) {
    case "error":
      return failed;
    case "dynamic":
      if (receiver.value.type.kind === "ref") return readHeapProperty(cx, receiver, key, node);
      if (receiver.value.type.kind === "str") {
        return readTextProperty(cx, receiver.value, key, node);
      }
      return readTensor(cx, receiver, key, node);
    case "tensor":
      return readTensor(cx, receiver, key, node);
    case "union":
      return readOfUnion(cx, receiver, key, node);
    case "choice":
      return choose(cx, receiver, node, (option) => readProperty(cx, option, key, node));
    case "constant":
      return readConstant(cx, receiver, key, node);
    case "object":
      return readMember(cx, receiver, key, node);
    case "class":
      return readStatic(cx, receiver, key, node);
    case "array":
      return readCapturedList(cx, receiver, key, node);
    case "ref":
      return readField(cx, receiver, key, node);
    case "builtin":
      return namespaceConstant(cx, receiver.name, key, node);
    case "other":
      return cx.report(node, capturedKind(receiver.what));
    case "conflict":
      return readProperty(cx, usable(cx, receiver, "this value", objectOf(node)), key, node);
    default:
      return unknown(cx, receiver, key, node);
  }
}

/** The one thing that has properties is what the value must be. */
function readOfUnion(
  cx: Context,
  receiver: AbstractValue & { readonly kind: "union" },
  key: string,
  node: ts.Node,
): AbstractValue {
  const settled = settle(cx, receiver, objectOf(node));
  return settled.kind === "union"
    ? cx.report(node, syntax(`\`${key}\` of ${describeValue(receiver)}`))
    : readProperty(cx, settled, key, node);
}

/** The expression before the dot or the brackets, for messages. */
const objectOf = (node: ts.Node): ts.Node =>
  tsc.isPropertyAccessExpression(node) || tsc.isElementAccessExpression(node)
    ? node.expression
    : node;

const unknown = (cx: Context, receiver: AbstractValue, key: string, node: ts.Node) =>
  cx.report(node, subset.unknownProperty(describeValue(receiver), key, ""));

function readTensor(
  cx: Context,
  receiver: AbstractValue,
  key: string,
  node: ts.Node,
): AbstractValue {
  const type = tensorTypeOf(receiver);
  if (type === undefined) return unknown(cx, receiver, key, node);
  switch (key) {
    case "shape":
      return makeList(cx, type.shape.map(sizeOf), node);
    case "rank":
      return constant(type.shape.length);
    case "dtype":
      return constant(type.dtype);
    case "length":
      return sizeOf(product(type.shape));
    case "0":
      return cx.report(node, tensorIndex());
    default:
      if (isTensorMethod(cx, key)) return cx.report(node, methodNotCalled(key));
      return cx.report(node, subset.unknownProperty("a tensor", key, tensorSuggestion(cx, key)));
  }
}

function readConstant(
  cx: Context,
  receiver: AbstractValue & { readonly kind: "constant" },
  key: string,
  node: ts.Node,
): AbstractValue {
  const { value } = receiver;
  if (value === undefined || value === null) {
    return cx.report(node, subset.ofNothing(String(value), key));
  }
  if (typeof value === "string") {
    if (key === "length") return constant(value.length);
    if (/^\d+$/.test(key)) return constant(value[Number(key)]);
  }
  return unknown(cx, receiver, key, node);
}

/** A field or accessor of a captured object: constant, or state if the program writes it. */
export function readMember(
  cx: Context,
  receiver: CapturedObject,
  key: string,
  node: ts.Node,
): AbstractValue {
  const { identity, path } = receiver;
  const state = readOfState(cx, identity, key, node);
  if (state !== undefined) return state;
  const at = path === "" ? key : `${path}.${key}`;
  if (key.startsWith("#")) return readPrivate(cx, identity, key, at, node);
  const member = cx.unit.environment.member(identity, key);
  // A field that was never assigned is undefined, as in a plain run.
  return member === undefined ? undefinedValue : readFound(cx, member, receiver, key, at, node);
}

function readStatic(
  cx: Context,
  receiver: CapturedClass,
  key: string,
  node: ts.Node,
): AbstractValue {
  const { identity, name } = receiver;
  const state = readOfState(cx, identity, key, node);
  if (state !== undefined) return state;
  const member = cx.unit.environment.member(identity, key);
  const at = `${name}.${key}`;
  return member === undefined ? undefinedValue : readFound(cx, member, receiver, key, at, node);
}

function readCapturedList(
  cx: Context,
  receiver: AbstractValue & { readonly kind: "array" },
  key: string,
  node: ts.Node,
): AbstractValue {
  if (key === "length") return constant(receiver.identity.length);
  if (!/^-?\d+$/.test(key)) return unknown(cx, receiver, key, node);
  const index = Number(key);
  if (index < 0 || index >= receiver.identity.length) return undefinedValue;
  return capturedItem(cx, receiver, index, node);
}

function readField(cx: Context, receiver: ObjectRef, key: string, node: ts.Node): AbstractValue {
  const fields = fieldsOf(cx, receiver, node);
  if (fields === undefined) return failed;
  const field = fields.get(key);
  if (field !== undefined) return usable(cx, field, `\`${key}\``, node);
  if (receiver.object.shape === "record") {
    return readClassMember(cx, receiver.object.type, receiver, key, node);
  }
  if (key === "length") return constant(fields.size);
  // As in JavaScript, there is nothing outside a list.
  return /^-?\d+$/.test(key) ? undefinedValue : unknown(cx, receiver, key, node);
}

/** The fields of a record that a pattern has not taken. */
export function restRecord(
  cx: Context,
  v: AbstractValue,
  taken: readonly string[],
  node: ts.Node,
): AbstractValue {
  const fields = recordFields(cx, v, node);
  if (fields === undefined) return failed;
  return makeRecord(cx, new Map([...fields].filter(([key]) => !taken.includes(key))), node);
}

/** The own fields of a record or captured object; undefined (and reported) for other values. */
export function recordFields(
  cx: Context,
  v: AbstractValue,
  node: ts.Node,
): ReadonlyMap<string, AbstractValue> | undefined {
  if (v.kind === "error") return undefined;
  if (v.kind === "ref") return fieldsOf(cx, v, node);
  const shape = shapeOf(cx, v);
  if (v.kind === "dynamic" && shape?.kind === "record" && !shape.uneven) {
    const keys = [...shape.fields.keys()].filter((key) => !isHidden(key));
    return new Map(keys.map((key) => [key, readHeapProperty(cx, v, key, node)]));
  }
  if (v.kind === "constant" && (v.value === undefined || v.value === null)) return new Map();
  if (v.kind !== "object") {
    cx.report(node, syntax(`taking the fields of ${describeValue(v)}`));
    return undefined;
  }
  const keys = cx.unit.environment.keys(v.identity);
  return new Map(keys.map((key) => [key, readMember(cx, v, key, node)]));
}

/** The name of a property in a literal or pattern; undefined (and reported) if it is not known. */
export function propertyKey(
  cx: Context,
  name: ts.PropertyName | ts.BindingName,
): string | undefined {
  if (tsc.isIdentifier(name) || tsc.isStringLiteralLike(name) || tsc.isPrivateIdentifier(name)) {
    return name.text;
  }
  if (tsc.isNumericLiteral(name)) return String(Number(name.text));
  if (!tsc.isComputedPropertyName(name)) return undefined;
  return staticKey(cx, lowerExpression(cx, name.expression), name);
}

/** A property's name, or a number that is computed at run time. */
export type Key = string | NumberValue;

/** The key in `receiver[key]`; undefined (and reported) if it cannot be one. */
export function lowerKey(
  cx: Context,
  node: ts.Expression,
  receiver: AbstractValue,
): Key | undefined {
  const key = settle(cx, lowerExpression(cx, node), node);
  // No index is right for a tensor, so it need not be known.
  if (tensorTypeOf(receiver) !== undefined) return "0";
  return key.kind !== "constant" && isNumber(key) ? key : staticKey(cx, key, node);
}

/** `receiver[key]`, where the key may be computed at run time. */
export function readKey(
  cx: Context,
  receiver: AbstractValue,
  key: Key,
  node: ts.Node,
): AbstractValue {
  if (typeof key === "string") return readProperty(cx, receiver, key, node);
  const object = settle(cx, receiver, objectOf(node));
  switch (object.kind) {
    case "error":
      return failed;
    case "ref":
      return demandObject(cx, object.object, node);
    case "array":
      return readKey(cx, copyOfCaptured(cx, object, node), key, node);
    default:
      break;
  }
  if (isText(object)) return unitAt(cx, toText(cx, object, node)!, key, node);
  if (isHeapList(cx, object)) return readElement(cx, object, key, node);
  return cx.report(node, subset.dynamicPropertyName());
}

/** `receiver[key] = value`, where the key may be computed at run time. */
export function writeKey(
  cx: Context,
  receiver: AbstractValue,
  key: Key,
  value: AbstractValue,
  node: ts.Node,
): void {
  if (typeof key === "string") {
    writeProperty(cx, receiver, key, value, node);
    return;
  }
  const object = settle(cx, receiver, objectOf(node));
  if (object.kind === "ref") demandObject(cx, object.object, node);
  else if (isHeapList(cx, object)) writeElement(cx, object, key, value, node);
  else if (object.kind === "array") keepWritten(cx, object, node);
  else if (object.kind !== "error") cx.report(node, subset.dynamicPropertyName());
}

function staticKey(cx: Context, key: AbstractValue, node: ts.Node): string | undefined {
  if (key.kind === "constant" && (typeof key.value === "number" || typeof key.value === "string")) {
    return String(key.value);
  }
  if (key.kind !== "error") cx.report(node, subset.dynamicPropertyName());
  return undefined;
}
