/** Lowers writes to fields and elements: of script's own lists and records, and of captured objects. */

import type ts from "typescript";
import { ofNothing, prototypeAccess, unknownProperty } from "../diagnostics/catalog/subset.ts";
import { tensorWrite } from "../diagnostics/catalog/tensors.ts";
import { severalClasses, syntax } from "../diagnostics/catalog/unsupported.ts";
import { fromCaptured } from "./captured.ts";
import { choose } from "./choices.ts";
import type { Context } from "./context.ts";
import type { Member } from "./environment.ts";
import { callFunction } from "./functions.ts";
import { writeHeapProperty } from "./heap/access.ts";
import { demandObject } from "./heap/allocate.ts";
import { classOf, memberOf } from "./heap/classes.ts";
import { classesOf } from "./heap/dispatch.ts";
import { keepWritten } from "./heap/kept-state.ts";
import { settle } from "./heap/narrow.ts";
import { fieldsOf } from "./lists.ts";
import { functionMember, readPrivate } from "./members.ts";
import { hasPlainState, writeState } from "./state.ts";
import {
  type AbstractValue,
  type CapturedClass,
  type CapturedObject,
  describeValue,
  isNothing,
  isTensor,
  type ObjectRef,
  type Union,
  undefinedValue,
} from "./values.ts";

export function writeProperty(
  cx: Context,
  receiver: AbstractValue,
  key: string,
  value: AbstractValue,
  node: ts.Node,
): void {
  if (receiver.kind === "error") return;
  if (key === "__proto__" || key === "prototype") cx.report(node, prototypeAccess(key));
  else if (receiver.kind === "ref") writeField(cx, receiver, key, value, node);
  else if (receiver.kind === "dynamic" && receiver.value.type.kind === "ref") {
    if (!callClassSetter(cx, receiver, key, value, node))
      writeHeapProperty(cx, receiver, key, value, node);
  } else if (receiver.kind === "union") writeOfUnion(cx, receiver, key, value, node);
  else if (receiver.kind === "object" || receiver.kind === "class") {
    writeMember(cx, receiver, key, value, node);
  } else if (receiver.kind === "array") writeElement(cx, receiver, key, value, node);
  else if (receiver.kind === "choice") {
    choose(cx, receiver, node, (option) => {
      writeProperty(cx, option, key, value, node);
      return undefinedValue;
    });
  } else if (isTensor(receiver)) cx.report(node, tensorWrite(`\`${node.getText()}\``));
  else if (isNothing(receiver)) cx.report(node, ofNothing(describeValue(receiver), key));
  else cx.report(node, syntax(`writing to ${describeValue(receiver)}`));
}

/** Writes through the setter that the class of an instance has; false if it has none. */
function callClassSetter(
  cx: Context,
  receiver: AbstractValue,
  key: string,
  value: AbstractValue,
  node: ts.Node,
): boolean {
  const several = classesOf(cx, receiver);
  if (several.length > 1 && several.some((t) => memberOf(cx, t, key)?.kind === "accessor")) {
    cx.report(node, severalClasses(key));
    return true;
  }
  const member = memberOf(cx, classOf(cx, receiver), key);
  if (member?.kind !== "accessor") return false;
  const name = { key, part: "set", isStatic: false } as const;
  const setter = functionMember(cx, member.set, member.owner, name, key, node);
  if (setter.kind === "function") callFunction(cx, setter, receiver, [value], node);
  else cx.report(node, syntax(`writing \`${key}\``));
  return true;
}

function writeOfUnion(
  cx: Context,
  receiver: Union,
  key: string,
  value: AbstractValue,
  node: ts.Node,
): void {
  const settled = settle(cx, receiver, node);
  if (settled.kind !== "union") writeProperty(cx, settled, key, value, node);
  else cx.report(node, syntax(`writing to ${describeValue(receiver)}`));
}

function writeField(
  cx: Context,
  receiver: ObjectRef,
  key: string,
  value: AbstractValue,
  node: ts.Node,
): void {
  const fields = fieldsOf(cx, receiver, node);
  if (fields === undefined) return;
  if (!fields.has(key) && callClassSetter(cx, receiver, key, value, node)) return;
  if (receiver.object.shape === "list" && !isPlace(key, fields.size)) {
    demandObject(cx, receiver.object, node);
  } else setFields(cx, receiver, new Map([...fields, [key, value]]), node);
}

/** Elements and the place behind the last one. */
const isPlace = (key: string, length: number): boolean =>
  /^\d+$/.test(key) && Number(key) <= length;

/** Gives a list or record new contents. */
export function setFields(
  cx: Context,
  receiver: ObjectRef,
  fields: ReadonlyMap<string, AbstractValue>,
  node: ts.Node,
): void {
  const { shared } = cx.store.object(receiver.object);
  if (shared) demandObject(cx, receiver.object, node);
  else cx.store.setObject(receiver.object, { fields, shared, conflict: undefined });
}

function writeMember(
  cx: Context,
  receiver: CapturedObject | CapturedClass,
  key: string,
  value: AbstractValue,
  node: ts.Node,
): void {
  const owner = receiver.identity;
  const path = `${receiver.kind === "class" ? receiver.name : receiver.path}.${key}`;
  const write = (initial: (at: Context) => AbstractValue): void => {
    writeState(cx, { owner, key, path, current: initial(cx), initial }, value, node);
  };
  if (key.startsWith("#")) {
    write((at) => readPrivate(at, owner, key, path, node));
    return;
  }
  const member = cx.unit.environment.member(owner, key);
  if (member === undefined) {
    cx.report(node, unknownProperty(describeValue(receiver), key, "Initialise the field outside."));
  } else if (member.kind === "value") {
    write((at) => fromCaptured(at, member.value, path, node));
  } else callSetter(cx, receiver, member, key, value, node);
}

function callSetter(
  cx: Context,
  receiver: CapturedObject | CapturedClass,
  member: Member & { readonly kind: "accessor" },
  key: string,
  value: AbstractValue,
  node: ts.Node,
): void {
  const name = { key, part: "set", isStatic: receiver.kind === "class" } as const;
  const setter = functionMember(cx, member.set, member.owner, name, key, node);
  if (setter.kind === "function") callFunction(cx, setter, receiver, [value], node);
  else cx.report(node, syntax(`writing \`${key}\``));
}

function writeElement(
  cx: Context,
  list: AbstractValue & { readonly kind: "array" },
  key: string,
  value: AbstractValue,
  node: ts.Node,
): void {
  const isInside = /^\d+$/.test(key) && Number(key) < list.identity.length;
  const path = `${list.path}.${key}`;
  const initial = (at: Context): AbstractValue =>
    fromCaptured(at, list.identity[Number(key)], path, node);
  const current = isInside ? initial(cx) : undefinedValue;
  if (!isInside || !hasPlainState(current)) keepWritten(cx, list, node);
  else writeState(cx, { owner: list.identity, key, path, current, initial }, value, node);
}
