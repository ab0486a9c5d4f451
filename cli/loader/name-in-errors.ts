/** Makes the library's functions say in errors that they were called: what they are made of is nothing users know. */

import type ts from "typescript";
import { tsc } from "../../compiler/frontend/typescript.ts";
import type { SourceEditor } from "./edited-source.ts";

const prefix = "$glimError";

/**
 * `f(x) { … }` ⇒ `f(x) { try { … } catch (e) { throw GlimError.from(e, "f"); } }` for each exported function, and each method
 * of a class, where `forward` is what the class is called for. `errors` is the module of `GlimError`.
 */
export function nameInErrors(source: ts.SourceFile, editor: SourceEditor, errors: string): void {
  let isUsed = false;
  const wrap = (body: ts.Block | undefined, name: string): void =>
    wrapAs(body, JSON.stringify(name));
  const wrapAs = (body: ts.Block | undefined, name: string): void => {
    if (body === undefined) return;
    isUsed = true;
    editor.insert(body.getStart() + 1, " try {");
    editor.insert(
      body.getEnd() - 1,
      `} catch (${prefix}E) { throw ${prefix}.from(${prefix}E, ${name}); }`,
    );
  };
  for (const statement of source.statements) {
    if (tsc.isFunctionDeclaration(statement) && isExported(statement)) {
      wrap(statement.body, statement.name?.text ?? "");
    }
    if (!tsc.isClassDeclaration(statement)) continue;
    for (const member of statement.members) {
      if (!tsc.isMethodDeclaration(member) || isPrivate(member)) continue;
      const name = member.name.getText();
      if (name === "forward") wrapAs(member.body, "this.constructor.name");
      else if (isExported(statement)) wrap(member.body, name);
    }
  }
  if (isUsed) editor.insert(0, `import { GlimError as ${prefix} } from ${JSON.stringify(errors)};`);
}

const isExported = (statement: ts.Statement): boolean =>
  tsc.canHaveModifiers(statement) &&
  (tsc.getModifiers(statement) ?? []).some((m) => m.kind === tsc.SyntaxKind.ExportKeyword);

const isPrivate = (member: ts.MethodDeclaration): boolean =>
  (tsc.getModifiers(member) ?? []).some(
    (m) => m.kind === tsc.SyntaxKind.PrivateKeyword || m.kind === tsc.SyntaxKind.ProtectedKeyword,
  );
