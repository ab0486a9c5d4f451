/** Makes the repairs that need no thought: what a diagnostic says to write is written. */

import type ts from "typescript";
import type { Diagnostic } from "../../compiler/diagnostics/diagnostic.ts";
import { tsc } from "../../compiler/frontend/typescript.ts";
import { scalarFns } from "../../compiler/graph/scalars.ts";
import { isTensorType } from "../checker/tensor-type.ts";
import { importName } from "./import-name.ts";
import type { TextEdit } from "./text-edit.ts";

export interface QuickFix {
  /** What an editor's menu says: `Write x.gt(0)`. */
  readonly title: string;
  readonly edits: readonly TextEdit[];
}

/** What fixes look at. */
export interface FixContext {
  readonly file: ts.SourceFile;
  readonly checker: ts.TypeChecker;
}

type Fixer = (node: ts.Node, d: Diagnostic, cx: FixContext) => QuickFix | undefined;

/** The fixes of a diagnostic whose place is in the file. */
export function quickFixes(d: Diagnostic, cx: FixContext): readonly QuickFix[] {
  const { span } = d;
  const fixer = fixers.get(d.code);
  if (span === undefined || fixer === undefined) return [];
  const node = nodeAt(cx.file, span.start, span.end);
  const fix = node && fixer(node, d, cx);
  return fix === undefined ? [] : [fix];
}

/** The outermost node of a span. */
function nodeAt(file: ts.SourceFile, start: number, end: number): ts.Node | undefined {
  const visit = (node: ts.Node): ts.Node | undefined => {
    if (node.getStart(file) === start && node.getEnd() === end) return node;
    return tsc.forEachChild(node, (child) =>
      child.pos <= start && end <= child.end ? visit(child) : undefined,
    );
  };
  return visit(file);
}

const replace = (node: ts.Node, text: string, cx: FixContext): TextEdit => ({
  start: node.getStart(cx.file),
  end: node.getEnd(),
  text,
});

/** A fix that writes `text` in place of `node`; names that it needs of glim are imported. */
function write(
  node: ts.Node,
  text: string,
  cx: FixContext,
  needs: readonly string[] = [],
): QuickFix {
  const shown = text.length > 50 ? `${text.slice(0, 47)}…` : text;
  const imports = needs.flatMap((name) => importName(cx.file, name));
  return { title: `Write \`${shown}\``, edits: [replace(node, text, cx), ...imports] };
}

const methods: ReadonlyMap<string, string> = new Map([
  ["+", "add"],
  ["-", "sub"],
  ["*", "mul"],
  ["/", "div"],
  ["**", "pow"],
  ["<", "lt"],
  ["<=", "le"],
  [">", "gt"],
  [">=", "ge"],
]);

const isTensor = (node: ts.Expression, { checker }: FixContext): boolean =>
  isTensorType(checker.getTypeAtLocation(node));

/** Text before a dot: what binds less tightly is put in parentheses. */
function receiver(node: ts.Expression, { file }: FixContext): string {
  const text = node.getText(file);
  return tsc.isLeftHandSideExpression(node) ? text : `(${text})`;
}

/** `x > 0` ⇒ `x.gt(0)`; `1 - x` ⇒ `sub(1, x)`; `x += y` ⇒ `x = x.add(y)`; `-x` ⇒ `x.neg()` */
const fixOperator: Fixer = (node, _, cx) => {
  if (tsc.isPrefixUnaryExpression(node)) {
    const isNegation = node.operator === tsc.SyntaxKind.MinusToken;
    return isNegation ? write(node, `${receiver(node.operand, cx)}.neg()`, cx) : undefined;
  }
  if (!tsc.isBinaryExpression(node)) return undefined;
  const { left, right, operatorToken } = node;
  const operator = operatorToken.getText(cx.file);
  const isAssignment = /[^<>]=$/.test(operator);
  const method = methods.get(isAssignment ? operator.slice(0, -1) : operator);
  if (method === undefined) return undefined;
  const [a, b] = [left.getText(cx.file), right.getText(cx.file)];
  if (isAssignment) return write(node, `${a} = ${receiver(left, cx)}.${method}(${b})`, cx);
  return isTensor(left, cx)
    ? write(node, `${receiver(left, cx)}.${method}(${b})`, cx)
    : write(node, `${method}(${a}, ${b})`, cx, [method]);
};

/** `x === y` ⇒ `x.eq(y)` */
const fixIdentity: Fixer = (node, _, cx) => {
  if (!tsc.isBinaryExpression(node) || !isTensor(node.left, cx)) return undefined;
  const method = node.operatorToken.getText(cx.file).startsWith("!") ? "ne" : "eq";
  const text = `${receiver(node.left, cx)}.${method}(${node.right.getText(cx.file)})`;
  return write(node, text, cx);
};

