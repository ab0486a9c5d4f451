/**
 * The laws of Loop IR: types agree, names exist, and every local has a value on every path to its
 * use. What the verifier accepts, compiler/wasm can emit.
 */

import { knownI32 } from "./build.ts";
import type { Links, LoopExpr, LoopFunc, LoopModule, LoopStmt, LoopType } from "./ir.ts";
import { accessTypes, isWide } from "./operation-types.ts";
import { printStmt } from "./print.ts";
import type { Definitions, ExpressionChecks } from "./verify-expression.ts";
import {
  definitionsOf,
  isInt32,
  verifyArgs,
  verifyCall,
  verifyExpr,
  verifyPlace,
} from "./verify-expression.ts";

/** What is unlawful in `module`, one line each; empty when it is lawful. */
export function verifyLoop(module: LoopModule): readonly string[] {
  const found: string[] = [];
  const report = (what: string): void => {
    found.push(what);
  };
  verifyNames(module, report);
  for (const { name, bytes, size } of module.data) {
    if (!Number.isInteger(size) || size < 0) report(`@${name}: the size ${size} is no length`);
    if (bytes && bytes.length > size)
      report(`@${name}: ${bytes.length} bytes in a size of ${size}`);
  }
  for (const { name, initial } of module.globals)
    if (!isInt32(initial)) report(`$${name}: ${initial} is no i32`);
  const definitions = definitionsOf(module);
  const own = new Set(module.funcs.map((f) => f.name));
  for (const name of module.table)
    if (!own.has(name)) report(`table: there is no function @${name}`);
  for (const f of module.funcs) new FuncVerifier(f, definitions, report).run();
  return found;
}

function verifyNames(module: LoopModule, report: (what: string) => void): void {
  const once = (what: string, names: readonly string[]): void => {
    const seen = new Set<string>();
    for (const name of names) {
      if (seen.has(name)) report(`two ${what} are named ${name}`);
      seen.add(name);
    }
  };
  const { functions, globals, exports } = linksOf(module);
  const exported = module.funcs.flatMap((f) => (f.exported === undefined ? [] : [f.exported]));
  const imported = [...(module.imports?.keys() ?? [])];
  once("functions", [...functions.keys(), ...imported, ...module.funcs.map((f) => f.name)]);
  for (const name of imported)
    if (!/^[^.]+\../.test(name)) report(`@${name}: an import is named MODULE.NAME`);
  once("exports", ["memory", ...exports.keys(), ...exported]);
  for (const name of exports.values())
    if (!functions.has(name) && !globals.has(name)) report(`exports: ${name} is not linked`);
  once(
    "data objects",
    module.data.map((d) => d.name),
  );
  once("globals", [...globals, ...module.globals.map((g) => g.name)]);
}

const linksOf = (module: LoopModule): Links =>
  module.links ?? { functions: new Map(), globals: new Set(), exports: new Map() };

const shortened = (text: string): string => (text.length > 120 ? `${text.slice(0, 119)}…` : text);

/** The locals that have a value; `undefined` where control never comes. */
type Defined = Set<string> | undefined;

const copyOf = (defined: Defined): Defined => defined && new Set(defined);

function meet(a: Defined, b: Defined): Defined {
  if (!a || !b) return a ?? b;
  return new Set([...a].filter((name) => b.has(name)));
}

interface Label {
  readonly name: string;
  readonly isLoop: boolean;
  /** What has a value wherever a break leaves. */
  atBreak: Defined;
}

class FuncVerifier {
  private readonly func: LoopFunc;
  private readonly types = new Map<string, LoopType>();
  private readonly loopVariables = new Set<string>();
  /** Variables of the loops around, which only their loops may set. */
  private readonly running = new Set<string>();
  private readonly labels: Label[] = [];
  private readonly checks: ExpressionChecks;
  private readonly reportOne: (what: string) => void;
  private defined: Defined;
  private at: LoopStmt | undefined;

  constructor(func: LoopFunc, definitions: Definitions, report: (what: string) => void) {
    this.func = func;
    this.reportOne = (what) => {
      const where = this.at ? ` in \`${shortened(printStmt(this.at)[0]!)}\`` : "";
      report(`@${func.name}: ${what}${where}`);
    };
    this.checks = {
      definitions,
      report: this.reportOne,
      checkLocal: (name, type) => this.checkLocal(name, type),
    };
  }

  run(): void {
    for (const { name, type } of this.func.params) {
      if (this.types.has(name)) this.reportOne(`two parameters are named %${name}`);
      if (isWide(type)) this.reportOne(`%${name}: no function takes a ${type}`);
      this.types.set(name, type);
    }
    const { result } = this.func;
    if (result && isWide(result)) this.reportOne(`no function gives a ${result}`);
    this.defined = new Set(this.types.keys());
    this.body(this.func.body);
    this.at = undefined;
    if (this.func.result && this.defined)
      this.reportOne(`the end is reached without a return of ${this.func.result}`);
  }

  private checkLocal(name: string, type: LoopType): void {
    const declared = this.types.get(name);
    if (!declared || (this.defined && !this.defined.has(name)))
      this.reportOne(`%${name} has no value on some path`);
    else if (declared !== type) this.reportOne(`%${name} is ${declared}, not ${type}`);
  }

