/** The evaluator: calls functions, makes instances, and reads and writes what objects hold. */

import type ts from "typescript";
import { isFunctionNode } from "../../compiler/frontend/program.ts";
import { tsc } from "../../compiler/frontend/typescript.ts";
import { hasModifier, isTypeOnlyStatement } from "../loader/scopes.ts";
import { bindPattern, keyOf, withDefault } from "./bind-patterns.ts";
import { evaluateExpression } from "./evaluate-expressions.ts";
import { runStatements } from "./evaluate-statements.ts";
import { callHostFunction, constructHost } from "./host-functions.ts";
import { callHostMethod, giveAway, hostProperty } from "./host-values.ts";
import { Certainty, type Exit, type Frame, inScope, type Machine, type Place } from "./machine.ts";
import { makeFunction } from "./make-function.ts";
import { Binding, StaticScope } from "./static-scope.ts";
import {
  BuiltInMethod,
  isPrimitive,
  joined,
  type Key,
  NativeFunction,
  StaticClass,
  StaticFunction,
  type StaticMember,
  StaticNamespace,
  StaticObject,
  StaticTensor,
  StaticThrow,
  unclear,
} from "./static-values.ts";
import { callTensorMethod, tensorProperty } from "./tensor-members.ts";

/** How deep calls may go: deeper ones end without a result. */
const deepest = 150;

export class StaticMachine implements Machine {
  readonly certainty: Certainty;
  readonly #methods: ReadonlyMap<string, unknown>;
  /** The file that a function or class stands in. */
  readonly #fileOf: (node: ts.Node) => ts.SourceFile;
  #depth = 0;
  /** How uncertain it was that each function that is being called was called. */
  readonly #active = new Map<ts.Node, number>();

  constructor(steps: number, methods: ReadonlyMap<string, unknown>) {
    this.certainty = new Certainty(steps);
    this.#methods = methods;
    this.#fileOf = (node) => node.getSourceFile();
  }

  evaluate(node: ts.Expression, at: Place): unknown {
    return evaluateExpression(this, node, at);
  }

  run(statements: readonly ts.Statement[], at: Place): Exit | undefined {
    return runStatements(this, statements, at);
  }

  tensorMethod(name: string): unknown {
    return this.#methods.get(name);
  }

  call(callee: unknown, thisValue: unknown, args: readonly unknown[]): unknown {
    if (callee instanceof StaticFunction) return this.#callFunction(callee, thisValue, args);
    if (callee instanceof NativeFunction) return callee.call(args);
    if (callee instanceof BuiltInMethod) {
      return thisValue instanceof StaticTensor
        ? callTensorMethod(this, thisValue, callee.key, args)
        : callHostMethod(this, thisValue, callee.key, args);
    }
    if (typeof callee === "function") return callHostFunction(this, callee, thisValue, args);
    giveAway(this, [thisValue, ...args]);
    if (callee !== unclear && isPrimitive(callee)) throw new StaticThrow();
    return unclear;
  }

