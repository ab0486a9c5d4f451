/** Walks and rewrites Loop IR without knowing what its constructs mean. */

import type { LoopExpr, LoopFunc, LoopStmt } from "./ir.ts";

/** The operands of an expression, in the order of their evaluation. */
export function operandsOf(e: LoopExpr): readonly LoopExpr[] {
  switch (e.k) {
    case "const":
    case "local":
    case "global":
    case "address":
    case "memorySize":
      return [];
    case "unary":
    case "convert":
    case "bits":
    case "splat":
    case "lane":
      return [e.a];
    case "binary":
    case "compare":
    case "shuffle":
      return [e.a, e.b];
    case "select":
      return [e.c, e.a, e.b];
    case "load":
      return [e.base, e.index];
    case "call":
      return e.args;
    case "memoryGrow":
      return [e.pages];
  }
}

/** `e` with each operand replaced by what `f` makes of it; `e` itself where nothing changes. */
export function mapOperands(e: LoopExpr, f: (operand: LoopExpr) => LoopExpr): LoopExpr {
  switch (e.k) {
    case "const":
    case "local":
    case "global":
    case "address":
    case "memorySize":
      return e;
    case "unary":
    case "convert":
    case "bits":
    case "splat":
    case "lane": {
      const a = f(e.a);
      return a === e.a ? e : { ...e, a };
    }
    case "binary":
    case "compare":
    case "shuffle": {
      const [a, b] = [f(e.a), f(e.b)];
      return a === e.a && b === e.b ? e : { ...e, a, b };
    }
    case "select": {
      const [c, a, b] = [f(e.c), f(e.a), f(e.b)];
      return c === e.c && a === e.a && b === e.b ? e : { ...e, c, a, b };
    }
    case "load": {
      const [base, index] = [f(e.base), f(e.index)];
      return base === e.base && index === e.index ? e : { ...e, base, index };
    }
    case "call": {
      const args = e.args.map(f);
      return args.every((a, i) => a === e.args[i]) ? e : { ...e, args };
    }
    case "memoryGrow": {
      const pages = f(e.pages);
      return pages === e.pages ? e : { ...e, pages };
    }
  }
}

/** The expressions of a statement itself, not of statements inside it. */
export function expressionsOf(s: LoopStmt): readonly LoopExpr[] {
  switch (s.s) {
    case "set":
    case "setGlobal":
      return [s.value];
    case "store":
      return [s.base, s.index, s.value];
    case "for":
      return [s.from, s.to];
    case "if":
      return [s.c];
    case "call":
      return s.args;
    case "callIndirect":
      return [s.target, ...s.args];
    case "copyBytes":
      return [s.to, s.from, s.bytes];
    case "fillBytes":
      return [s.to, s.value, s.bytes];
    case "switch":
      return [s.value];
    case "return":
      return s.value ? [s.value] : [];
    case "loop":
    case "block":
    case "break":
    case "continue":
    case "trap":
      return [];
  }
}

/** The bodies inside a statement. */
export function bodiesOf(s: LoopStmt): readonly (readonly LoopStmt[])[] {
  if (s.s === "for" || s.s === "loop" || s.s === "block") return [s.body];
  if (s.s === "switch") return s.cases;
  return s.s === "if" ? [s.whenTrue, s.whenFalse] : [];
}

export interface StmtMap {
  readonly expr: (e: LoopExpr) => LoopExpr;
  readonly body: (body: readonly LoopStmt[]) => readonly LoopStmt[];
}

/** `s` with its own expressions and the bodies inside it replaced, expressions first. */
export function mapStmt(s: LoopStmt, { expr, body }: StmtMap): LoopStmt {
  switch (s.s) {
    case "set":
    case "setGlobal":
      return { ...s, value: expr(s.value) };
    case "store":
      return { ...s, base: expr(s.base), index: expr(s.index), value: expr(s.value) };
    case "for":
      return { ...s, from: expr(s.from), to: expr(s.to), body: body(s.body) };
    case "if":
      return {
        ...s,
        c: expr(s.c),
        whenTrue: body(s.whenTrue),
        whenFalse: body(s.whenFalse),
      };
    case "switch":
      return { ...s, value: expr(s.value), cases: s.cases.map(body) };
    case "loop":
    case "block":
      return { ...s, body: body(s.body) };
    case "call":
      return { ...s, args: s.args.map(expr) };
    case "callIndirect":
      return { ...s, target: expr(s.target), args: s.args.map(expr) };
    case "copyBytes":
      return { ...s, to: expr(s.to), from: expr(s.from), bytes: expr(s.bytes) };
    case "fillBytes":
      return { ...s, to: expr(s.to), value: expr(s.value), bytes: expr(s.bytes) };
    case "return":
      return { ...s, value: s.value && expr(s.value) };
    case "break":
    case "continue":
    case "trap":
      return s;
  }
}

/** Calls `visit` with every statement of `body` and inside it, outer ones first. */
export function forEachStmt(body: readonly LoopStmt[], visit: (s: LoopStmt) => void): void {
  for (const s of body) {
    visit(s);
    for (const inner of bodiesOf(s)) forEachStmt(inner, visit);
  }
}

/** Calls `visit` with `e` and everything below it. */
export function forEachExpr(e: LoopExpr, visit: (e: LoopExpr) => void): void {
  visit(e);
  for (const operand of operandsOf(e)) forEachExpr(operand, visit);
}

/** How often each local is set by the statements of `body`; a `for` sets its variable. */
export function countSets(body: readonly LoopStmt[]): ReadonlyMap<string, number> {
  const sets = new Map<string, number>();
  forEachStmt(body, (s) => {
    if (s.s === "set" || s.s === "for") sets.set(s.name, (sets.get(s.name) ?? 0) + 1);
  });
  return sets;
}

/** Gives names that no local of `f` has. */
export function freshLocals(f: LoopFunc): (hint: string) => string {
  const taken = new Set([...f.params.map((p) => p.name), ...countSets(f.body).keys()]);
  return (hint) => {
    let name = hint;
    for (let n = 1; taken.has(name); n++) name = `${hint}.${n}`;
    taken.add(name);
    return name;
  };
}

/** The functions that `f` calls and the globals that it uses. */
export function namesIn(f: LoopFunc): ReadonlySet<string> {
  const names = new Set<string>();
  forEachStmt(f.body, (s) => {
    if (s.s === "call") names.add(s.callee);
    if (s.s === "setGlobal") names.add(s.name);
    for (const whole of expressionsOf(s)) {
      forEachExpr(whole, (e) => {
        if (e.k === "call") names.add(e.callee);
        if (e.k === "global") names.add(e.name);
      });
    }
  });
  return names;
}
