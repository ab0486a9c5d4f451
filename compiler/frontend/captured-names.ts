/** Owns which captured names are `let` variables that the program assigns again. */

import type ts from "typescript";
import type { Context } from "./context.ts";
import type { SourceProgram } from "./program.ts";
import { tsc } from "./typescript.ts";

/** The variables that each file assigns after their declaration. */
export class Reassignments {
  readonly #program: SourceProgram;
  readonly #byFile = new Map<ts.SourceFile, ReadonlySet<ts.Symbol>>();

  constructor(program: SourceProgram) {
    this.#program = program;
  }

  /** The symbol that a name stands for, through imports. */
  symbolOf(node: ts.Identifier): ts.Symbol | undefined {
    const symbol = this.#program.symbolAt(node);
    if (symbol === undefined || (symbol.flags & tsc.SymbolFlags.Alias) === 0) return symbol;
    return this.#program.checker.getAliasedSymbol(symbol);
  }

  has(symbol: ts.Symbol): boolean {
    const declaration = symbol.valueDeclaration;
    if (declaration === undefined || !tsc.isVariableDeclaration(declaration)) return false;
    if ((tsc.getCombinedNodeFlags(declaration) & tsc.NodeFlags.Const) !== 0) return false;
    return this.#assigned(declaration.getSourceFile()).has(symbol);
  }

  #assigned(file: ts.SourceFile): ReadonlySet<ts.Symbol> {
    const known = this.#byFile.get(file);
    if (known !== undefined) return known;
    const found = new Set<ts.Symbol>();
    const visit = (node: ts.Node): void => {
      const target = assignedPart(node);
      if (target !== undefined) this.#collect(target, found);
      tsc.forEachChild(node, visit);
    };
    visit(file);
    this.#byFile.set(file, found);
    return found;
  }

  /** Adds every variable that an assignment target names, patterns included. */
  #collect(target: ts.Node, into: Set<ts.Symbol>): void {
    if (tsc.isIdentifier(target)) {
      const symbol = tsc.isShorthandPropertyAssignment(target.parent)
        ? this.#program.checker.getShorthandAssignmentValueSymbol(target.parent)
        : this.symbolOf(target);
      if (symbol !== undefined) into.add(symbol);
      return;
    }
    if (tsc.isPropertyAccessExpression(target) || tsc.isElementAccessExpression(target)) return;
    tsc.forEachChild(target, (child) => this.#collect(child, into));
  }
}

function assignedPart(node: ts.Node): ts.Node | undefined {
  if (tsc.isBinaryExpression(node)) {
    const { kind } = node.operatorToken;
    const assigns = kind >= tsc.SyntaxKind.FirstAssignment && kind <= tsc.SyntaxKind.LastAssignment;
    return assigns ? node.left : undefined;
  }
  if (tsc.isPrefixUnaryExpression(node) || tsc.isPostfixUnaryExpression(node)) {
    const steps =
      node.operator === tsc.SyntaxKind.PlusPlusToken ||
      node.operator === tsc.SyntaxKind.MinusMinusToken;
    return steps ? node.operand : undefined;
  }
  const walks = tsc.isForOfStatement(node) || tsc.isForInStatement(node);
  return walks && !tsc.isVariableDeclarationList(node.initializer) ? node.initializer : undefined;
}

/** Whether the name is a captured variable that is assigned again somewhere. */
export function isReassigned(cx: Context, node: ts.Identifier): boolean {
  if (!cx.unit.program.isChecked(cx.frame.file)) return false;
  const { reassignments } = cx.unit;
  const symbol = tsc.isShorthandPropertyAssignment(node.parent)
    ? cx.unit.program.checker.getShorthandAssignmentValueSymbol(node.parent)
    : reassignments.symbolOf(node);
  return symbol !== undefined && reassignments.has(symbol);
}
