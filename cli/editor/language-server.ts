/** The language server: diagnostics, quick fixes, hovers and inlay hints over stdin and stdout. */

import {
  type CodeAction,
  type CodeActionParams,
  type Connection,
  createConnection,
  type Diagnostic,
  type Hover,
  type InitializeParams,
  type InitializeResult,
  type InlayHint,
  InlayHintKind,
  type InlayHintParams,
  StreamMessageReader,
  StreamMessageWriter,
  TextDocumentSyncKind,
  TextDocuments,
} from "vscode-languageserver/node";
import { TextDocument } from "vscode-languageserver-textdocument";
import { isTypeScriptFile } from "../loader/typescript-file.ts";
import { sourceTexts } from "../terminal/source-text.ts";
import { installedVersion } from "../terminal/version.ts";
import { EditorEngine } from "./editor-engine.ts";
import { pathOf, rangeOf, toAction, toLsp } from "./lsp-text.ts";

/** How long nothing must be typed before diagnostics are pushed. */
const pause = 150;

/** Serves until the client says that it is over, or goes away. */
export function serve(input: NodeJS.ReadableStream, output: NodeJS.WritableStream): Promise<void> {
  const connection = createConnection(
    new StreamMessageReader(input),
    new StreamMessageWriter(output),
  );
  new LanguageServer(connection).listen();
  return new Promise((resolve) => {
    connection.onExit(() => resolve());
    input.on("end", () => resolve());
  });
}

class LanguageServer {
  readonly #connection: Connection;
  readonly #documents = new TextDocuments(TextDocument);
  readonly #engine: EditorEngine;
  /** The client asks for diagnostics itself. */
  #pulls = false;
  #timer: NodeJS.Timeout | undefined;
  readonly #waiting = new Set<string>();

  constructor(connection: Connection) {
    this.#connection = connection;
    const documents = this.#documents;
    this.#engine = new EditorEngine({
      text: (file) => this.#document(file)?.getText(),
      get names() {
        return documents
          .all()
          .flatMap((d) => pathOf(d.uri) ?? [])
          .filter(isTypeScriptFile);
      },
    });
  }

  listen(): void {
    const connection = this.#connection;
    connection.onInitialize((params) => this.#initialize(params));
    this.#documents.onDidChangeContent(({ document }) => this.#changed(document));
    this.#documents.onDidClose(({ document }) => this.#closed(document));
    connection.onDidChangeWatchedFiles(() => {
      this.#engine.allChanged();
      for (const { uri } of this.#documents.all()) this.#push(uri);
    });
    connection.languages.diagnostics.on(({ textDocument }) => ({
      kind: "full",
      items: this.#diagnostics(textDocument.uri),
    }));
    connection.onHover(({ textDocument, position }) => this.#hover(textDocument.uri, position));
    connection.onCodeAction((params) => this.#actions(params));
    connection.languages.inlayHint.on((params) => this.#hints(params));
    this.#documents.listen(connection);
    connection.listen();
  }

  #initialize({ capabilities }: InitializeParams): InitializeResult {
    this.#pulls = capabilities.textDocument?.diagnostic !== undefined;
    return {
      serverInfo: { name: "glim", version: installedVersion() },
      capabilities: {
        textDocumentSync: TextDocumentSyncKind.Incremental,
        diagnosticProvider: { interFileDependencies: true, workspaceDiagnostics: false },
        hoverProvider: true,
        codeActionProvider: { codeActionKinds: ["quickfix"] },
        inlayHintProvider: true,
      },
    };
  }

  #document(file: string): TextDocument | undefined {
    return this.#documents.all().find((d) => pathOf(d.uri) === file);
  }

  /** The path of an open document, if it can be checked. */
  #fileOf(uri: string): { readonly file: string; readonly document: TextDocument } | undefined {
    const [file, document] = [pathOf(uri), this.#documents.get(uri)];
    const isChecked = file !== undefined && document !== undefined && isTypeScriptFile(file);
    return isChecked ? { file, document } : undefined;
  }

  #changed({ uri }: TextDocument): void {
    const file = pathOf(uri);
    if (file !== undefined) this.#engine.changed(file);
    this.#push(uri);
  }

  #closed({ uri }: TextDocument): void {
    const file = pathOf(uri);
    if (file !== undefined) this.#engine.changed(file);
    if (!this.#pulls) void this.#connection.sendDiagnostics({ uri, diagnostics: [] });
  }

  /** Sends the diagnostics of a document, and of those that it matters to, when typing pauses. */
  #push(uri: string): void {
    if (this.#pulls) return;
    this.#waiting.add(uri);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      const uris = [...this.#waiting];
      this.#waiting.clear();
      const files = uris.flatMap((u) => this.#fileOf(u)?.file ?? []);
      const affected = new Set(files.flatMap((file) => this.#engine.affected(file)));
      for (const { uri: open, version } of this.#documents.all()) {
        const file = pathOf(open);
        if (file === undefined || !affected.has(file)) continue;
        const diagnostics = this.#diagnostics(open);
        void this.#connection.sendDiagnostics({ uri: open, version, diagnostics });
      }
    }, pause);
  }

  #diagnostics(uri: string): Diagnostic[] {
    const open = this.#fileOf(uri);
    if (open === undefined) return [];
    const texts = this.#texts();
    return this.#engine.diagnostics(open.file).map((d) => toLsp(d, open.document, texts));
  }

  #texts(): (file: string) => string | undefined {
    const onDisk = sourceTexts();
    return (file) => this.#document(file)?.getText() ?? onDisk(file);
  }

  #hover(uri: string, position: { line: number; character: number }): Hover | null {
    const open = this.#fileOf(uri);
    const found = open && this.#engine.hover(open.file, open.document.offsetAt(position));
    if (open === undefined || found === undefined) return null;
    return {
      contents: { kind: "markdown", value: `\`${found.type}\`` },
      range: rangeOf(open.document, found.start, found.end),
    };
  }

  #actions({ textDocument, range }: CodeActionParams): CodeAction[] {
    const open = this.#fileOf(textDocument.uri);
    if (open === undefined) return [];
    const { file, document } = open;
    const [start, end] = [document.offsetAt(range.start), document.offsetAt(range.end)];
    const texts = this.#texts();
    return this.#engine
      .diagnostics(file)
      .filter(({ span }) => span !== undefined && span.start <= end && start <= span.end)
      .flatMap((d) => {
        const about = toLsp(d, document, texts);
        return this.#engine.fixes(file, d).map((fix) => toAction(fix, document, about));
      });
  }

  #hints({ textDocument, range }: InlayHintParams): InlayHint[] {
    const open = this.#fileOf(textDocument.uri);
    if (open === undefined) return [];
    const { file, document } = open;
    const [start, end] = [document.offsetAt(range.start), document.offsetAt(range.end)];
    return this.#engine
      .hints(file)
      .filter(({ position }) => start <= position && position <= end)
      .map(({ position, type }) => ({
        position: document.positionAt(position),
        label: `: ${type}`,
        kind: InlayHintKind.Type,
      }));
  }
}
