/** Makes instances of classes inside script, and finds their members. */

import type ts from "typescript";
import { construction, syntax } from "../../diagnostics/catalog/unsupported.ts";
import { type Context, type Frame, Scope, Target } from "../context.ts";
import type { FunctionSource, Member } from "../environment.ts";
import { lowerExpression } from "../expressions.ts";
import { walkFunction } from "../functions.ts";
import { makeRecord } from "../lists.ts";
import { readFound } from "../members.ts";
import { attempt, gather } from "../paths.ts";
import { isFunctionNode } from "../program.ts";
import { propertyKey } from "../properties.ts";
import { tsc } from "../typescript.ts";
import { type AbstractValue, type CapturedClass, failed, undefinedValue } from "../values.ts";
import { writeProperty } from "../writes.ts";
import { shapeOf } from "./access.ts";
import { noteClass } from "./dispatch.ts";

/** A class with its source, and the class that it extends. */
interface Declared {
  readonly node: ts.ClassLikeDeclaration;
  readonly source: FunctionSource;
  readonly base: object | undefined;
}

/** What `super(…)` does in the constructor that is being followed. */
export interface Construction {
  callSuper(args: readonly AbstractValue[], node: ts.Node): void;
}

function declared(cx: Context, type: object): Declared | undefined {
  const { environment, program } = cx.unit;
  const source = environment.classSource(type);
  if (source === undefined) return undefined;
  const node = program.classAt(source.file, source.position);
  if (node === undefined) return undefined;
  const base = environment.baseOf(type);
  return { node, source, base };
}

/** `new C(…)` of a class of the program, or of one of the library whose constructor is in the subset: `Rng`. */
export function makeInstance(
  cx: Context,
  type: CapturedClass,
  args: readonly AbstractValue[],
  node: ts.Node,
): AbstractValue {
  if (!isOfLibrary(cx, type.identity)) return instanceOf(cx, type, args, node);
  const made = attempt(cx, () => instanceOf(cx, type, args, node));
  // Why the library's code is not in the subset would help nobody who calls it.
  return made.diagnostics.every((d) => d.demands !== undefined)
    ? (made.accept() ?? failed)
    : cx.report(node, construction(type.name));
}

/** Whether a class of the library is this one, or one that it extends. */
function isOfLibrary(cx: Context, type: object): boolean {
  const { environment, program } = cx.unit;
  for (let at: object | undefined = type; at !== undefined; at = environment.baseOf(at)) {
    const source = environment.classSource(at);
    if (source !== undefined && program.isLibrary(source.file)) return true;
  }
  return false;
}

function instanceOf(
  cx: Context,
  type: CapturedClass,
  args: readonly AbstractValue[],
  node: ts.Node,
): AbstractValue {
  const instance = makeRecord(cx, new Map(), node, "instance");
  if (instance.kind === "ref") instance.object.type = type.identity;
  const shape = shapeOf(cx, instance);
  if (shape !== undefined) cx.unit.heap.addClass(shape, type.identity);
  noteClass(cx, instance, type.identity, node);
  return construct(cx, type.identity, type.name, instance, args, node) ? instance : failed;
}

/** Runs the constructor of `type`, and of what it extends, on an instance. */
function construct(
  cx: Context,
  type: object,
  name: string,
  instance: AbstractValue,
  args: readonly AbstractValue[],
  node: ts.Node,
): boolean {
  const found = declared(cx, type);
  const file = found && cx.unit.program.fileAt(found.source.file);
  if (found === undefined || file === undefined) {
    cx.report(node, construction(name));
    return false;
  }
  const { node: declaration, source, base } = found;
  const baseName = declaration.heritageClauses?.[0]?.types[0]?.expression.getText() ?? "";
  let good = true;
  const own = declaration.members.find(
    (m): m is ts.ConstructorDeclaration & { readonly body: ts.Block } =>
      tsc.isConstructorDeclaration(m) && isFunctionNode(m),
  );
  const callSuper = (given: readonly AbstractValue[], at: ts.Node): void => {
    if (base !== undefined) good &&= construct(cx, base, baseName, instance, given, at);
    if (good) initialise(cx, declaration, own, instance);
  };
  const frame: Frame = {
    node: own ?? cx.frame.node,
    name: `new ${name}`,
    source,
    file,
    library: cx.unit.program.isLibrary(source.file),
    thisValue: instance,
    target: new Target("function"),
    site: { node, file: cx.frame.file, text: `new ${name}` },
    caller: cx.frame,
    depth: cx.frame.depth + 1,
    training: cx.frame.training,
    order: cx.frame.innerOrder,
    innerOrder: cx.frame.innerOrder,
    construction: { callSuper },
    given: args,
  };
  const result = gather(cx, frame.target, node, () =>
    cx.inFrame(frame, new Scope(undefined), () => {
      if (own === undefined) {
        callSuper(args, node);
        return undefinedValue;
      }
      return walkFunction(cx, own, undefined, args, () => {
        if (base === undefined) initialise(cx, declaration, own, instance);
      });
    }),
  );
  if (result === undefined) cx.die();
  return good;
}

