/** Reads the text of Loop IR: modules, functions and statements. */

import type {
  Callee,
  DataObject,
  Links,
  LoopExpr,
  LoopFunc,
  LoopGlobal,
  LoopModule,
  LoopParam,
  LoopStmt,
  LoopType,
} from "./ir.ts";
import { ExpressionReader, readElement, readType } from "./parse-expression.ts";
import { TokenReader } from "./tokens.ts";

/** Throws an error that begins with the line where `text` is not Loop IR. */
export function parseLoop(text: string): LoopModule {
  const tokens = new TokenReader(text);
  const data: DataObject[] = [];
  const globals: LoopGlobal[] = [];
  const table: string[] = [];
  const funcs: LoopFunc[] = [];
  const imports = new Map<string, Callee>();
  let links: Links | undefined;
  while (tokens.peek().kind !== "end") {
    if (tokens.accept("link")) {
      links = readLinks(tokens);
    } else if (tokens.accept("import")) {
      imports.set(...readCallee(tokens));
    } else if (tokens.accept("data")) {
      data.push(readData(tokens));
    } else if (tokens.accept("global")) {
      const name = tokens.read("$");
      tokens.expect("=");
      globals.push({ name, initial: Number(tokens.read("number")) });
    } else if (tokens.accept("table")) {
      while (tokens.peek().kind === "@") table.push(tokens.read("@"));
    } else {
      tokens.expect("func");
      funcs.push(readFunc(tokens));
    }
  }
  return {
    funcs,
    data,
    globals,
    table,
    ...(links ? { links } : {}),
    ...(imports.size > 0 ? { imports } : {}),
  };
}

function readCallee(tokens: TokenReader): [name: string, callee: Callee] {
  const name = tokens.read("@");
  tokens.expect("(");
  const params = tokens.list(")", () => ({ type: readType(tokens) }));
  return [name, { params, result: tokens.accept("->") ? readType(tokens) : undefined }];
}

function readLinks(tokens: TokenReader): Links {
  const functions = new Map<string, Callee>();
  const globals = new Set<string>();
  const exports = new Map<string, string>();
  for (;;) {
    const { kind } = tokens.peek();
    if (kind === "@") {
      functions.set(...readCallee(tokens));
    } else if (kind === "$") {
      globals.add(tokens.read("$"));
    } else if (tokens.accept("export")) {
      const exported = tokens.read("string");
      tokens.expect("=");
      exports.set(exported, tokens.read(tokens.peek().kind === "@" ? "@" : "$"));
    } else {
      return { functions, globals, exports };
    }
  }
}

function readData(tokens: TokenReader): DataObject {
  const name = tokens.read("@");
  tokens.expect("size");
  const size = Number(tokens.read("number"));
  if (!tokens.accept("=")) return { name, bytes: undefined, size };
  if (tokens.accept("…")) tokens.refuse("the bytes were left out");
  let hex = tokens.read("string");
  while (tokens.peek().kind === "string") hex += tokens.read("string");
  if (hex.length % 2 !== 0 || /[^0-9a-f]/.test(hex)) tokens.refuse("the bytes are not hexadecimal");
  const bytes = Uint8Array.from(hex.match(/../g) ?? [], (byte) => Number.parseInt(byte, 16));
  return { name, bytes, size };
}

function readFunc(tokens: TokenReader): LoopFunc {
  const name = tokens.read("@");
  const exported = tokens.accept("export") ? tokens.read("string") : undefined;
  tokens.expect("(");
  const params = tokens.list(")", (): LoopParam => {
    const param = tokens.read("%");
    tokens.expect(":");
    return { name: param, type: readType(tokens) };
  });
  const result = tokens.accept("->") ? readType(tokens) : undefined;
  const types = new Map<string, LoopType>(params.map((p) => [p.name, p.type]));
  const body = new StatementReader(tokens, types).body();
  return { name, exported, params, result, body };
}

class StatementReader {
  private readonly tokens: TokenReader;
  private readonly types: Map<string, LoopType>;
  private readonly expressions: ExpressionReader;

  constructor(tokens: TokenReader, types: Map<string, LoopType>) {
    this.tokens = tokens;
    this.types = types;
    this.expressions = new ExpressionReader(tokens, types);
  }

