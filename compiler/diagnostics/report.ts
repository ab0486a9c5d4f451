/** Writes diagnostics: as frames for a terminal, and as plain data for machines. */

import type { Span } from "../graph/ir.ts";
import type { Diagnostic } from "./diagnostic.ts";

/** A position as people count it, from 1. Columns count UTF-16 units. */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

export interface ReportOptions {
  /** The text of a file; undefined when it cannot be had, and then no source line is shown. */
  readonly sourceOf: (file: string) => string | undefined;
  /** How a file is named to the reader, for instance relative to the working directory. */
  readonly nameOf: (file: string) => string;
  readonly color: boolean;
}

interface Paint {
  readonly error: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly strong: (text: string) => string;
  readonly help: (text: string) => string;
}

const plain: Paint = { error: (t) => t, dim: (t) => t, strong: (t) => t, help: (t) => t };
const ansi = (code: string) => (text: string) => `\u001b[${code}m${text}\u001b[0m`;
const colored: Paint = {
  error: ansi("1;31"),
  dim: ansi("2"),
  strong: ansi("1"),
  help: ansi("1;36"),
};

/** The line and column of an offset. */
export function placeOf(text: string, file: string, offset: number): Place {
  const before = text.slice(0, offset);
  const lineStart = before.lastIndexOf("\n") + 1;
  let line = 1;
  for (let i = 0; i < lineStart; i++) if (before[i] === "\n") line++;
  return { file, line, column: offset - lineStart + 1 };
}

/** All diagnostics as text, one frame each, without a final line break. */
export function reportText(diagnostics: readonly Diagnostic[], options: ReportOptions): string {
  return diagnostics.map((d) => frame(d, options)).join("\n\n");
}

/** Says how to read more about the diagnostics of a report. */
export function explainHint(diagnostics: readonly Diagnostic[]): string {
  const codes = [...new Set(diagnostics.map((d) => d.code))].sort();
  return `\`glim explain ${codes.join(" ")}\` says more, with examples.`;
}

function frame(d: Diagnostic, options: ReportOptions): string {
  const paint = options.color ? colored : plain;
  const lines = [`${paint.error(`error[${d.code}]`)}${paint.strong(`: ${d.message}`)}`];
  if (d.span !== undefined) lines.push(...excerpt(d.span, "^", "", options, paint));
  for (const { span, message } of d.related) {
    lines.push(...excerpt(span, "-", message, options, paint));
  }
  for (const { call, span } of d.reached) {
    lines.push(`  ${paint.dim("=")} reached through ${call} at ${locate(span, options)}`);
  }
  lines.push(...paragraph("why", d.why, paint.dim), ...paragraph("fix", d.fix, paint.help));
  return lines.join("\n");
}

function paragraph(label: string, text: string, paint: (text: string) => string): string[] {
  if (text === "") return [];
  return text
    .split("\n")
    .map((line, i) => (i === 0 ? `  ${paint(`${label}:`)} ${line}` : `       ${line}`));
}

function locate(span: Span, { sourceOf, nameOf }: ReportOptions): string {
  const text = sourceOf(span.file);
  if (text === undefined) return nameOf(span.file);
  const { line, column } = placeOf(text, span.file, span.start);
  return `${nameOf(span.file)}:${line}:${column}`;
}

/** What is shown of lines that are longer than terminals are wide: the place and what stands around it. */
const mostColumns = 240;
const columnsBefore = 80;

interface Clipped {
  readonly from: number;
  readonly to: number;
  readonly before: string;
  readonly after: string;
}

function clipped(line: string, at: number): Clipped {
  if (line.length <= mostColumns) return { from: 0, to: line.length, before: "", after: "" };
  const from = Math.max(0, at - columnsBefore);
  const to = Math.min(line.length, from + mostColumns);
  return { from, to, before: from > 0 ? "…" : "", after: to < line.length ? "…" : "" };
}

/** The source line that a span starts in, with marks below it. */
function excerpt(
  span: Span,
  mark: string,
  label: string,
  options: ReportOptions,
  paint: Paint,
): string[] {
  const text = options.sourceOf(span.file);
  const head = `  ${paint.dim("-->")} ${locate(span, options)}`;
  if (text === undefined) return [head];
  const { line, column } = placeOf(text, span.file, span.start);
  const lineStart = span.start - (column - 1);
  const lineEnd = text.indexOf("\n", span.start);
  const source = text.slice(lineStart, lineEnd < 0 ? text.length : lineEnd).replace(/\r$/, "");
  const shown = clipped(source, column - 1);
  const end = Math.min(span.end - lineStart, shown.to);
  const width = Math.max(1, end - (column - 1));
  // Tabs are kept in the margin, so that the marks stand below what they mark.
  const margin = `${shown.before}${source.slice(shown.from, column - 1)}`.replace(/[^\t]/g, " ");
  const gutter = " ".repeat(String(line).length);
  const marks = paint.error(mark.repeat(width)) + (label === "" ? "" : ` ${label}`);
  return [
    head,
    `${gutter} ${paint.dim("|")}`,
    `${paint.dim(`${line} |`)} ${shown.before}${source.slice(shown.from, shown.to)}${shown.after}`,
    `${gutter} ${paint.dim("|")} ${margin}${marks}`,
  ];
}

/** A diagnostic as `--json` prints it. */
export interface DiagnosticJson {
  readonly code: string;
  readonly message: string;
  readonly why: string;
  readonly fix: string;
  readonly at: SpanJson | null;
  readonly related: readonly (SpanJson & { readonly message: string })[];
  readonly reached: readonly (SpanJson & { readonly call: string })[];
}

interface SpanJson extends Place {
  readonly endLine: number;
  readonly endColumn: number;
}

/** Diagnostics as data; a place whose file cannot be read has line and column 1. */
export function reportJson(
  diagnostics: readonly Diagnostic[],
  { sourceOf, nameOf }: Omit<ReportOptions, "color">,
): readonly DiagnosticJson[] {
  const json = (span: Span): SpanJson => {
    const text = sourceOf(span.file) ?? "";
    const start = placeOf(text, nameOf(span.file), Math.min(span.start, text.length));
    const end = placeOf(text, nameOf(span.file), Math.min(span.end, text.length));
    return { ...start, endLine: end.line, endColumn: end.column };
  };
  return diagnostics.map(({ code, message, why, fix, span, related, reached }) => ({
    code,
    message,
    why,
    fix,
    at: span === undefined ? null : json(span),
    related: related.map((r) => ({ ...json(r.span), message: r.message })),
    reached: reached.map((r) => ({ ...json(r.span), call: r.call })),
  }));
}
