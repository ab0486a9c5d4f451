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

/** A program that answers calls of one entry; see call-entry.c. */
export async function buildCaller(file: string, options: CompileFileOptions = {}): Promise<string> {
  const { name, files } = await compileToC(file, { train: true, ...options });
  const folder = makeFolder();
  writeFiles(folder, files);
  return makeCaller(folder, name);
}

/** The same of a folder with C for the model `name`. */
export function makeCaller(folder: string, name: string): string {
  writeFileSync(path.join(folder, "model.h"), `#include "${name}.h"\n`);
  const main = path.join(import.meta.dirname, "call-entry.c");
  // Make does not know that there may be a program of another file.
  rmSync(path.join(folder, name), { force: true });
  make(folder, name, `MAIN=${main}`, `CFLAGS=-O2 -DMODULE=${cName(name)}_module`);
  return path.join(folder, name);
}

const sanitizers = ["-O0", "-fsanitize=address,undefined", "-fno-sanitize-recover=all"];

/**
 * A program of `main`, a file of this folder, and the interpreter, which a folder has compiled once. With
 * sanitizers it is not optimized: that would take as long again as all else.
 */
export function buildInterpreter(folder: string, main: string, isChecked: boolean): string {
  const glim = path.join(folder, "glim");
  const arch = process.arch === "x64" ? ["-march=x86-64-v2"] : [];
  const kept = ["-std=c11", "-ffp-contract=off", ...arch, ...(isChecked ? sanitizers : ["-O2"])];
  if (!existsSync(glim)) {
    writeFiles(folder, interpreterToC());
    const sources = readdirSync(glim).filter((file) => file.endsWith(".c"));
    execFileSync("cc", [...kept, "-c", ...sources], { cwd: glim });
  }
  writeFileSync(path.join(folder, "model.h"), '#include "glim-interpreter.h"\n');
  const program = path.join(folder, path.basename(main, ".c"));
  const objects = readdirSync(glim).filter((file) => file.endsWith(".o"));
  const source = path.join(import.meta.dirname, main);
  const args = ["-DMODULE=glim_interpreter", "-I.", "-I..", source, ...objects, "-lm"];
  execFileSync("cc", [...kept, ...args, "-o", program], { cwd: glim });
  return program;
}

type Data = Float32Array | Float64Array | Int32Array | Uint8Array | Int8Array;

/** A tensor, or a number by itself. */
export type Given = number | boolean | { readonly data: Data; readonly shape: readonly number[] };

export interface Got {
  readonly data: Data;
  readonly shape: readonly number[];
  /** Of a number or a boolean. */
  readonly number: number;
}

/** The error's number and text, or the results. */
export type Answer = readonly Got[] | { readonly code: number; readonly text: string };

/** In the order of `glim_type`; a Uint8Array is given for bools. */
const arrays = [Float32Array, Float64Array, Int32Array, undefined, Int8Array, Uint8Array] as const;
const kinds = { number: 6, boolean: 7 } as const;

function kindOf(x: Given): number {
  if (typeof x === "number") return kinds.number;
  if (typeof x === "boolean") return kinds.boolean;
  return arrays.findIndex((type) => type !== undefined && x.data instanceof type);
}

/** As call-entry.c reads an array. */
function encodeArray(x: Given): Buffer {
  const { data, shape } = typeof x === "object" ? x : { data: new Uint8Array(), shape: [] };
  const head = Buffer.alloc(52);
  head.writeUInt32LE(kindOf(x), 0);
  head.writeUInt32LE(shape.length, 4);
  shape.forEach((size, i) => {
    head.writeUInt32LE(size, 8 + 4 * i);
  });
  head.writeDoubleLE(typeof x === "object" ? 0 : Number(x), 40);
  head.writeUInt32LE(data.byteLength, 48);
  return Buffer.concat([head, new Uint8Array(data.buffer, data.byteOffset, data.byteLength)]);
}

function encodeCall(args: readonly Given[]): Buffer {
  const count = Buffer.alloc(4);
  count.writeUInt32LE(args.length);
  return Buffer.concat([count, ...args.map(encodeArray)]);
}

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
    return { data: new type(bytes.slice().buffer), shape: sizes.slice(0, rank), number };
  }
}

/** What the program answers to calls of `entry`, one after the other in one instance. */
export function call(
  program: string,
  entry: string,
  calls: readonly (readonly Given[])[],
  ...options: readonly string[]
): readonly Answer[] {
  const input = Buffer.concat(calls.map(encodeCall));
  const { status, signal, stdout, stderr } = spawnSync(program, [entry, ...options], {
    input,
    maxBuffer: 2 ** 28,
  });
  if (status !== 0) throw new Error(`${program} ended with ${status ?? signal}: ${stderr}`);
  const answers = new Answers(stdout);
  const found: Answer[] = [];
  while (!answers.isAtEnd) found.push(answers.next());
  return found;
}