/** `x.add(1);` ⇒ `x = x.add(1);`, where x can be assigned. */
const fixUnused: Fixer = (node, _, cx) => {
  if (!tsc.isCallExpression(node) || !tsc.isPropertyAccessExpression(node.expression))
    return undefined;
  const { expression: target } = node.expression;
  if (!tsc.isIdentifier(target)) return undefined;
  const declaration = cx.checker.getSymbolAtLocation(target)?.valueDeclaration;
  const isLet =
    declaration !== undefined &&
    tsc.isVariableDeclaration(declaration) &&
    (tsc.getCombinedNodeFlags(declaration) & tsc.NodeFlags.Let) !== 0;
  const { text } = target;
  return isLet ? write(node, `${text} = ${node.getText(cx.file)}`, cx) : undefined;
};

/** `Math.exp(x)` ⇒ `math.exp(x)` */
const fixMath: Fixer = (node, _, cx) => {
  if (!tsc.isCallExpression(node) || !tsc.isPropertyAccessExpression(node.expression))
    return undefined;
  const { expression: owner, name } = node.expression;
  if (scalarFns.get(name.text)?.inexact !== true) return undefined;
  return {
    title: `Write \`math.${name.text}\``,
    edits: [replace(owner, "math", cx), ...importName(cx.file, "math")],
  };
};

/** `a ** b` ⇒ `math.pow(a, b)` */
const fixPower: Fixer = (node, _, cx) => {
  if (!tsc.isBinaryExpression(node)) return undefined;
  const [a, b] = [node.left.getText(cx.file), node.right.getText(cx.file)];
  const isAssignment = node.operatorToken.kind === tsc.SyntaxKind.AsteriskAsteriskEqualsToken;
  return write(node, `${isAssignment ? `${a} = ` : ""}math.pow(${a}, ${b})`, cx, ["math"]);
};

/** Takes the name that the diagnostic suggests. */
const fixName: Fixer = (node, d, cx) => {
  const access = tsc.isCallExpression(node) ? node.expression : node;
  if (!tsc.isPropertyAccessExpression(access)) return undefined;
  const meant =
    /^Did you mean `(\w+)`\?$/.exec(d.fix)?.[1] ??
    /^Use `x\.(\w+)(?:\(y\))?`\.$/.exec(d.fix)?.[1] ??
    /^Use `x\.(\w+)\(\[…\]\)`\.$/.exec(d.fix)?.[1];
  const isList = d.fix.includes("([…])");
  if (meant === undefined) return fixConversion(node, d, cx);
  if (!isList) return write(access.name, meant, cx);
  if (!tsc.isCallExpression(node)) return undefined;
  // `x.view(2, -1)` ⇒ `x.reshape([2, -1])`
  const [first] = node.arguments;
  const isAlready = first !== undefined && tsc.isArrayLiteralExpression(first);
  const sizes = node.arguments.map((arg) => arg.getText(cx.file)).join(", ");
  const text = `${receiver(access.expression, cx)}.${meant}(${isAlready ? sizes : `[${sizes}]`})`;
  return write(node, text, cx);
};

/** `x.float()` ⇒ `x.to("f32")` */
const fixConversion: Fixer = (node, d, cx) => {
  const call = /^Use `x(\.to\("\w+"\))`\.$/.exec(d.fix)?.[1];
  if (call === undefined || !tsc.isCallExpression(node) || node.arguments.length > 0)
    return undefined;
  const { expression } = node;
  if (!tsc.isPropertyAccessExpression(expression)) return undefined;
  return write(node, `${receiver(expression.expression, cx)}${call}`, cx);
};

/** `{ keepdim: true }` ⇒ `{ keepDim: true }` */
const fixOption: Fixer = (node, d, cx) => {
  const [, wrong, meant] = /has no option (\w+); did you mean (\w+)\?$/.exec(d.message) ?? [];
  if (meant === undefined || !tsc.isCallExpression(node)) return undefined;
  for (const options of node.arguments) {
    if (!tsc.isObjectLiteralExpression(options)) continue;
    for (const { name } of options.properties) {
      if (name !== undefined && tsc.isIdentifier(name) && name.text === wrong) {
        return write(name, meant, cx);
      }
    }
  }
  return undefined;
};

/** `var` ⇒ `let` */
const fixVar: Fixer = (node, _, cx) => {
  const start = node.getStart(cx.file);
  if (!cx.file.text.startsWith("var", start)) return undefined;
  return { title: "Write `let`", edits: [{ start, end: start + 3, text: "let" }] };
};

/** `==` ⇒ `===` */
const fixEquality: Fixer = (node, _, cx) => write(node, `${node.getText(cx.file)}=`, cx);

const fixers: ReadonlyMap<string, Fixer> = new Map([
  ["GLIM1015", fixVar],
  ["GLIM1016", fixEquality],
  ["GLIM1102", fixIdentity],
  ["GLIM1103", fixOperator],
  ["GLIM1104", fixUnused],
  ["GLIM1109", fixName],
  ["GLIM1201", fixMath],
  ["GLIM1202", fixPower],
  ["GLIM1306", fixName],
  ["GLIM3004", fixOption],
]);
