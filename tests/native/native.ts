/** Builds native programs of models, and calls their entries: where a C compiler and wasm2c are installed. */

import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import os from "node:os";
import path from "node:path";
import type { CompileFileOptions } from "glim/compiler";
import { compileToC, interpreterToC } from "#glim/cli/c/compile-to-c.js";
import { cName } from "#glim/cli/c/translate.js";

function whyMissing(): string | undefined {
  if (spawnSync("cc", ["--version"]).status !== 0) return "there is no C compiler";
  if (spawnSync("make", ["--version"]).status !== 0) return "there is no make";
  try {
    createRequire(import.meta.url).resolve("wabt/package.json");
    return undefined;
  } catch {
    return "wabt is not installed";
  }
}

const missing = whyMissing();
if (missing !== undefined) console.warn(`left out: ${missing}, and native programs need it`);
/** Whether native programs can be built here. */
export const canBuild = missing === undefined;

const folders: string[] = [];

/** A folder that `removeFolders` takes away. */
export function makeFolder(): string {
  const folder = mkdtempSync(path.join(os.tmpdir(), "glim-native-"));
  folders.push(folder);
  return folder;
}

export function removeFolders(): void {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
}

export function writeFiles(folder: string, files: ReadonlyMap<string, Uint8Array | string>): void {
  for (const [file, content] of files) {
    mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
    writeFileSync(path.join(folder, file), content);
  }
}

export const make = (folder: string, ...args: readonly string[]): string =>
  execFileSync("make", ["-s", "-C", folder, ...args], { encoding: "utf8" });

/** A program that answers calls of one entry; see call-models.c. */
export async function buildCaller(file: string, options: CompileFileOptions = {}): Promise<string> {
  const { name, files } = await compileToC(file, { train: true, ...options });
  const folder = makeFolder();
  writeFiles(folder, files);
  return makeCaller(folder, name);
}

/** The same of a folder with C for the model `name`. */
export function makeCaller(folder: string, name: string): string {
  writeFileSync(path.join(folder, "model.h"), `#include "${name}.h"\n`);
  const main = path.join(import.meta.dirname, "call-models.c");
  // Make does not know that there may be a program of another file.
  rmSync(path.join(folder, name), { force: true });
  make(folder, name, `MAIN=${main}`, `CFLAGS=-O2 -DMODULES=\\&${cName(name)}_module`);
  return path.join(folder, name);
}

/** A program of call-models.c with many modules; the files of each are those of `moduleToC`. */
export function buildModels(
  folder: string,
  models: readonly {
    readonly stem: string;
    readonly files: ReadonlyMap<string, Uint8Array | string>;
  }[],
): string {
  for (const { files } of models) writeFiles(folder, files);
  const headers = models.map(({ stem }) => `#include "${stem}.h"\n`);
  writeFileSync(path.join(folder, "model.h"), headers.join(""));
  const own = models.flatMap(({ files }) => [...files.keys()]);
  const sources = [...new Set(own)].filter((file) => /\.[cS]$/.test(file));
  const main = path.join(import.meta.dirname, "call-models.c");
  const modules = `-DMODULES=${models.map(({ stem }) => `&${stem}_module`).join()}`;
  const args = [...flags, "-O2", modules, "-Iglim", "-I.", main, ...sources, "-lm"];
  execFileSync("cc", [...args, "-o", "call-models"], { cwd: folder });
  return path.join(folder, "call-models");
}

const flags = [
  ...["-std=c11", "-ffp-contract=off", "-fno-math-errno", "-fno-trapping-math"],
  ...(process.arch === "x64" ? ["-march=x86-64-v2"] : []),
];
const sanitizers = ["-O0", "-fsanitize=address,undefined", "-fno-sanitize-recover=all"];

/**
 * A program of `main`, a file of this folder, and the interpreter, which a folder has compiled once. With
 * sanitizers it is not optimized: that would take as long again as all else.
 */
export function buildInterpreter(folder: string, main: string, isChecked: boolean): string {
  const glim = path.join(folder, "glim");
  const kept = [...flags, ...(isChecked ? sanitizers : ["-O2"])];
  if (!existsSync(glim)) {
    writeFiles(folder, interpreterToC());
    const sources = readdirSync(glim).filter((file) => file.endsWith(".c"));
    execFileSync("cc", [...kept, "-c", ...sources], { cwd: glim });
  }
  writeFileSync(path.join(folder, "model.h"), '#include "glim-interpreter.h"\n');
  const program = path.join(folder, path.basename(main, ".c"));
  const objects = readdirSync(glim).filter((file) => file.endsWith(".o"));
  const source = path.join(import.meta.dirname, main);
  const args = ["-DMODULES=&glim_interpreter", "-I.", "-I..", source, ...objects, "-lm"];
  execFileSync("cc", [...kept, ...args, "-o", program], { cwd: glim });
  return program;
}

