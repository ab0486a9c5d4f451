/** Reads the text of Loop IR: types, expressions and places in memory. */

import { binary, compare, i32, lane, load, loadVector, select, shuffle, unary } from "./build.ts";
import { infixes, prefixedBinaries, prefixedCompares } from "./infix.ts";
import type { Element, LoopExpr, LoopType, UnaryOp } from "./ir.ts";
import { elementBytes } from "./ir.ts";
import { fourOf, isVector, isWide, lanesOf, twoOf, unaryTypes } from "./operation-types.ts";
import type { TokenReader } from "./tokens.ts";

const isType = (text: string): text is LoopType =>
  Object.hasOwn(fourOf, text) || Object.hasOwn(lanesOf, text);
const isElement = (text: string): text is Element => Object.hasOwn(elementBytes, text);
const isUnary = (text: string): text is UnaryOp => Object.hasOwn(unaryTypes, text);

export function readType(tokens: TokenReader, text = tokens.read("word")): LoopType {
  return isType(text) ? text : tokens.refuse(`${text} is no type`);
}

export function readElement(tokens: TokenReader, text: string): Element {
  return isElement(text) ? text : tokens.refuse(`${text} is no element`);
}

export interface Place {
  readonly base: LoopExpr;
  readonly index: LoopExpr;
  readonly offset: number;
}

export class ExpressionReader {
  private readonly tokens: TokenReader;
  /** The types of the locals met so far. */
  private readonly types: ReadonlyMap<string, LoopType>;
  /** What stood in parentheses: there, a number added last is part of the index. */
  private readonly enclosed = new WeakSet<LoopExpr>();

  constructor(tokens: TokenReader, types: ReadonlyMap<string, LoopType>) {
    this.tokens = tokens;
    this.types = types;
  }

  expr(precedence = 1): LoopExpr {
    let left = this.operand();
    for (;;) {
      const infix = infixes.find(({ symbol }) => this.tokens.is(symbol));
      if (!infix || infix.precedence < precedence) return left;
      this.tokens.next();
      const right = this.expr(infix.precedence + 1);
      const { node } = infix;
      left = node.k === "binary" ? binary(node.op, left, right) : compare(node.op, left, right);
    }
  }

  args(): LoopExpr[] {
    this.tokens.expect("(");
    return this.tokens.list(")", () => this.expr());
  }

  place(): Place {
    const base = this.operand();
    this.tokens.expect("[");
    const e = this.expr();
    this.tokens.expect("]");
    if (this.enclosed.has(e)) return { base, index: e, offset: 0 };
    const offset = bareNumber(e);
    if (offset !== undefined) return { base, index: i32(0), offset };
    if (e.k === "binary" && e.op === "add") {
      const added = bareNumber(e.b);
      if (added !== undefined && !this.enclosed.has(e.b))
        return { base, index: e.a, offset: added };
    }
    return { base, index: e, offset: 0 };
  }

  private operand(): LoopExpr {
    const { tokens } = this;
    const { kind, text } = tokens.peek();
    switch (kind) {
      case "%": {
        const type = this.types.get(text);
        if (!type) return tokens.fail(`expected a local that has a value`);
        tokens.next();
        return { k: "local", type, name: text };
      }
      case "@":
        tokens.next();
        return { k: "address", type: "i32", name: text };
      case "$":
        tokens.next();
        return { k: "global", type: "i32", name: text };
      case "number":
        return this.constant();
      case "word":
        return text === "nan" ? this.constant() : this.operation(tokens.next().text);
      default: {
        if (!tokens.accept("(")) return tokens.fail("expected an expression");
        const e = this.expr();
        tokens.expect(")");
        this.enclosed.add(e);
        return e;
      }
    }
  }

