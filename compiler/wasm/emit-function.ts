/** One function of Loop IR as a binaryen function: its statements, loops and labels. */

import { knownI32 } from "../loop/build.ts";
import type { LoopExpr, LoopFunc, LoopStmt } from "../loop/ir.ts";
import { countSets, forEachStmt } from "../loop/walk.ts";
import { splitDoubles } from "../passes/loop/split-doubles.ts";
import type { Api, Module, Ref } from "./api.ts";
import { EmitError, wasmType } from "./api.ts";
import { emitStore } from "./emit-access.ts";
import { emitExpr } from "./emit-expression.ts";
import { Locals } from "./locals.ts";
import type { Scope } from "./scope.ts";
import { calleeOf, globalOf } from "./scope.ts";

type Of<S extends LoopStmt["s"]> = LoopStmt & { readonly s: S };

interface Labels {
  readonly outer: Labels | undefined;
  readonly label: string;
  /** Binaryen wants the names of nested blocks to differ, so they end in a number. */
  readonly breakTo: string;
  readonly continueTo: string | undefined;
}

interface FuncScope extends Scope {
  readonly func: LoopFunc;
  readonly labels: Labels | undefined;
  readonly nextLabel: () => number;
}

export function emitFunction(
  api: Api,
  m: Module,
  original: LoopFunc,
  context: Pick<Scope, "addresses" | "funcs" | "globals">,
): void {
  // WebAssembly has no vectors of more than 128 bits.
  const func = splitDoubles.run(original);
  const locals = new Locals(func);
  let labelCount = 0;
  const scope: FuncScope = {
    api,
    m,
    locals,
    ...context,
    func,
    labels: undefined,
    nextLabel: () => labelCount++,
  };
  const body = emitFuncBody(scope);
  m.addFunction(
    func.name,
    api.createType(func.params.map((p) => wasmType(api, p.type))),
    func.result ? wasmType(api, func.result) : api.none,
    locals.vars.map((type) => wasmType(api, type)),
    body,
  );
  if (func.exported !== undefined) m.addFunctionExport(func.name, func.exported);
}

/** A `return` at the end is the body's value; other bodies of functions with a result end in one. */
function emitFuncBody(scope: FuncScope): Ref {
  const { m, func } = scope;
  const last = func.body.at(-1);
  if (last?.s === "return") {
    const before = emitAll(scope, func.body.slice(0, -1));
    return m.block(null, last.value ? [...before, emitExpr(scope, last.value)] : before);
  }
  const all = emitAll(scope, func.body);
  return m.block(null, func.result ? [...all, m.unreachable()] : all);
}

const emitAll = (scope: FuncScope, body: readonly LoopStmt[]): Ref[] =>
  body.map((s) => emitStmt(scope, s));

function emitBody(scope: FuncScope, body: readonly LoopStmt[]): Ref {
  const all = emitAll(scope, body);
  return all.length === 1 ? all[0]! : scope.m.block(null, all);
}

function emitStmt(scope: FuncScope, s: LoopStmt): Ref {
  const { m, api } = scope;
  const emit = (e: LoopExpr): Ref => emitExpr(scope, e);
  switch (s.s) {
    case "set":
      return m.local.set(scope.locals.get(s.name).index, emit(s.value));
    case "setGlobal":
      return m.global.set(globalOf(scope, s.name), emit(s.value));
    case "store":
      return emitStore(scope, s, s.value, emit);
    case "for":
      return emitFor(scope, s);
    case "if":
      return emitIf(scope, s);
    case "switch":
      return emitSwitch(scope, s);
    case "loop":
    case "block":
      return emitLabelled(scope, s);
    case "break":
    case "continue":
      return m.br(targetOf(scope, s));
    case "call": {
      const { name, result } = calleeOf(scope, s.callee);
      const call = m.call(name, s.args.map(emit), result ? wasmType(api, result) : api.none);
      return result ? m.drop(call) : call;
    }
    case "callIndirect": {
      const params = api.createType(s.params.map((type) => wasmType(api, type)));
      return m.call_indirect("table", emit(s.target), s.args.map(emit), params, api.none);
    }
    case "copyBytes":
      return m.memory.copy(emit(s.to), emit(s.from), emit(s.bytes));
    case "fillBytes":
      return m.memory.fill(emit(s.to), emit(s.value), emit(s.bytes));
    case "return":
      return m.return(s.value ? emit(s.value) : undefined);
    case "trap":
      return m.unreachable();
  }
}

