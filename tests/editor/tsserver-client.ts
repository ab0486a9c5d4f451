/** Drives a real tsserver, as an editor does, in a project that lists Glim among its plugins. */

import { type ChildProcess, spawn } from "node:child_process";
import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import os from "node:os";
import path from "node:path";
import type ts from "typescript";

const repository = path.resolve(import.meta.dirname, "../..");

/** The TypeScript of node_modules, or another one's `lib/tsserver.js`. */
const tsserver =
  process.env.GLIM_TSSERVER ?? createRequire(import.meta.url).resolve("typescript/lib/tsserver.js");

type Body = NonNullable<ts.server.protocol.Response["body"]>;

export class TsserverClient {
  readonly folder: string;
  readonly #child: ChildProcess;
  readonly #waiting = new Map<number, (response: ts.server.protocol.Response) => void>();
  #last = 0;
  #received = "";

  private constructor(folder: string, child: ChildProcess) {
    this.folder = folder;
    this.#child = child;
    child.stdout!.setEncoding("utf8").on("data", (text: string) => {
      this.#received += text;
      this.#read();
    });
  }

  static async start(files: Readonly<Record<string, string>>): Promise<TsserverClient> {
    const folder = await realpath(await mkdtemp(path.join(os.tmpdir(), "glim-tsserver-")));
    await mkdir(path.join(folder, "node_modules"));
    await symlink(repository, path.join(folder, "node_modules/glim"));
    const settings = {
      compilerOptions: {
        ...{ target: "es2022", module: "nodenext", strict: true, noEmit: true, types: [] },
        ...{ allowImportingTsExtensions: true, plugins: [{ name: "glim" }] },
      },
      include: ["*.ts"],
    };
    await writeFile(path.join(folder, "tsconfig.json"), JSON.stringify(settings));
    await writeFile(path.join(folder, "package.json"), '{ "type": "module" }');
    for (const [name, text] of Object.entries(files))
      await writeFile(path.join(folder, name), text);
    const options = ["--disableAutomaticTypingAcquisition", "--pluginProbeLocations", folder];
    const child = spawn(process.execPath, [tsserver, ...options], { cwd: folder });
    const client = new TsserverClient(folder, child);
    for (const name of Object.keys(files)) client.#send("open", { file: client.path(name) });
    return client;
  }

  path(name: string): string {
    return path.join(this.folder, name);
  }

  /** The answer to a request, as the protocol's types describe it. */
  async ask(command: string, args: object): Promise<Body> {
    const seq = this.#send(command, args);
    const response = await new Promise<ts.server.protocol.Response>((resolve) => {
      this.#waiting.set(seq, resolve);
    });
    if (!response.success) throw new Error(`${command}: ${response.message}`);
    return response.body;
  }

  async diagnostics(name: string): Promise<readonly ts.server.protocol.Diagnostic[]> {
    return this.ask("semanticDiagnosticsSync", { file: this.path(name) });
  }

  /** Replaces text within one line. */
  async edit(name: string, line: number, from: number, to: number, text: string): Promise<void> {
    const place = { line, offset: from, endLine: line, endOffset: to };
    this.#send("change", { file: this.path(name), ...place, insertString: text });
  }

  async stop(): Promise<void> {
    const ended = new Promise((resolve) => this.#child.once("exit", resolve));
    this.#send("exit", {});
    await ended;
    await rm(this.folder, { recursive: true });
  }

  #send(command: string, args: object): number {
    const seq = ++this.#last;
    const request = { seq, type: "request", command, arguments: args };
    this.#child.stdin!.write(`${JSON.stringify(request)}\n`);
    return seq;
  }

  /** Messages are lines of JSON behind headers. */
  #read(): void {
    const lines = this.#received.split("\n");
    this.#received = lines.pop() ?? "";
    for (const line of lines) {
      if (!line.startsWith("{")) continue;
      const message: ts.server.protocol.Response = JSON.parse(line);
      if (message.type === "response") this.#waiting.get(message.request_seq)?.(message);
    }
  }
}
