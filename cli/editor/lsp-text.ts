/** Turns what the engine says into the words and places of the language server protocol. */

import { fileURLToPath, pathToFileURL } from "node:url";
import type { CodeAction, Diagnostic, Range, TextEdit } from "vscode-languageserver";
import { CodeActionKind, DiagnosticSeverity } from "vscode-languageserver";
import { TextDocument } from "vscode-languageserver-textdocument";
import type { Diagnostic as Found } from "../../compiler/diagnostics/diagnostic.ts";
import type { Span } from "../../compiler/graph/ir.ts";
import { pageFile } from "../terminal/diagnostic-page.ts";
import type { QuickFix } from "./quick-fixes.ts";
import { spoken } from "./spoken.ts";

/** The path of a file; undefined for what lies nowhere, such as a new document. */
export const pathOf = (uri: string): string | undefined =>
  uri.startsWith("file:") ? fileURLToPath(uri) : undefined;

export const uriOf = (file: string): string => pathToFileURL(file).href;

export function rangeOf(document: TextDocument, start: number, end: number): Range {
  return { start: document.positionAt(start), end: document.positionAt(end) };
}

/** `textOf` gives the texts of other files that a diagnostic mentions. */
export function toLsp(
  d: Found,
  document: TextDocument,
  textOf: (file: string) => string | undefined,
): Diagnostic {
  const { start, end } = d.span ?? { start: 0, end: 0 };
  const place = ({ file, start, end }: Span): { uri: string; range: Range } => {
    const uri = uriOf(file);
    const other = TextDocument.create(uri, "typescript", 0, textOf(file) ?? "");
    return { uri, range: rangeOf(other, start, end) };
  };
  return {
    range: rangeOf(document, start, end),
    severity: DiagnosticSeverity.Error,
    source: "glim",
    code: d.code,
    codeDescription: { href: uriOf(pageFile(d.code)) },
    message: spoken(d),
    relatedInformation: [
      ...d.related.map((r) => ({ location: place(r.span), message: r.message })),
      ...d.reached.map((r) => ({ location: place(r.span), message: `reached through ${r.call}` })),
    ],
  };
}

export function toAction(fix: QuickFix, document: TextDocument, about: Diagnostic): CodeAction {
  const edits: TextEdit[] = fix.edits.map(({ start, end, text }) => ({
    range: rangeOf(document, start, end),
    newText: text,
  }));
  return {
    title: fix.title,
    kind: CodeActionKind.QuickFix,
    diagnostics: [about],
    isPreferred: true,
    edit: { changes: { [document.uri]: edits } },
  };
}