function emitIf(scope: FuncScope, s: Of<"if">): Ref {
  const { m } = scope;
  const [only] = s.whenTrue;
  if (s.whenTrue.length === 1 && s.whenFalse.length === 0)
    if (only?.s === "break" || only?.s === "continue")
      return m.br_if(targetOf(scope, only), emitExpr(scope, s.c));
  const c = emitExpr(scope, s.c);
  if (s.whenTrue.length === 0) return m.if(m.i32.eqz(c), emitBody(scope, s.whenFalse));
  if (s.whenFalse.length === 0) return m.if(c, emitBody(scope, s.whenTrue));
  return m.if(c, emitBody(scope, s.whenTrue), emitBody(scope, s.whenFalse));
}

/** A block around each case and those before it: to leave that of a number is to begin its case. */
function emitSwitch(scope: FuncScope, s: Of<"switch">): Ref {
  const { m } = scope;
  const n = scope.nextLabel();
  const end = `switch.end${n}`;
  const names = s.cases.map((_, i) => `switch.case${n}.${i}`);
  const value = emitExpr(scope, s.value);
  if (names.length === 0) return m.drop(value);
  let inner = m.switch(names, end, value);
  for (const [i, body] of s.cases.entries()) {
    const own = [m.block(names[i]!, [inner]), ...emitAll(scope, body)];
    const isLast = i === names.length - 1;
    inner = m.block(null, isLast ? own : [...own, m.br(end)]);
  }
  return m.block(end, [inner]);
}

/**
 * The condition is tested at the bottom, once per iteration; a guard before the loop only where the
 * range may be empty. The end is read from a constant or an unchanging local, or computed into one.
 */
function emitFor(scope: FuncScope, s: Of<"for">): Ref {
  const { m, api, locals } = scope;
  const [from, to] = [knownI32(s.from), knownI32(s.to)];
  const isConstant = from !== undefined && to !== undefined;
  if (isConstant && from >= to) return m.nop();
  const { index } = locals.get(s.name);
  const end = isUnchanging(s.to, s) ? undefined : locals.borrow("i32");
  const readEnd = (): Ref => (end ? m.local.get(end.index, api.i32) : emitExpr(scope, s.to));
  const label = `for${scope.nextLabel()}`;
  const next = m.local.tee(
    index,
    m.i32.add(m.local.get(index, api.i32), m.i32.const(s.step)),
    api.i32,
  );
  const body = emitAll(scope, s.body);
  const loop = m.loop(label, m.block(null, [...body, m.br(label, m.i32.lt_s(next, readEnd()))]));
  const before = [m.local.set(index, emitExpr(scope, s.from))];
  if (end) {
    before.push(m.local.set(end.index, emitExpr(scope, s.to)));
    locals.giveBack(end);
  }
  const isGuarded = !s.atLeastOnce && !isConstant;
  const guarded = isGuarded ? m.if(m.i32.lt_s(m.local.get(index, api.i32), readEnd()), loop) : loop;
  return m.block(null, [...before, guarded]);
}

function isUnchanging(e: LoopExpr, loop: Of<"for">): boolean {
  if (e.k !== "local") return e.k === "const" || e.k === "address";
  return e.name !== loop.name && !countSets(loop.body).has(e.name);
}

function emitLabelled(scope: FuncScope, s: Of<"loop" | "block">): Ref {
  const { m } = scope;
  const n = scope.nextLabel();
  const breakTo = `${s.label}.break${n}`;
  const continueTo = s.s === "loop" ? `${s.label}.next${n}` : undefined;
  const inner: FuncScope = {
    ...scope,
    labels: { outer: scope.labels, label: s.label, breakTo, continueTo },
  };
  if (continueTo === undefined) return m.block(breakTo, emitAll(inner, s.body));
  // A loop that ends in its own break falls out of its bottom instead: no jump there, nor back.
  const last = s.body.at(-1);
  const fallsOut = last?.s === "break" && last.label === s.label;
  const rounds = fallsOut ? s.body.slice(0, -1) : s.body;
  const all = emitAll(inner, rounds);
  const loop = m.loop(continueTo, m.block(null, fallsOut ? all : [...all, m.br(continueTo)]));
  return hasBreak(rounds, s.label) ? m.block(breakTo, [loop]) : loop;
}

function hasBreak(body: readonly LoopStmt[], label: string): boolean {
  let found = false;
  forEachStmt(body, (s) => {
    found ||= s.s === "break" && s.label === label;
  });
  return found;
}

function targetOf(scope: FuncScope, s: Of<"break" | "continue">): string {
  for (let at = scope.labels; at; at = at.outer) {
    if (at.label !== s.label) continue;
    const target = s.s === "break" ? at.breakTo : at.continueTo;
    if (target !== undefined) return target;
  }
  throw new EmitError(`nothing to ${s.s} with label ${s.label}`);
}
