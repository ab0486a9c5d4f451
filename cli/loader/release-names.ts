/**
 * Owns how a loaded module gives up what its names hold: Node keeps every module that it has ever run, so the weights
 * of each time that a model is compiled would stay in memory.
 */
import type ts from "typescript";
import { tsc } from "../../compiler/frontend/typescript.ts";
import type { SourceEditor } from "./edited-source.ts";
import { withoutWrappers } from "./inferred-name.ts";
import { isTypeOnlyStatement, listNames, varNames } from "./scopes.ts";
import { headerStart, unusedPrefix } from "./tag-source.ts";

/**
 * Lets the names at the top of a module be emptied, after its tags were inserted: `const` ⇒ `let`, and functions that
 * assign to them are added to the list `releases` of the module `from`, before the module's own code runs.
 */
export function insertRelease(source: ts.SourceFile, editor: SourceEditor, from: string): void {
  const prefix = unusedPrefix(source.text);
  const value = defaultValue(source);
  const given = `${prefix}v`;
  const names = [...source.statements.flatMap(namesOf), ...varNames(source)];
  if (value !== undefined) names.push(given);
  if (names.length === 0) return;
  editor.insert(headerStart(source.text), releaseOf([...new Set(names)], `${prefix}r`, from));
  if (value !== undefined) {
    editor.replace(value.getStart(source), value.expression.getStart(source), `let ${given}=`);
    editor.insert(value.end, `;export{${given} as default};`);
  }
  for (const statement of source.statements) {
    if (!tsc.isVariableStatement(statement) || isTypeOnlyStatement(statement)) continue;
    const { declarationList: list } = statement;
    const start = list.getStart(source);
    if ((list.flags & tsc.NodeFlags.BlockScoped) !== tsc.NodeFlags.Const) continue;
    editor.replace(start, start + "const".length, "let");
  }
}

const releaseOf = (names: readonly string[], list: string, from: string): string =>
  `;import{releases as ${list}}from${JSON.stringify(from)};` +
  `${list}.push(${names.map((name) => `()=>{${name}=undefined}`).join()});`;

/** A module of data, whose text is an expression. */
export const releasedData = (text: string, from: string): string =>
  `${releaseOf(["data"], "list", from)}let data = ${text};export { data as default };`;

/** The names that can be assigned to, as soon as `const` is `let`. */
function namesOf(statement: ts.Statement): readonly string[] {
  if (isTypeOnlyStatement(statement)) return [];
  if (tsc.isFunctionDeclaration(statement) || tsc.isClassDeclaration(statement)) {
    return statement.name === undefined ? [] : [statement.name.text];
  }
  if (!tsc.isVariableStatement(statement)) return [];
  const { declarationList: list } = statement;
  const isUsing = (list.flags & tsc.NodeFlags.Using) !== 0;
  return isUsing ? [] : listNames(list);
}

/** `export default` of a value that takes no name from its place. */
function defaultValue(source: ts.SourceFile): ts.ExportAssignment | undefined {
  const found = source.statements.find((s) => tsc.isExportAssignment(s));
  if (found === undefined || found.isExportEquals) return undefined;
  const value = withoutWrappers(found.expression);
  const isNamed =
    tsc.isArrowFunction(value) || tsc.isFunctionExpression(value) || tsc.isClassExpression(value);
  return isNamed ? undefined : found;
}