  private body(body: readonly LoopStmt[]): void {
    for (const s of body) {
      this.at = s;
      this.statement(s);
    }
  }

  private expr(e: LoopExpr, wanted?: LoopType): void {
    verifyExpr(this.checks, e, wanted);
  }

  private statement(s: LoopStmt): void {
    switch (s.s) {
      case "set":
        this.expr(s.value);
        this.set(s.name, s.value.type);
        return;
      case "setGlobal":
        this.expr(s.value, "i32");
        if (!this.checks.definitions.globals.has(s.name))
          this.reportOne(`there is no global $${s.name}`);
        return;
      case "store":
        for (const e of [s.base, s.index, s.value]) this.expr(e);
        verifyPlace(s, this.reportOne);
        if (!accessTypes[s.element].includes(s.value.type))
          this.reportOne(`no ${s.value.type} is stored into ${s.element}`);
        return;
      case "for":
        this.for(s);
        return;
      case "if":
        this.if(s);
        return;
      case "switch":
        this.switch(s);
        return;
      case "loop":
      case "block":
        this.labelled(s);
        return;
      case "break":
      case "continue":
        this.jump(s);
        return;
      case "call":
        for (const arg of s.args) this.expr(arg);
        verifyCall(this.checks, s.callee, s.args);
        return;
      case "callIndirect":
        if (!this.checks.definitions.hasTable) this.reportOne("the table is empty");
        this.expr(s.target, "i32");
        for (const arg of s.args) this.expr(arg);
        verifyArgs("the function in the table", s.params, s.args, this.reportOne);
        for (const type of s.params)
          if (isWide(type)) this.reportOne(`no function takes a ${type}`);
        return;
      case "copyBytes":
        for (const e of [s.to, s.from, s.bytes]) this.expr(e, "i32");
        return;
      case "fillBytes":
        for (const e of [s.to, s.value, s.bytes]) this.expr(e, "i32");
        return;
      case "return":
        this.return(s.value);
        return;
      case "trap":
        this.defined = undefined;
        return;
    }
  }

  private set(name: string, type: LoopType): void {
    const declared = this.types.get(name);
    if (this.loopVariables.has(name)) this.reportOne(`%${name} is the variable of a loop`);
    else if (declared && declared !== type) this.reportOne(`%${name} is ${declared}, not ${type}`);
    if (!declared) this.types.set(name, type);
    this.defined?.add(name);
  }

  private for(s: LoopStmt & { readonly s: "for" }): void {
    this.expr(s.from, "i32");
    this.expr(s.to, "i32");
    if (!isInt32(s.step) || s.step < 1) this.reportOne(`the step ${s.step} is not positive`);
    const [from, to] = [knownI32(s.from), knownI32(s.to)];
    const isKnown = from !== undefined && to !== undefined;
    if (isKnown && from >= to && s.atLeastOnce) this.reportOne("the range is empty");
    const isTaken = this.types.has(s.name) && !this.loopVariables.has(s.name);
    if (isTaken || this.running.has(s.name)) this.reportOne(`%${s.name} is another local already`);
    this.types.set(s.name, "i32");
    this.loopVariables.add(s.name);
    this.running.add(s.name);
    const before = copyOf(this.defined);
    this.defined?.add(s.name);
    this.body(s.body);
    this.running.delete(s.name);
    const runs = s.atLeastOnce || (isKnown && from < to);
    if (!runs) this.defined = meet(before, this.defined);
    this.defined?.delete(s.name);
  }

  private if(s: LoopStmt & { readonly s: "if" }): void {
    this.expr(s.c, "i32");
    const before = copyOf(this.defined);
    this.body(s.whenTrue);
    const afterTrue = this.defined;
    this.defined = before;
    this.body(s.whenFalse);
    this.defined = meet(afterTrue, this.defined);
  }

  private switch(s: LoopStmt & { readonly s: "switch" }): void {
    this.expr(s.value, "i32");
    const before = copyOf(this.defined);
    let after = before;
    for (const body of s.cases) {
      this.defined = copyOf(before);
      this.body(body);
      after = meet(after, this.defined);
    }
    this.defined = after;
  }

  private labelled(s: LoopStmt & { readonly s: "loop" | "block" }): void {
    if (this.labels.some(({ name }) => name === s.label))
      this.reportOne(`${s.label} is the label of something around already`);
    const label: Label = { name: s.label, isLoop: s.s === "loop", atBreak: undefined };
    this.labels.push(label);
    this.body(s.body);
    this.labels.pop();
    this.defined = label.isLoop ? label.atBreak : meet(label.atBreak, this.defined);
  }

  private jump(s: LoopStmt & { readonly s: "break" | "continue" }): void {
    const label = this.labels.findLast(({ name }) => name === s.label);
    if (!label) this.reportOne(`nothing around has the label ${s.label}`);
    else if (s.s === "break") label.atBreak = meet(label.atBreak, this.defined);
    else if (!label.isLoop) this.reportOne(`${s.label} is no loop`);
    this.defined = undefined;
  }

  private return(value: LoopExpr | undefined): void {
    const { result } = this.func;
    if (value) this.expr(value, result);
    if (value && !result) this.reportOne("the function gives nothing");
    if (!value && result) this.reportOne(`the function gives ${result}`);
    this.defined = undefined;
  }
}