/** Gives the fields of a class their initial values; those that are parameters of `own` come first. */
function initialise(
  cx: Context,
  node: ts.ClassLikeDeclaration,
  own: ts.ConstructorDeclaration | undefined,
  instance: AbstractValue,
): void {
  for (const parameter of own?.parameters ?? []) {
    if (!tsc.isParameterPropertyDeclaration(parameter, parameter.parent)) continue;
    if (!tsc.isIdentifier(parameter.name)) continue;
    const value = lowerExpression(cx, parameter.name);
    writeProperty(cx, instance, parameter.name.text, value, parameter);
  }
  // What the constructor takes, the fields do not see.
  cx.inOuterScope(new Scope(undefined), () => initialiseFields(cx, node, instance));
}

function initialiseFields(
  cx: Context,
  node: ts.ClassLikeDeclaration,
  instance: AbstractValue,
): void {
  for (const member of node.members) {
    if (!tsc.isPropertyDeclaration(member)) continue;
    const flags = tsc.getCombinedModifierFlags(member);
    if ((flags & (tsc.ModifierFlags.Static | tsc.ModifierFlags.Ambient)) !== 0) continue;
    const key = propertyKey(cx, member.name);
    if (key === undefined) continue;
    const value =
      member.initializer === undefined ? undefinedValue : lowerExpression(cx, member.initializer);
    if (value.kind === "closure") cx.report(member, syntax("a function in a field"));
    else writeProperty(cx, instance, key, value, member);
  }
}

/** The member that an instance has from its class; undefined where it has none. */
export const memberOf = (cx: Context, type: object | undefined, key: string): Member | undefined =>
  type && cx.unit.environment.instanceMember(type, key);

/** The same, starting above the class whose source is around a node. */
export function memberAbove(
  cx: Context,
  type: object,
  around: ts.Node,
  key: string,
): Member | undefined {
  const { environment } = cx.unit;
  for (let at: object | undefined = type; at !== undefined; at = environment.baseOf(at)) {
    const source = environment.classSource(at);
    if (source?.file !== cx.frame.file.fileName) continue;
    if (source.position !== around.getStart(cx.frame.file)) continue;
    const base = environment.baseOf(at);
    return base && environment.instanceMember(base, key);
  }
  return undefined;
}

/** What `instance.key` is where it is no field: a method, or what a getter gives. */
export function readClassMember(
  cx: Context,
  type: object | undefined,
  instance: AbstractValue,
  key: string,
  node: ts.Node,
): AbstractValue {
  if (key.startsWith("#")) return readPrivateMethod(cx, instance, key, node);
  const member = memberOf(cx, type, key);
  return member === undefined ? undefinedValue : readFound(cx, member, instance, key, key, node);
}

/** A private method, written in the class around the code that calls it. */
function readPrivateMethod(
  cx: Context,
  instance: AbstractValue,
  key: string,
  node: ts.Node,
): AbstractValue {
  const around = tsc.findAncestor(node, tsc.isClassLike);
  const method = around?.members.find(
    (m) => isFunctionNode(m) && m.name !== undefined && m.name.getText() === key,
  );
  if (method === undefined || !isFunctionNode(method)) return undefinedValue;
  // Methods see the names of their file, not those of the function that calls them.
  const frame = { ...cx.frame, thisValue: instance };
  return { kind: "closure", node: method, name: key, scope: new Scope(undefined), frame };
}

/** The class of an instance that script made; undefined for other objects. */
export function classOf(cx: Context, v: AbstractValue): object | undefined {
  if (v.kind === "ref") return v.object.type;
  const shape = shapeOf(cx, v);
  return shape?.classes.size === 1 ? [...shape.classes][0] : undefined;
}

/** Whether a class is another one, or extends it. */
export function isSubclass(cx: Context, own: object | undefined, type: object): boolean {
  const { environment } = cx.unit;
  for (let at = own; at !== undefined; at = environment.baseOf(at)) if (at === type) return true;
  return false;
}

/** Whether `v`, made by script, is an instance of `type`; undefined where only a run can tell. */
export function isInstanceOf(cx: Context, v: AbstractValue, type: object): boolean | undefined {
  const made = v.kind === "ref" ? [v.object.type] : [...(shapeOf(cx, v)?.classes ?? [])];
  const answers = made.map((own) => isSubclass(cx, own, type));
  const [first = false] = answers;
  return answers.every((a) => a === first) ? first : undefined;
}

/** The private fields of an instance that was made outside; undefined for classes that are not the program's. */
export function privateFields(
  cx: Context,
  type: object,
  instance: object,
): ReadonlyMap<string, unknown> | undefined {
  const fields = new Map<string, unknown>();
  for (let at: object | undefined = type; at !== undefined; at = cx.unit.environment.baseOf(at)) {
    const found = isOfLibrary(cx, at) ? undefined : declared(cx, at);
    if (found === undefined) return undefined;
    for (const { name } of found.node.members.filter(tsc.isPropertyDeclaration)) {
      const read = tsc.isPrivateIdentifier(name) && found.source.readPrivate(instance, name.text);
      if (read) fields.set(name.text, read.value);
    }
  }
  return fields;
}
