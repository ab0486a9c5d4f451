/**
 * Translates WebAssembly to C with wasm2c, of the npm package `wabt`. That is installed by those who want C. What
 * it writes before a module's own code is left away: runtime/c/glim-wasm.h takes its place.
 */

import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import os from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { noTranslator, otherTranslator } from "../../compiler/diagnostics/catalog/artefacts.ts";
import { fail } from "../terminal/failure.ts";

/** The version whose output is understood. */
const wabtVersion = "1.0.39";

/** A function in C for an export of the module. */
export interface CFunction {
  readonly symbol: string;
  readonly result: string;
  /** Types of the parameters after the instance. */
  readonly params: readonly string[];
}

export interface Translation {
  /** The name of the struct that an instance is; functions on it are `wasm2c_NAME_…` without the `w2c_`. */
  readonly instance: string;
  readonly instantiate: string;
  readonly free: string;
  /** The struct, declarations of the exported functions, and all functions. */
  readonly code: string;
  /** Data that is not in the code, by the symbols that it is to have. */
  readonly data: ReadonlyMap<string, Uint8Array>;
  readonly exports: ReadonlyMap<string, CFunction>;
}

/** A name that C takes for an identifier, as part of one. */
export const cName = (name: string): string => {
  const plain = name.replace(/\W/g, "_");
  return /^\d/.test(plain) ? `_${plain}` : plain;
};

/**
 * The functions of `wasm` in C. Their names have `name`, an identifier.
 *
 * @throws Failure where wasm2c is not installed
 */
export function translate(wasm: Uint8Array, name: string): Translation {
  const folder = mkdtempSync(path.join(os.tmpdir(), "glim-c-"));
  try {
    const input = path.join(folder, "module.wasm");
    const output = path.join(folder, "module.c");
    writeFileSync(input, wasm);
    const args = [findTranslator(), "--no-debug-names", "-n", name, "-o", output, input];
    const { status, stderr } = spawnSync(process.execPath, args, { encoding: "utf8" });
    if (status !== 0) throw new Error(`wasm2c failed: ${stderr}`);
    const header = readFileSync(path.join(folder, "module.h"), "utf8");
    return readTranslation(header, readFileSync(output, "utf8"));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The file of wasm2c: beside Glim, or in the project that one is in. */
function findTranslator(): string {
  const places = [import.meta.url, pathToFileURL(path.join(process.cwd(), "glim.js")).href];
  for (const place of places) {
    const require = createRequire(place);
    try {
      const about: unknown = require("wabt/package.json");
      const version = Reflect.get(Object(about), "version");
      if (version !== wabtVersion) fail(otherTranslator(String(version), wabtVersion));
      return require.resolve("wabt/bin/wasm2c");
    } catch (error) {
      if (!(error instanceof Error && "code" in error && error.code === "MODULE_NOT_FOUND"))
        throw error;
    }
  }
  return fail(noTranslator(wabtVersion));
}

function readTranslation(header: string, text: string): Translation {
  const struct = /^typedef struct (w2c_\w+) \{[^}]*\} \1;$/m.exec(header);
  const start = endOfDefinitions(text);
  if (struct === null || start < 0) throw new Error("wasm2c wrote what is not understood");
  const [declaration, instance = ""] = struct;
  const declared = header.slice(
    struct.index + declaration.length,
    header.lastIndexOf("#ifdef __cplusplus"),
  );
  const whole = [declaration, declared, text.slice(start)].join("\n");
  const { code, data } = takeData(whole);
  const base = instance.replace(/^w2c_/, "wasm2c_");
  return {
    instance,
    instantiate: `${base}_instantiate`,
    free: `${base}_free`,
    code,
    data,
    exports: readExports(declared),
  };
}

/** Where wasm2c's own definitions end. Those of vectors come last; a module without vectors has none. */
function endOfDefinitions(text: string): number {
  const behind = (last: string, end: string): number => {
    const at = text.lastIndexOf(last);
    return at < 0 ? -1 : text.indexOf(end, at) + end.length;
  };
  const vectors = "// clang-format on\n";
  return Math.max(behind(vectors, vectors), behind("#define WEAK_FUNC_DECL", "#endif\n"));
}

/** As many bytes may stay in the code, as numbers. */
const fewBytes = 4096;

/** Takes long data out of the code. */
function takeData(text: string): Pick<Translation, "code" | "data"> {
  const data = new Map<string, Uint8Array>();
  const each = /^static const u8 (\w+)\[\] = \{([^}]*)\};/gm;
  const code = text.replace(each, (all, symbol: string, numbers: string) => {
    // Each byte is written as `0x00, `.
    if (numbers.length < 6 * fewBytes) return all;
    data.set(symbol, Uint8Array.from(numbers.match(/0x\w\w/g) ?? [], Number));
    return `extern const u8 ${symbol}[];`;
  });
  return { code, data };
}

/** Lines such as `u32 w2c_NAME_run(w2c_NAME*, u32);` after a comment that says what is exported. */
function readExports(declarations: string): ReadonlyMap<string, CFunction> {
  const exports = new Map<string, CFunction>();
  const each = /^\/\* export: '(.*)' \*\/\n(\w+\*?) (\w+)\(\w+\s?\*\s?\w*,?(.*)\);$/gm;
  for (const [, name = "", result = "", symbol = "", params = ""] of declarations.matchAll(each)) {
    exports.set(name, { symbol, result, params: params.trim() === "" ? [] : params.split(",") });
  }
  return exports;
}
