/** Compiles runtime/heap, which is AssemblyScript, into the library that compiled modules link. */

import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";

const entry = "heap/index.ts";

/**
 * No run-time of AssemblyScript's own, no import but the memory. With the names of functions, which the
 * modules that it is linked into keep when they keep theirs.
 */
const options = ["--runtime", "stub", "--use", "abort=", "--importMemory", "--noAssert", "--debug"];
/** What many modules carry a little of: engines call no function for an address, which takes 6 % more bytes. */
const fast = ["-O2", "--shrinkLevel", "0", "--converge"];

/**
 * Writes `heap.wasm` into `dist/runtime/heap` of the package at `root`, unless it is there and nothing
 * of its sources changed. Returns its size in bytes.
 */
export async function writeHeap(root: string): Promise<number> {
  const sources = await readSources(join(root, "runtime/heap"), "heap");
  const state = stateOf(sources);
  const folder = join(root, "dist/runtime/heap");
  const stateFile = join(folder, "heap.state");
  const wasmFile = join(folder, "heap.wasm");
  if (existsSync(wasmFile) && (await textOf(stateFile)) === state)
    return (await readFile(wasmFile)).length;
  const bytes = await compileAssembly(entry, sources, fast);
  await mkdir(folder, { recursive: true });
  await writeFile(wasmFile, bytes);
  await writeFile(stateFile, state);
  return bytes.length;
}

type Sources = ReadonlyMap<string, string>;

/** By the names under which the compiler knows them, which its functions' names begin with. */
export async function readSources(folder: string, prefix: string): Promise<Sources> {
  const names = (await readdir(folder)).filter((name) => name.endsWith(".ts")).sort();
  return new Map(
    await Promise.all(
      names.map(
        async (name) => [`${prefix}/${name}`, await readFile(join(folder, name), "utf8")] as const,
      ),
    ),
  );
}

function stateOf(sources: Sources): string {
  const { version } = createRequire(import.meta.url)("assemblyscript/package.json");
  const text = JSON.stringify([version, options, fast, ...sources]);
  return createHash("sha256").update(text).digest("hex");
}

const textOf = (file: string): Promise<string> => readFile(file, "utf8").catch(() => "");

/** The module that `main` exports, of sources that import each other by the names that they have here. */
export async function compileAssembly(
  main: string,
  sources: Sources,
  level: readonly string[],
): Promise<Uint8Array> {
  const { default: asc } = await import("assemblyscript/asc");
  let wasm: Uint8Array | undefined;
  const { error, stderr } = await asc.main([main, "--outFile", "out.wasm", ...options, ...level], {
    readFile: (name) => sources.get(name) ?? null,
    writeFile: (name, contents) => {
      if (name === "out.wasm" && typeof contents !== "string") wasm = contents;
    },
    listFiles: () => [],
  });
  if (error || wasm === undefined)
    throw new Error(`${main} does not compile\n${stderr.toString()}`);
  return wasm;
}