  private constant(): LoopExpr {
    const { text } = this.tokens.next();
    const type = this.tokens.accept(":") ? readType(this.tokens) : "i32";
    if (type.endsWith("i64")) return { k: "const", type, value: BigInt(text) };
    const infinity = text.startsWith("-") ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
    return { k: "const", type, value: text.endsWith("inf") ? infinity : Number(text) };
  }

  /** What is written `word …`, the word being read. */
  private operation(word: string): LoopExpr {
    const [op, suffix] = word.split(".", 2);
    if (suffix !== undefined) return this.suffixed(word, op!, suffix);
    const { tokens } = this;
    const binaryOp = prefixedBinaries.find((name) => name === word);
    const compareOp = prefixedCompares.find((name) => name === word);
    if (word === "lane" || word === "shuffle") return this.lanes(word);
    const isSplat = word === "splat" || word === "splat2";
    if (!isUnary(word) && !binaryOp && !compareOp && word !== "select" && !isSplat)
      return tokens.refuse(`no operation ${word}`);
    const [a, b, c] = this.args();
    if (a && !b && isUnary(word)) return unary(word, a);
    if (a && !b && isSplat) return splatOf(a, word === "splat2");
    if (a && b && !c && binaryOp) return binary(binaryOp, a, b);
    if (a && b && !c && compareOp) return compare(compareOp, a, b);
    if (a && b && c && word === "select") return select(a, b, c);
    return tokens.refuse(`${word} has other operands`);
  }

  private lanes(word: "lane" | "shuffle"): LoopExpr {
    const { tokens } = this;
    const index = (): number => Number(tokens.read("number"));
    tokens.expect("(");
    const a = this.expr();
    tokens.expect(",");
    if (word === "lane") {
      const n = index();
      tokens.expect(")");
      return lane(a, n);
    }
    const b = this.expr();
    tokens.expect(",");
    tokens.expect("[");
    const [w, x, y, z] = tokens.list("]", index);
    tokens.expect(")");
    if (w === undefined || x === undefined || y === undefined || z === undefined)
      return tokens.refuse("a shuffle has four lanes");
    return shuffle(a, b, [w, x, y, z]);
  }

  private suffixed(word: string, op: string, suffix: string): LoopExpr {
    const { tokens } = this;
    switch (op) {
      case "memory": {
        if (suffix === "size") return { k: "memorySize", type: "i32" };
        const [pages] = this.args();
        if (suffix !== "grow" || !pages) return tokens.refuse(`no operation ${word}`);
        return { k: "memoryGrow", type: "i32", pages };
      }
      case "load":
      case "load4":
      case "load2":
      case "splat":
      case "splat2":
        return this.load(op, readElement(tokens, suffix));
      case "call":
        return {
          k: "call",
          type: readType(tokens, suffix),
          callee: tokens.read("@"),
          args: this.args(),
        };
      case "convert":
      case "bits": {
        const type = readType(tokens, suffix);
        const [a] = this.args();
        if (!a) return tokens.refuse(`${word} has an operand`);
        return { k: op, type, a };
      }
      default:
        return tokens.refuse(`no operation ${word}`);
    }
  }

  private load(op: `load${"" | 2 | 4}` | `splat${"" | 2}`, element: Element): LoopExpr {
    const { base, index, offset } = this.place();
    const at = { element, base, index: i32(0) };
    const e = op === "load" ? load(at) : loadVector(at, op.startsWith("splat"));
    const type = op.endsWith("2") && isWide(e.type) ? twoOf[e.type] : e.type;
    return e.k === "load" ? { ...e, type, index, offset } : e;
  }
}

/** In four lanes, or in two. */
function splatOf(a: LoopExpr, isTwo: boolean): LoopExpr {
  const type = fourOf[isVector(a.type) ? "i32" : a.type];
  return { k: "splat", type: isTwo && isWide(type) ? twoOf[type] : type, a };
}

const bareNumber = (e: LoopExpr): number | undefined =>
  e.k === "const" && e.type === "i32" && typeof e.value === "number" ? e.value : undefined;
