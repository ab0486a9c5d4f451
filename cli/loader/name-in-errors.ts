/** Makes the library's functions say in errors that they were called: what they are made of is nothing users know. */

import type ts from "typescript";
import { tsc } from "../../compiler/frontend/typescript.ts";
import type { SourceEditor } from "./edited-source.ts";

/**
 * `f(x) { … }` ⇒ `f(x) { try { … } catch (e) { throw e?.named?.("f") ?? e; } }` for each exported function, and each method
 * of a class, where `forward` is what the class is called for. `named` is `GlimError`'s: nothing is imported for it.
 */
export function nameInErrors(source: ts.SourceFile, editor: SourceEditor): void {
  const wrap = (body: ts.Block | undefined, name: string): void => {
    if (body === undefined) return;
    editor.insert(body.getStart() + 1, " try {");
    editor.insert(body.getEnd() - 1, `} catch ($e) { throw $e?.named?.(${name}) ?? $e; }`);
  };
  for (const statement of source.statements) {
    if (tsc.isFunctionDeclaration(statement) && isExported(statement)) {
      wrap(statement.body, JSON.stringify(statement.name?.text));
    }
    if (!tsc.isClassDeclaration(statement)) continue;
    for (const member of statement.members) {
      if (!tsc.isMethodDeclaration(member) || isPrivate(member)) continue;
      const name = member.name.getText();
      if (name === "forward") wrap(member.body, "this.constructor.name");
      else if (isExported(statement)) wrap(member.body, JSON.stringify(name));
    }
  }
}

const isExported = (statement: ts.Statement): boolean =>
  tsc.canHaveModifiers(statement) &&
  (tsc.getModifiers(statement) ?? []).some((m) => m.kind === tsc.SyntaxKind.ExportKeyword);

const isPrivate = (member: ts.MethodDeclaration): boolean =>
  (tsc.getModifiers(member) ?? []).some(
    (m) => m.kind === tsc.SyntaxKind.PrivateKeyword || m.kind === tsc.SyntaxKind.ProtectedKeyword,
  );