  #callFunction(f: StaticFunction, thisValue: unknown, args: readonly unknown[]): unknown {
    const { node } = f;
    const before = this.#active.get(node);
    // Followed on both sides of unknown conditions, recursion would take forever.
    const isRepeated = before !== undefined && before < this.certainty.level;
    if (node.asteriskToken !== undefined || this.#depth >= deepest || isRepeated) {
      giveAway(this, [thisValue, ...args]);
      return unclear;
    }
    this.#active.set(node, this.certainty.level);
    try {
      return this.#follow(f, thisValue, args);
    } finally {
      if (before === undefined) this.#active.delete(node);
      else this.#active.set(node, before);
    }
  }

  #follow(f: StaticFunction, thisValue: unknown, args: readonly unknown[]): unknown {
    const { node } = f;
    const at: Place = {
      scope: new StaticScope(f.scope),
      frame: { maybe: [], loops: [] },
      thisValue: tsc.isArrowFunction(node) ? f.outerThis : thisValue,
      home: f.home,
      file: this.#fileOf(node),
      isLibrary: f.isLibrary,
    };
    this.#bind(node.parameters, args, at);
    return this.#inCall(at.frame, () => this.#runBody(node.body, at));
  }

  /** Runs a body; what it may have returned before its end is joined with what it returns there. */
  #inCall(frame: Frame, body: () => unknown): unknown {
    const { level } = this.certainty;
    this.#depth++;
    try {
      return frame.maybe.reduce(joined, body());
    } catch (error) {
      // What may have returned before it throws has returned, if the program goes on.
      const [first, ...others] = frame.maybe;
      if (!(error instanceof StaticThrow) || frame.maybe.length === 0) throw error;
      return others.reduce(joined, first);
    } finally {
      this.#depth--;
      this.certainty.level = level;
    }
  }

  #runBody(body: ts.ConciseBody, at: Place): unknown {
    if (!tsc.isBlock(body)) return this.evaluate(body, at);
    const exit = this.run(body.statements, inScope(at, new StaticScope(at.scope)));
    return exit?.kind === "return" ? exit.value : undefined;
  }

  #bind(parameters: readonly ts.ParameterDeclaration[], args: readonly unknown[], at: Place): void {
    const named = parameters.filter((p) => p.name.getText() !== "this");
    for (const [i, { name, initializer, dotDotDotToken }] of named.entries()) {
      const value = dotDotDotToken ? args.slice(i) : args[i];
      bindPattern(this, name, withDefault(this, value, initializer, at), at);
    }
  }

  construct(callee: unknown, args: readonly unknown[]): unknown {
    if (callee instanceof NativeFunction) return callee.call(args);
    if (!(callee instanceof StaticClass)) return constructHost(this, callee, args);
    if (this.#depth >= deepest) return unclear;
    const made = this.certainty.made(new StaticObject(callee));
    this.#initialise(callee, made, args);
    return made;
  }

  #initialise(type: StaticClass, object: StaticObject, args: readonly unknown[]): void {
    const { node, parent } = type;
    const made = node.members.find(
      (member) => tsc.isConstructorDeclaration(member) && isFunctionNode(member),
    );
    if (made === undefined || !tsc.isConstructorDeclaration(made)) {
      if (parent !== undefined) this.#initialiseParent(type, object, args);
      this.#makeFields(type, object);
      return;
    }
    if (parent === undefined) this.#makeFields(type, object);
    const at = { ...this.#inside(type, object), scope: new StaticScope(type.scope) };
    this.#bind(made.parameters, args, at);
    for (const { name, modifiers } of made.parameters) {
      if (modifiers !== undefined && tsc.isIdentifier(name)) {
        object.fields.set(name.text, at.scope.own(name.text)?.value);
      }
    }
    const { body } = made;
    if (body !== undefined) this.#inCall(at.frame, () => this.#runBody(body, at));
  }

  #initialiseParent(type: StaticClass, object: StaticObject, args: readonly unknown[]): void {
    if (type.parent instanceof StaticClass) this.#initialise(type.parent, object, args);
    else this.certainty.blur(object);
  }

  constructSuper(at: Place, args: readonly unknown[]): void {
    const { home, thisValue } = at;
    if (home === undefined || !(thisValue instanceof StaticObject)) return;
    this.#initialiseParent(home, thisValue, args);
    this.#makeFields(home, thisValue);
  }

  #inside(type: StaticClass, thisValue: unknown): Place {
    return {
      scope: type.scope,
      frame: { maybe: [], loops: [] },
      thisValue,
      home: type,
      file: this.#fileOf(type.node),
      isLibrary: type.isLibrary,
    };
  }

  #makeFields(type: StaticClass, object: StaticObject): void {
    const at = this.#inside(type, object);
    for (const member of type.node.members) {
      if (!tsc.isPropertyDeclaration(member) || isStatic(member) || isTypeOnlyStatement(member)) {
        continue;
      }
      const key = keyOf(this, member.name, at);
      const value = member.initializer && this.evaluate(member.initializer, at);
      if (key !== unclear) object.fields.set(key, value);
    }
  }

  makeClass(node: ts.ClassLikeDeclaration, at: Place): StaticClass {
    const clause = node.heritageClauses?.find((c) => c.token === tsc.SyntaxKind.ExtendsKeyword);
    const above = clause?.types[0];
    const scope = new StaticScope(at.scope);
    const made = new StaticClass({
      node,
      file: at.file.fileName,
      name: node.name?.text ?? classNameFrom(node),
      scope,
      parent: above && this.evaluate(above.expression, at),
      isLibrary: at.isLibrary,
    });
    if (node.name !== undefined) {
      const own = new Binding(this.certainty.level);
      own.set(made);
      scope.alias(node.name.text, own);
    }
    const inside: Place = { ...at, scope, home: made, thisValue: made };
    for (const member of node.members) this.#addMember(made, member, inside);
    return made;
  }

  #addMember(type: StaticClass, member: ts.ClassElement, at: Place): void {
    if (tsc.isClassStaticBlockDeclaration(member)) {
      this.run(member.body.statements, inScope(at, new StaticScope(at.scope)));
      return;
    }
    const { name } = member;
    if (name === undefined) return;
    const key = keyOf(this, name, at);
    if (key === unclear) return;
    if (tsc.isPropertyDeclaration(member)) {
      if (!isStatic(member) || isTypeOnlyStatement(member)) return;
      const value = member.initializer && this.evaluate(member.initializer, at);
      type.statics.set(key, { value });
      return;
    }
    if (!tsc.isMethodDeclaration(member) && !tsc.isAccessor(member)) return;
    const f = makeFunction(member, at, typeof key === "string" ? key : "");
    if (f === undefined) return;
    const members = isStatic(member) ? type.statics : type.members;
    const part: StaticMember = tsc.isMethodDeclaration(member)
      ? { value: f }
      : tsc.isGetAccessor(member)
        ? { get: f }
        : { set: f };
    members.set(key, { ...members.get(key), ...part });
  }

  member(object: unknown, key: Key | typeof unclear): unknown {
    if (object === unclear || key === unclear) return unclear;
    if (object === undefined || object === null) throw new StaticThrow();
    if (object instanceof StaticObject) return this.#objectMember(object, key);
    if (object instanceof StaticTensor) {
      return tensorProperty(object, key) ?? new BuiltInMethod(key);
    }
    if (object instanceof StaticNamespace)
      return typeof key === "string" ? object.read(key) : unclear;
    if (object instanceof StaticClass) return this.#staticMember(object, key);
    if (object instanceof StaticFunction || object instanceof NativeFunction) {
      return key === "name" ? object.name : unclear;
    }
    const property = hostProperty(this, object, key);
    if (property !== undefined) return property.value;
    const found: unknown = Reflect.get(Object(object), key);
    const isOwnMethod = isPrimitive(object) || typeof object === "object";
    if (typeof found === "function" && isOwnMethod && !isNamespace(object)) {
      return new BuiltInMethod(key);
    }
    return found;
  }

  #objectMember(object: StaticObject, key: Key): unknown {
    const isBlurred = this.certainty.isBlurred(object);
    if (!isBlurred && object.fields.has(key)) return object.fields.get(key);
    const found = object.accessors.get(key) ?? memberOf(object.type, key, "members");
    if (found === "unclear") return unclear;
    if (found !== undefined) return this.#read(found, object);
    if (key === "constructor") return object.type ?? unclear;
    if (isBlurred || Reflect.has(Object.prototype, key)) return unclear;
    return undefined;
  }

  #staticMember(type: StaticClass, key: Key): unknown {
    if (key === "prototype" || this.certainty.isBlurred(type)) return unclear;
    const found = memberOf(type, key, "statics");
    if (found === "unclear") return unclear;
    if (found !== undefined) return this.#read(found, type);
    return key === "name" ? type.name : undefined;
  }

  #read(member: StaticMember, receiver: unknown): unknown {
    if (!("value" in member)) return member.get && this.call(member.get, receiver, []);
    return member.value;
  }

  setMember(object: unknown, key: Key, value: unknown): void {
    const { certainty } = this;
    if (object instanceof StaticObject) {
      const accessor = object.accessors.get(key) ?? memberOf(object.type, key, "members");
      if (accessor !== undefined && accessor !== "unclear" && accessor.set !== undefined) {
        this.call(accessor.set, object, [value]);
      } else if (certainty.changes(object)) object.fields.set(key, value);
      else object.fields.set(key, joined(object.fields.get(key), value));
    } else if (object instanceof StaticClass) {
      const before = object.statics.get(key)?.value;
      object.statics.set(key, { value: certainty.changes(object) ? value : joined(before, value) });
    } else if (Array.isArray(object)) {
      const isPlace = typeof key === "string" && (key === "length" || /^\d{1,6}$/.test(key));
      const isLength = key !== "length" || typeof value === "number";
      if (isPlace && isLength && certainty.changes(object)) Reflect.set(object, key, value);
      else certainty.blur(object);
    }
  }
}

/** `Math`, `Number` and the like, whose functions are taken as they are. */
const isNamespace = (v: unknown): boolean =>
  v === Math || v === JSON || v === Reflect || v === console || v === globalThis;

function memberOf(
  type: StaticClass | undefined,
  key: Key,
  part: "members" | "statics",
): StaticMember | "unclear" | undefined {
  for (const at of type?.line() ?? []) {
    if (at === false) return "unclear";
    const found = at[part].get(key);
    if (found !== undefined) return found;
  }
  return undefined;
}

const isStatic = (node: ts.ClassElement): boolean =>
  hasModifier(node, tsc.SyntaxKind.StaticKeyword);

/** `const Block = class { … }` */
function classNameFrom({ parent }: ts.Node): string {
  const isNamed = parent !== undefined && tsc.isVariableDeclaration(parent);
  return isNamed && tsc.isIdentifier(parent.name) ? parent.name.text : "";
}
