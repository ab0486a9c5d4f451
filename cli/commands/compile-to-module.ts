/** `glim compile FILE -o DIR`: writes a module with its bindings, and says on one screen what it is. */

import { createHash } from "node:crypto";
import path from "node:path";
import { bytesOf as elementBytes, isDType } from "../../compiler/ops/types.ts";
import type { Bytes, ModuleBytes } from "../artefact/describe-artefact.ts";
import type { CompiledFile, CompileFileOptions, ModuleSignature } from "../compiler.ts";
import type { Terminal } from "../terminal/terminal.ts";
import { spellLeftOut } from "./command.ts";

export async function writeModule(
  file: string,
  output: string,
  options: CompileFileOptions,
  seconds: () => number,
  terminal: Terminal,
): Promise<void> {
  const { compileFile } = await import("../compiler.ts");
  const { writeTogether } = await import("../terminal/write-together.ts");
  const compiled = await compileFile(file, options);
  const files = filesOf(compiled, output, options.inline ?? false);
  writeTogether(new Map(Object.values(files).map(({ file, content }) => [file, content])));
  await describe(file, compiled, files, seconds(), terminal);
}

export interface OutputFile {
  readonly file: string;
  readonly content: Uint8Array | string;
}

export type OutputFiles = { readonly js: OutputFile; readonly declarations: OutputFile } & {
  readonly [kind in "wasm" | "weights"]?: OutputFile;
};

export function filesOf(
  { name, wasm, weights, js, declarations }: CompiledFile,
  output: string,
  inline: boolean,
): OutputFiles {
  const at = (ending: string, content: Uint8Array | string): OutputFile => ({
    file: path.join(output, `${name}.${ending}`),
    content,
  });
  return {
    ...(inline ? {} : { wasm: at("wasm", wasm) }),
    ...(weights ? { weights: at("safetensors", weights) } : {}),
    js: at("js", js),
    declarations: at("d.ts", declarations),
  };
}

async function describe(
  source: string,
  compiled: CompiledFile,
  files: OutputFiles,
  seconds: number,
  terminal: Terminal,
): Promise<void> {
  const {
    bytesOf,
    measure,
    measureText,
    memoryBytes,
    spellBytes,
    spellEntry,
    spellMemory,
    spellTable,
    typicalSizes,
  } = await import("../artefact/describe-artefact.ts");
  const { wasm, weights, js, signature } = compiled;
  const bytes = { ...measure(wasm), weights: signature.weights, js: measureText(js) };
  const sha256 = createHash("sha256").update(wasm).digest("hex");
  terminal.printJson({
    ok: true,
    files: Object.fromEntries(Object.entries(files).map(([kind, { file }]) => [kind, file])),
    entries: signature.entries.map((e) => ({
      ...e,
      arena: typicalSizes(e).map((at) => ({
        sizes: Object.fromEntries(at),
        bytes: memoryBytes(e, at),
      })),
    })),
    leftOut: compiled.leftOut,
    state: signature.state,
    bytes,
    sha256,
    seconds,
    sameBitsOnEveryHost: signature.bits === "portable",
  });
  const table = spellTable([
    ...(files.wasm ? wasmRows(files.wasm.file, bytes, signature) : []),
    ...(files.weights && weights ? [[files.weights.file, bytesOf(weights)] as const] : []),
    [files.js.file, bytes.js],
    [files.declarations.file, measureText(compiled.declarations)],
  ]);
  const lines = [
    `${source} compiled in ${seconds.toFixed(1)} s`,
    "",
    ...signature.entries.flatMap((e) => [
      spellEntry(e),
      `  arena ${spellMemory(e, typicalSizes(e))}`,
    ]),
    ...spellState(signature, spellBytes),
    ...spellLeftOut(compiled.leftOut),
    "",
    ...table,
    "",
    `sha256 ${sha256}`,
    `same bits on every host: ${signature.bits === "portable" ? "yes" : "no"}`,
  ];
  terminal.print(lines.join("\n"));
}

/** What is kept between calls: of a step that trains, parameters and averages. */
function spellState(
  { state }: ModuleSignature,
  spellBytes: (n: number) => string,
): readonly string[] {
  const bytes = state.reduce((sum, { dtype, shape }) => {
    const each = isDType(dtype) ? elementBytes[dtype] : 1;
    return sum + (shape ?? []).reduce<number>((n, size) => n * Number(size), each);
  }, 0);
  return bytes === 0 ? [] : [`state ${spellBytes(bytes)}, kept between calls`];
}

const wasmRows = (
  file: string,
  bytes: ModuleBytes,
  { weights, external }: ModuleSignature,
): (readonly [string, Bytes])[] => [
  [file, bytes.total],
  ["  code", bytes.withoutData],
  [weights > 0 && external === undefined ? "  weights" : "  data", bytes.data],
];
