/**
 * The plugin for TypeScript's own language service, which most editors run: diagnostics, quick fixes,
 * hovers and inlay hints beside TypeScript's. Built into one CommonJS file, which is all that it loads.
 * It has a TypeScript of its own, so that the editor's version does not matter.
 */

import type ts from "typescript";
import type { Diagnostic } from "../../compiler/diagnostics/diagnostic.ts";
import { isTypeScriptFile } from "../loader/typescript-file.ts";
import { EditorEngine } from "./editor-engine.ts";
import { pluginCode } from "./plugin-code.ts";
import { spoken } from "./spoken.ts";

type Info = ts.server.PluginCreateInfo;

export default function init({ typescript }: { readonly typescript: typeof ts }) {
  return { create: (info: Info): ts.LanguageService => new Plugin(typescript, info).service() };
}

class Plugin {
  readonly #ts: typeof ts;
  readonly #info: Info;
  readonly #engine: EditorEngine;
  #version: string | undefined;

  constructor(typescript: typeof ts, info: Info) {
    this.#ts = typescript;
    this.#info = info;
    const { project } = info;
    const textOf = (file: string): string | undefined => {
      const script = project.getScriptInfo(file);
      const snapshot = script?.isScriptOpen() === true ? script.getSnapshot() : undefined;
      return snapshot?.getText(0, snapshot.getLength());
    };
    this.#engine = new EditorEngine({
      text: textOf,
      get names() {
        const open = (file: string): boolean =>
          project.getScriptInfo(file)?.isScriptOpen() === true;
        return project.getFileNames().filter((file) => isTypeScriptFile(file) && open(file));
      },
    });
  }

  /** The language service with Glim's answers added to TypeScript's. */
  service(): ts.LanguageService {
    const base = this.#info.languageService;
    const added: Partial<ts.LanguageService> = {
      getSemanticDiagnostics: (file) => [
        ...base.getSemanticDiagnostics(file),
        ...this.#safely(file, [], () => this.#diagnostics(file)),
      ],
      getCodeFixesAtPosition: (file, start, end, codes, format, preferences) => [
        ...base.getCodeFixesAtPosition(file, start, end, codes, format, preferences),
        ...this.#safely(file, [], () => this.#fixes(file, start, end, codes)),
      ],
      getQuickInfoAtPosition: (file, position, ...rest) => {
        const found = base.getQuickInfoAtPosition(file, position, ...rest);
        return found && this.#safely(file, found, () => this.#withType(file, position, found));
      },
      provideInlayHints: (file, span, preferences) => [
        ...base.provideInlayHints(file, span, preferences),
        ...this.#safely(file, [], () => this.#hints(file, span)),
      ],
    };
    return { ...base, ...added };
  }

  /** Whatever goes wrong in Glim, TypeScript's answers arrive. */
  #safely<T>(file: string, otherwise: T, work: () => T): T {
    if (!isTypeScriptFile(file)) return otherwise;
    const version = this.#info.languageServiceHost.getProjectVersion?.();
    if (version === undefined || version !== this.#version) this.#engine.allChanged();
    this.#version = version;
    try {
      return work();
    } catch (error) {
      const text = error instanceof Error ? error.stack : String(error);
      this.#info.project.projectService.logger.info(`glim: ${text}`);
      return otherwise;
    }
  }

  #diagnostics(file: string): readonly ts.Diagnostic[] {
    return this.#engine.diagnostics(file).map((d) => this.#toTs(d));
  }

  #toTs(d: Diagnostic): ts.Diagnostic {
    const program = this.#info.languageService.getProgram();
    const place = (span: Diagnostic["span"]) => ({
      file: span && program?.getSourceFile(span.file),
      start: span?.start ?? 0,
      length: span === undefined ? 0 : span.end - span.start,
    });
    const category = this.#ts.DiagnosticCategory.Message;
    const code = pluginCode(d.code);
    return {
      ...place(d.span),
      category: this.#ts.DiagnosticCategory.Error,
      code,
      source: "glim",
      messageText: `${d.code}: ${spoken(d)}`,
      relatedInformation: [
        ...d.related.map((r) => ({ ...place(r.span), category, code, messageText: r.message })),
        ...d.reached.map((r) => ({
          ...place(r.span),
          category,
          code,
          messageText: `reached through ${r.call}`,
        })),
      ].filter((r) => r.file !== undefined),
    };
  }

  #fixes(
    file: string,
    start: number,
    end: number,
    codes: readonly number[],
  ): readonly ts.CodeFixAction[] {
    return this.#engine
      .diagnostics(file)
      .filter(({ span, code }) => {
        const isHere = span !== undefined && span.start <= end && start <= span.end;
        return isHere && codes.includes(pluginCode(code));
      })
      .flatMap((d) =>
        this.#engine.fixes(file, d).map(({ title, edits }) => ({
          fixName: `glim-${d.code}`,
          description: title,
          changes: [
            {
              fileName: file,
              textChanges: edits.map((e) => ({
                span: { start: e.start, length: e.end - e.start },
                newText: e.text,
              })),
            },
          ],
        })),
      );
  }

  #withType(file: string, position: number, found: ts.QuickInfo): ts.QuickInfo {
    const hover = this.#engine.hover(file, position);
    if (hover === undefined) return found;
    const part = { text: `\n// ${hover.type}`, kind: "text" };
    return { ...found, displayParts: [...(found.displayParts ?? []), part] };
  }

  #hints(file: string, { start, length }: ts.TextSpan): readonly ts.InlayHint[] {
    return this.#engine
      .hints(file)
      .filter(({ position }) => start <= position && position <= start + length)
      .map(({ position, type }) => ({
        text: `: ${type}`,
        position,
        kind: this.#ts.InlayHintKind.Type,
      }));
  }
}
