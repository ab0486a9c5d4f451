/** Owns the members of captured objects: which value a property has, and the source of its functions. */

import type ts from "typescript";
import { noSource, unreadable } from "../diagnostics/catalog/subset.ts";
import { fromCaptured } from "./captured.ts";
import type { Context } from "./context.ts";
import type { FunctionSource, Member } from "./environment.ts";
import { callFunction } from "./functions.ts";
import type { MemberName } from "./program.ts";
import { tsc } from "./typescript.ts";
import type { AbstractValue } from "./values.ts";

/** What a member gives when it is read: its value, or what its getter computes for `receiver`. */
export function readFound(
  cx: Context,
  member: Member,
  receiver: AbstractValue,
  key: string,
  path: string,
  node: ts.Node,
): AbstractValue {
  const isStatic = receiver.kind === "class";
  if (member.kind === "value") {
    return functionMember(
      cx,
      member.value,
      member.owner,
      { key, part: "method", isStatic },
      path,
      node,
    );
  }
  const name: MemberName = { key, part: "get", isStatic };
  const getter = functionMember(cx, member.get, member.owner, name, path, node);
  if (getter.kind === "function") return callFunction(cx, getter, receiver, [], node);
  return cx.report(node, noSource(`\`${key}\``));
}

/** A captured value that was found under a name of a class, whose methods are found by that name. */
export function functionMember(
  cx: Context,
  value: unknown,
  owner: FunctionSource | undefined,
  name: MemberName,
  path: string,
  at: ts.Node,
): AbstractValue {
  const v = fromCaptured(cx, value, path, at);
  if (v.kind !== "function" || v.source !== undefined || owner === undefined) return v;
  const node = cx.unit.program.memberAt(owner.file, owner.position, name);
  return node === undefined ? v : { ...v, source: sourceAt(owner, node) };
}

/** The source of a member: it sees the names that its class sees. */
const sourceAt = (owner: FunctionSource, node: ts.Node): FunctionSource => ({
  file: owner.file,
  position: node.getStart(),
  read: (name) => owner.read(name),
  readPrivate: (object, name) => owner.readPrivate(object, name),
});

/** `object.#key`, read by code inside the class. */
export function readPrivate(
  cx: Context,
  object: object,
  key: string,
  path: string,
  node: ts.Node,
): AbstractValue {
  const { source, file } = cx.frame;
  const read = source.readPrivate(object, key);
  if (read === undefined) return cx.report(node, unreadable(key));
  const around = tsc.findAncestor(node, tsc.isClassLike);
  const owner = around && { ...sourceAt(source, around), file: file.fileName };
  return functionMember(
    cx,
    read.value,
    owner,
    { key, part: "method", isStatic: false },
    path,
    node,
  );
}
