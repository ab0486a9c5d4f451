/** Talks to the real language server as an editor does: a process, JSON-RPC, positions. */

import { type ChildProcess, spawn } from "node:child_process";
import path from "node:path";
import { pathToFileURL } from "node:url";
import {
  type CodeAction,
  createProtocolConnection,
  type Diagnostic,
  type Hover,
  type InlayHint,
  type ProtocolConnection,
  type PublishDiagnosticsParams,
  StreamMessageReader,
  StreamMessageWriter,
} from "vscode-languageserver/node";

const main = path.resolve(import.meta.dirname, "../../dist/cli/main.js");

export class LspClient {
  readonly #child: ChildProcess;
  readonly #connection: ProtocolConnection;
  readonly #texts = new Map<string, { text: string; version: number }>();
  readonly #published: PublishDiagnosticsParams[] = [];
  #listener: (() => void) | undefined;

  private constructor(child: ChildProcess) {
    this.#child = child;
    this.#connection = createProtocolConnection(
      new StreamMessageReader(child.stdout!),
      new StreamMessageWriter(child.stdin!),
    );
    this.#connection.onNotification("textDocument/publishDiagnostics", (params) => {
      this.#published.push(params);
      this.#listener?.();
    });
    this.#connection.listen();
  }

  /** `pulls`: the client asks for diagnostics instead of waiting for them. */
  static async start(folder: string, pulls: boolean): Promise<LspClient> {
    const child = spawn(process.execPath, [main, "lsp", "--stdio"], { cwd: folder });
    const client = new LspClient(child);
    await client.#connection.sendRequest("initialize", {
      processId: process.pid,
      rootUri: pathToFileURL(folder).href,
      capabilities: { textDocument: pulls ? { diagnostic: {} } : {} },
    });
    await client.#connection.sendNotification("initialized", {});
    return client;
  }

  async open(file: string, text: string): Promise<void> {
    const uri = pathToFileURL(file).href;
    this.#texts.set(uri, { text, version: 1 });
    const textDocument = { uri, languageId: "typescript", version: 1, text };
    await this.#connection.sendNotification("textDocument/didOpen", { textDocument });
  }

  /** Replaces the only occurrence of `from`, as typing does. */
  async edit(file: string, from: string, to: string): Promise<void> {
    const uri = pathToFileURL(file).href;
    const state = this.#texts.get(uri)!;
    const at = state.text.indexOf(from);
    if (at < 0) throw new Error(`${from} is not there`);
    const range = { start: position(state.text, at), end: position(state.text, at + from.length) };
    state.text = state.text.slice(0, at) + to + state.text.slice(at + from.length);
    state.version++;
    await this.#connection.sendNotification("textDocument/didChange", {
      textDocument: { uri, version: state.version },
      contentChanges: [{ range, text: to }],
    });
  }

  /** Pulls the diagnostics of a file. */
  async pull(file: string): Promise<readonly Diagnostic[]> {
    const textDocument = { uri: pathToFileURL(file).href };
    const report: { items: Diagnostic[] } = await this.#connection.sendRequest(
      "textDocument/diagnostic",
      { textDocument },
    );
    return report.items;
  }

  /** Waits until diagnostics for the newest version of a file are pushed. */
  async pushed(file: string): Promise<readonly Diagnostic[]> {
    const uri = pathToFileURL(file).href;
    const { version } = this.#texts.get(uri)!;
    for (;;) {
      const found = this.#published.find((p) => p.uri === uri && p.version === version);
      if (found !== undefined) return found.diagnostics;
      await new Promise<void>((resolve) => {
        this.#listener = resolve;
      });
    }
  }

  hover(file: string, at: string): Promise<Hover | null> {
    return this.#connection.sendRequest("textDocument/hover", this.#place(file, at));
  }

  async actions(file: string, at: string): Promise<readonly CodeAction[]> {
    const { textDocument, position: start } = this.#place(file, at);
    return this.#connection.sendRequest("textDocument/codeAction", {
      textDocument,
      range: { start, end: start },
      context: { diagnostics: [] },
    });
  }

  hints(file: string): Promise<readonly InlayHint[]> {
    const uri = pathToFileURL(file).href;
    const { text } = this.#texts.get(uri)!;
    return this.#connection.sendRequest("textDocument/inlayHint", {
      textDocument: { uri },
      range: { start: position(text, 0), end: position(text, text.length) },
    });
  }

  text(file: string): string {
    return this.#texts.get(pathToFileURL(file).href)!.text;
  }

  /** The text after a code action. */
  applied(file: string, action: CodeAction): string {
    const uri = pathToFileURL(file).href;
    let { text } = this.#texts.get(uri)!;
    const edits = action.edit?.changes?.[uri] ?? [];
    const placed = edits.map((e) => ({
      start: offset(text, e.range.start),
      end: offset(text, e.range.end),
      text: e.newText,
    }));
    for (const e of placed.toSorted((a, b) => b.start - a.start)) {
      text = text.slice(0, e.start) + e.text + text.slice(e.end);
    }
    return text;
  }

  async stop(): Promise<number | null> {
    const ended = new Promise<number | null>((resolve) => this.#child.once("exit", resolve));
    await this.#connection.sendRequest("shutdown");
    await this.#connection.sendNotification("exit");
    return ended;
  }

  /** The place of the first character of `at`. */
  #place(file: string, at: string) {
    const uri = pathToFileURL(file).href;
    const { text } = this.#texts.get(uri)!;
    const index = text.indexOf(at);
    if (index < 0) throw new Error(`${at} is not there`);
    return { textDocument: { uri }, position: position(text, index) };
  }
}

function position(text: string, at: number): { line: number; character: number } {
  const before = text.slice(0, at).split("\n");
  return { line: before.length - 1, character: before.at(-1)!.length };
}

function offset(text: string, { line, character }: { line: number; character: number }): number {
  const lines = text.split("\n").slice(0, line);
  return lines.reduce((sum, l) => sum + l.length + 1, 0) + character;
}