  body(): LoopStmt[] {
    const statements: LoopStmt[] = [];
    this.tokens.expect("{");
    while (!this.tokens.accept("}")) statements.push(this.statement());
    return statements;
  }

  private expr(): LoopExpr {
    return this.expressions.expr();
  }

  private statement(): LoopStmt {
    const { tokens } = this;
    const { kind, text } = tokens.peek();
    if (kind === "%") return this.set();
    if (kind === "$") {
      tokens.next();
      tokens.expect("=");
      return { s: "setGlobal", name: text, value: this.expr() };
    }
    if (kind !== "word") tokens.fail("expected a statement");
    tokens.next();
    if (text.startsWith("store.")) return this.store(text.slice("store.".length));
    switch (text) {
      case "for":
        return this.for();
      case "if": {
        const c = this.expr();
        const whenTrue = this.body();
        return { s: "if", c, whenTrue, whenFalse: tokens.accept("else") ? this.body() : [] };
      }
      case "switch":
        return this.switch();
      case "loop":
      case "block":
        return { s: text, label: this.label(), body: this.body() };
      case "break":
      case "continue":
        return { s: text, label: this.label() };
      case "call":
        return this.call();
      case "copyBytes": {
        const [to, from, bytes] = this.three();
        return { s: "copyBytes", to, from, bytes };
      }
      case "fillBytes": {
        const [to, value, bytes] = this.three();
        return { s: "fillBytes", to, value, bytes };
      }
      case "return":
        return { s: "return", value: this.endsStatement() ? undefined : this.expr() };
      case "trap":
        return { s: "trap" };
      default:
        return tokens.refuse(`no statement begins with ${text}`);
    }
  }

  private set(): LoopStmt {
    const name = this.tokens.read("%");
    this.tokens.expect("=");
    const value = this.expr();
    if (!this.types.has(name)) this.types.set(name, value.type);
    return { s: "set", name, value };
  }

  private store(elementName: string): LoopStmt {
    const element = readElement(this.tokens, elementName);
    const place = this.expressions.place();
    this.tokens.expect("=");
    return { s: "store", element, ...place, value: this.expr() };
  }

  private for(): LoopStmt {
    const { tokens } = this;
    const name = tokens.read("%");
    tokens.expect("=");
    const from = this.expr();
    tokens.expect("to");
    const to = this.expr();
    const step = tokens.accept("step") ? Number(tokens.read("number")) : 1;
    const atLeastOnce = tokens.accept("nonempty");
    this.types.set(name, "i32");
    return { s: "for", name, from, to, step, atLeastOnce, body: this.body() };
  }

  private switch(): LoopStmt {
    const { tokens } = this;
    const value = this.expr();
    const cases: LoopStmt[][] = [];
    tokens.expect("{");
    while (tokens.accept("case")) cases.push(this.body());
    tokens.expect("}");
    return { s: "switch", value, cases };
  }

  private label(): string {
    const kind = this.tokens.peek().kind;
    return this.tokens.read(kind === "string" ? "string" : "word");
  }

  private call(): LoopStmt {
    const { tokens } = this;
    if (!tokens.accept("table"))
      return { s: "call", callee: tokens.read("@"), args: this.expressions.args() };
    tokens.expect("[");
    const target = this.expr();
    tokens.expect("]");
    tokens.expect("(");
    const params = tokens.list(")", () => readType(tokens));
    return { s: "callIndirect", target, params, args: this.expressions.args() };
  }

  private three(): [LoopExpr, LoopExpr, LoopExpr] {
    const [a, b, c, ...rest] = this.expressions.args();
    if (!a || !b || !c || rest.length > 0) return this.tokens.refuse("three operands belong here");
    return [a, b, c];
  }

  /** Whether a `return` here has no value: the next token closes the body or begins a statement. */
  private endsStatement(): boolean {
    const { kind, text } = this.tokens.peek();
    if (kind === "symbol") return text === "}";
    if (kind === "word") return statementWords.has(text) || text.startsWith("store.");
    const after = this.tokens.peek(1);
    return (kind === "%" || kind === "$") && after.kind === "symbol" && after.text === "=";
  }
}

const statementWords = new Set([
  "for",
  "if",
  "switch",
  "loop",
  "block",
  "break",
  "continue",
  "call",
  "copyBytes",
  "fillBytes",
  "return",
  "trap",
]);
