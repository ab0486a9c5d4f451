/** `glim compile --watch`: compiles a file now, and again whenever what it is made of is saved. */

import path from "node:path";
import type { EntrySignature } from "../../compiler/package/signature.ts";
import type { CompileFileOptions } from "../compiler.ts";
import { keepLooking } from "../terminal/keep-looking.ts";
import { reportError } from "../terminal/run-command.ts";
import type { Terminal } from "../terminal/terminal.ts";
import { spellLeftOut } from "./command.ts";
import { filesOf } from "./compile-to-module.ts";

/** What a round has made. */
interface Made {
  /** What to write, by path. */
  readonly files: ReadonlyMap<string, Uint8Array | string>;
  readonly entries: readonly EntrySignature[];
  readonly leftOut: readonly string[];
  /** Absolute paths of what it was made of. */
  readonly sources: readonly string[];
}

type Make = (file: string, output: string, options: CompileFileOptions) => Promise<Made>;

/** The kinds that are made so quickly that waiting for them makes sense. */
const makers = { wasm: makeModule, glim: makePackage } satisfies Readonly<Record<string, Make>>;

export type Watchable = keyof typeof makers;

export const isWatchable = (kind: string): kind is Watchable => Object.hasOwn(makers, kind);

/** Never ends: that is for the user to do. Every round says what it made, or what is wrong; with `--json` a line each. */
export async function keepCompiling(
  file: string,
  output: string,
  kind: Watchable,
  options: CompileFileOptions,
  terminal: Terminal,
): Promise<never> {
  const { CompileSession } = await import("../compiler.ts");
  const { importedFiles } = await import("../loader/imported-files.ts");
  const { schedulePath } = await import("../schedule-file.ts");
  const given = { ...options, session: new CompileSession() };
  const weights = options.weights === undefined ? [] : [path.resolve(options.weights)];
  let sources: readonly string[] = [];
  return keepLooking([file], async () => {
    const start = performance.now();
    terminal.progress(`compiling ${file}`);
    try {
      const made = await makers[kind](file, output, given);
      sources = made.sources;
      await writeAndTell(file, made, () => (performance.now() - start) / 1000, terminal);
    } catch (error) {
      reportError(terminal, error);
    }
    terminal.progress(`waiting for changes of ${file}`);
    const schedule = schedulePath(path.resolve(file));
    return [...new Set([...importedFiles(file), ...sources, ...weights, schedule])];
  });
}

async function makeModule(
  file: string,
  output: string,
  options: CompileFileOptions,
): Promise<Made> {
  const { compileFile } = await import("../compiler.ts");
  const compiled = await compileFile(file, options);
  const files = Object.values(filesOf(compiled, output, options.inline ?? false));
  return {
    files: new Map(files.map(({ file: to, content }) => [to, content])),
    entries: compiled.signature.entries,
    leftOut: compiled.leftOut,
    sources: compiled.files,
  };
}

async function makePackage(
  file: string,
  output: string,
  options: CompileFileOptions,
): Promise<Made> {
  const { packageFile } = await import("../compiler.ts");
  const { name, bytes, signature, leftOut, files } = await packageFile(file, options);
  return {
    files: new Map([[path.join(output, `${name}.glim`), bytes]]),
    entries: signature.entries,
    leftOut,
    sources: files,
  };
}

async function writeAndTell(
  source: string,
  { files, entries, leftOut }: Made,
  seconds: () => number,
  terminal: Terminal,
): Promise<void> {
  const { writeChanged } = await import("../terminal/write-together.ts");
  const { spellEntry, spellNumber } = await import("../artefact/describe-artefact.ts");
  const written = writeChanged(files);
  const sizes = Array.from(files, ([file, content]) => [file, Buffer.byteLength(content)] as const);
  terminal.printJson({
    ok: true,
    written,
    bytes: Object.fromEntries(sizes),
    entries,
    leftOut,
    seconds: seconds(),
  });
  const width = Math.max(...sizes.map(([file]) => file.length));
  const numbers = sizes.map(([, n]) => spellNumber(n));
  const digits = Math.max(...numbers.map((n) => n.length));
  const rows = sizes.map(([file], i) => {
    const state = written.includes(file) ? "" : ", as before";
    return `${file.padEnd(width)}  ${numbers[i]!.padStart(digits)} bytes${state}`;
  });
  const time = new Date().toTimeString().slice(0, 8);
  const lines = [
    `${time} ${source} compiled in ${seconds().toFixed(2)} s`,
    ...[...entries.map(spellEntry), ...spellLeftOut(leftOut), ...rows].map((line) => `  ${line}`),
  ];
  terminal.print(lines.join("\n"));
}