type Data = Float32Array | Float64Array | Int32Array | Uint8Array | Int8Array;

/** A number or a boolean by itself, or a tensor; what no type of array tells has its kind beside it. */
export type Given =
  | number
  | boolean
  | { readonly data: Data; readonly shape: readonly number[]; readonly kind?: Kind };

export interface Got {
  readonly data: Data;
  readonly shape: readonly number[];
  /** Of a number or a boolean. */
  readonly number: number;
  readonly kind: Kind;
}

/** The error's number and text, or the results. */
export type Answer = readonly Got[] | { readonly code: number; readonly text: string };

const arrays = [Float32Array, Float64Array, Int32Array, Uint8Array, Int8Array, Uint8Array] as const;
/** In the order of `glim_type`. */
const kinds = ["f32", "f64", "i32", "u8", "i8", "bool", "number", "boolean", "value"] as const;
type Kind = (typeof kinds)[number];

/** A Uint8Array is given for bools. */
const kindOf = (x: Given): Kind =>
  typeof x === "number"
    ? "number"
    : typeof x === "boolean"
      ? "boolean"
      : (x.kind ?? kinds.find((k, i) => k !== "u8" && x.data instanceof arrays[i]!) ?? "value");

/** As call-models.c reads an array. */
function encodeArray(x: Given): Buffer {
  const { data, shape } = typeof x === "object" ? x : { data: new Uint8Array(), shape: [] };
  const head = Buffer.alloc(52);
  head.writeUInt32LE(kinds.indexOf(kindOf(x)), 0);
  head.writeUInt32LE(shape.length, 4);
  shape.forEach((size, i) => {
    head.writeUInt32LE(size, 8 + 4 * i);
  });
  head.writeDoubleLE(typeof x === "object" ? 0 : Number(x), 40);
  head.writeUInt32LE(data.byteLength, 48);
  return Buffer.concat([head, new Uint8Array(data.buffer, data.byteOffset, data.byteLength)]);
}

function word(n: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(n);
  return bytes;
}

const block = (bytes: Uint8Array): Uint8Array[] => [word(bytes.length), bytes];

/** Calls of one instance, one after the other. */
export interface CalledModel {
  /** Which of the program's modules it is. */
  readonly module: number;
  /** The package, or the weights. */
  readonly data: Uint8Array;
  readonly calls: readonly (readonly [entry: string, args: readonly Given[]])[];
}

const encodeModel = ({ module, data, calls }: CalledModel): readonly Uint8Array[] => [
  word(module),
  ...block(data),
  word(calls.length),
  ...calls.flatMap(([entry, args]) => [
    ...block(new TextEncoder().encode(entry)),
    word(args.length),
    ...args.map(encodeArray),
  ]),
];

/** What a program wrote, from its start. */
class Answers {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  get isAtEnd(): boolean {
    return this.#at === this.#bytes.length;
  }

  #word(): number {
    this.#at += 4;
    return this.#bytes.readUInt32LE(this.#at - 4);
  }

  #take(length: number): Uint8Array<ArrayBuffer> {
    this.#at += length;
    return Uint8Array.from(this.#bytes.subarray(this.#at - length, this.#at));
  }

  next(): Answer {
    const code = this.#word();
    const count = this.#word();
    if (code !== 0) return { code, text: new TextDecoder().decode(this.#take(count)) };
    return Array.from({ length: count }, () => this.#array());
  }

  #array(): Got {
    const kind = this.#word();
    const rank = this.#word();
    const sizes = Array.from({ length: 8 }, () => this.#word());
    const number = new Float64Array(this.#take(8).buffer)[0]!;
    const bytes = this.#take(this.#word());
    const type = arrays[kind] ?? Uint8Array;
    const data = new type(bytes.slice().buffer);
    return { data, shape: sizes.slice(0, rank), number, kind: kinds[kind]! };
  }
}

/** What a program of call-models.c answers, for each model. */
export function callModels(
  program: string,
  models: readonly CalledModel[],
): readonly (readonly Answer[])[] {
  const input = Buffer.concat(models.flatMap(encodeModel));
  const { status, signal, stdout, stderr } = spawnSync(program, {
    input,
    maxBuffer: 2 ** 30,
  });
  if (status !== 0) throw new Error(`${program} ended with ${status ?? signal}: ${stderr}`);
  const answers = new Answers(stdout);
  const found = models.map(({ calls }) => calls.map(() => answers.next()));
  if (!answers.isAtEnd) throw new Error(`${program} answered what was not asked`);
  return found;
}

/** What it answers to calls of one entry of its first module. */
export function call(
  program: string,
  entry: string,
  calls: readonly (readonly Given[])[],
  data: Uint8Array = new Uint8Array(),
): readonly Answer[] {
  const model = { module: 0, data, calls: calls.map((args) => [entry, args] as const) };
  return callModels(program, [model])[0]!;
}
