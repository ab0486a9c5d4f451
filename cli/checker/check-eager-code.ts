/**
 * Finds what means nothing on tensors in code that is only run: JavaScript would take a tensor in a
 * condition for true, and compare tensors as objects, without a word.
 */

import type ts from "typescript";
import { inexactMath, powerOperator } from "../../compiler/diagnostics/catalog/subset.ts";
import * as tensors from "../../compiler/diagnostics/catalog/tensors.ts";
import { at, type Diagnostic, type Message } from "../../compiler/diagnostics/diagnostic.ts";
import type { SourceProgram } from "../../compiler/frontend/program.ts";
import { tsc } from "../../compiler/frontend/typescript.ts";
import { isTensorType } from "./tensor-type.ts";

/** What stands in a file of the user's, beyond what the entry points reach. */
export function checkEagerCode(program: SourceProgram, path: string): readonly Diagnostic[] {
  const file = program.fileAt(path);
  if (file === undefined || !program.isChecked(file) || program.isLibrary(path)) return [];
  const check = new EagerCheck(program.checker, file);
  check.visit(file, false);
  return check.found;
}

class EagerCheck {
  readonly found: Diagnostic[] = [];
  readonly #checker: ts.TypeChecker;
  readonly #file: ts.SourceFile;

  constructor(checker: ts.TypeChecker, file: ts.SourceFile) {
    this.#checker = checker;
    this.#file = file;
  }

  /** `computes`: whether the code around computes with tensors, so that its bits matter. */
  visit(node: ts.Node, computes: boolean): void {
    // Types hold no code, and strings of a large model no tensors.
    if (tsc.isTypeNode(node) || tsc.isImportDeclaration(node)) return;
    this.#check(node, computes);
    const inside = tsc.isFunctionLike(node) ? computes || this.#takesTensor(node) : computes;
    tsc.forEachChild(node, (child) => this.visit(child, inside));
  }

  #check(node: ts.Node, computes: boolean): void {
    const condition = conditionOf(node);
    if (condition !== undefined) this.#checkCondition(condition);
    if (tsc.isBinaryExpression(node)) this.#checkBinary(node, computes);
    else if (tsc.isPrefixUnaryExpression(node) || tsc.isPostfixUnaryExpression(node)) {
      this.#checkUnary(node);
    } else if (tsc.isExpressionStatement(node)) this.#checkUnused(node.expression);
    else if (tsc.isCallExpression(node) && computes) this.#checkMath(node);
  }

  #checkCondition(node: ts.Expression): void {
    if (this.#isTensor(node)) this.#report(node, tensors.tensorCondition(node.getText(this.#file)));
  }

  #checkBinary(node: ts.BinaryExpression, computes: boolean): void {
    const { left, right, operatorToken } = node;
    const operator = operatorToken.getText(this.#file);
    if (identity.has(operatorToken.kind)) {
      if (this.#isTensor(left) && this.#isTensor(right)) {
        this.#report(node, tensors.tensorIdentity(operator));
      }
    } else if (isArithmetic(operatorToken.kind)) {
      if (this.#isTensor(left) || this.#isTensor(right)) {
        this.#report(node, tensors.tensorOperator(operator, false));
      } else if (computes && operator === "**") this.#report(node, powerOperator());
    }
  }

  #checkUnary(node: ts.PrefixUnaryExpression | ts.PostfixUnaryExpression): void {
    const sign = tsc.tokenToString(node.operator) ?? "";
    if (sign === "!" || !this.#isTensor(node.operand)) return;
    this.#report(node, tensors.tensorOperator(sign, true));
  }

  #checkUnused(node: ts.Expression): void {
    if (!tsc.isCallExpression(node) || !tsc.isPropertyAccessExpression(node.expression)) return;
    const { expression, name } = node.expression;
    if (!this.#isTensor(expression) || !this.#isTensor(node)) return;
    this.#report(node, tensors.unusedResult(name.text));
  }

  #checkMath({ expression }: ts.CallExpression): void {
    if (!tsc.isPropertyAccessExpression(expression)) return;
    const { expression: owner, name } = expression;
    const isMath = tsc.isIdentifier(owner) && owner.text === "Math" && inexact.has(name.text);
    if (isMath) this.#report(expression.parent, inexactMath(name.text));
  }

  #isTensor(node: ts.Expression): boolean {
    return isTensorType(this.#checker.getTypeAtLocation(node));
  }

  #takesTensor(node: ts.SignatureDeclaration): boolean {
    return node.parameters.some((p) => isTensorType(this.#checker.getTypeAtLocation(p)));
  }

  #report(node: ts.Node, message: Message): void {
    const file = this.#file.fileName;
    this.found.push(at({ file, start: node.getStart(this.#file), end: node.getEnd() }, message));
  }
}

/** What decides in a statement or expression, if anything does. */
function conditionOf(node: ts.Node): ts.Expression | undefined {
  if (tsc.isIfStatement(node) || tsc.isWhileStatement(node) || tsc.isDoStatement(node)) {
    return node.expression;
  }
  if (tsc.isForStatement(node) || tsc.isConditionalExpression(node)) return node.condition;
  if (tsc.isPrefixUnaryExpression(node)) {
    return node.operator === tsc.SyntaxKind.ExclamationToken ? node.operand : undefined;
  }
  if (!tsc.isBinaryExpression(node)) return undefined;
  const { kind } = node.operatorToken;
  const isLogical =
    kind === tsc.SyntaxKind.AmpersandAmpersandToken || kind === tsc.SyntaxKind.BarBarToken;
  return isLogical ? node.left : undefined;
}

const identity: ReadonlySet<ts.SyntaxKind> = new Set([
  tsc.SyntaxKind.EqualsEqualsEqualsToken,
  tsc.SyntaxKind.ExclamationEqualsEqualsToken,
  tsc.SyntaxKind.EqualsEqualsToken,
  tsc.SyntaxKind.ExclamationEqualsToken,
]);

const arithmetic: ReadonlySet<ts.SyntaxKind> = new Set([
  ...[tsc.SyntaxKind.PlusToken, tsc.SyntaxKind.MinusToken, tsc.SyntaxKind.AsteriskToken],
  ...[tsc.SyntaxKind.SlashToken, tsc.SyntaxKind.PercentToken],
  ...[tsc.SyntaxKind.AsteriskAsteriskToken, tsc.SyntaxKind.LessThanToken],
  ...[tsc.SyntaxKind.LessThanEqualsToken, tsc.SyntaxKind.GreaterThanToken],
  ...[tsc.SyntaxKind.GreaterThanEqualsToken, tsc.SyntaxKind.PlusEqualsToken],
  ...[tsc.SyntaxKind.MinusEqualsToken, tsc.SyntaxKind.AsteriskEqualsToken],
  ...[tsc.SyntaxKind.SlashEqualsToken, tsc.SyntaxKind.PercentEqualsToken],
  tsc.SyntaxKind.AsteriskAsteriskEqualsToken,
]);
const isArithmetic = (kind: ts.SyntaxKind): boolean => arithmetic.has(kind);

/** Functions of `Math` whose last bits differ between engines. */
const inexact: ReadonlySet<string> = new Set([
  ...["exp", "log", "log1p", "expm1", "pow", "tanh", "sin", "cos", "tan", "sinh", "cosh", "asin"],
  ...["acos", "atan", "atan2", "asinh", "acosh", "atanh", "log2", "log10", "cbrt", "hypot"],
]);
