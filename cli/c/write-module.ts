/** Writes NAME.c: a module's functions, and the table by which the runtime calls them. */

import {
  type EntrySignature,
  type ModuleSignature,
  toJson,
} from "../../compiler/package/signature.ts";
import { cComment, cString } from "./c-text.ts";
import type { CFunction, Translation } from "./translate.ts";

export interface CModule {
  /** The name of the files. */
  readonly name: string;
  /** The identifier that its own begin with. */
  readonly stem: string;
  readonly signature: ModuleSignature;
  readonly translation: Translation;
  /** Whether the program is to contain the weights. */
  readonly isWhole: boolean;
}

export function writeModule({ name, stem, signature, translation, isWhole }: CModule): string {
  const { instance, instantiate, free, code, exports } = translation;
  const call = (symbol: string, ...args: readonly string[]): string =>
    `${symbol}(${["instance", ...args].join(", ")})`;
  /** A function of the table for one of the module's, or NULL. */
  const optional = (field: string, exported: string, params: string, ...args: string[]) => {
    const found = exports.get(exported);
    const text = found && define(field, "u32", params, `return ${call(found.symbol, ...args)};`);
    return { text, field: found ? `    .${field} = ${field},` : undefined };
  };
  const memory = exports.get("memory")?.symbol ?? "";
  const failure = optional("failure", "glim_failure", "");
  const room = optional("room", "glim_room", ", u32 bytes", "bytes");
  const error = optional("error", "glim_error", ", u32 id", "id");
  const entries = signature.entries.map((entry) => new EntryCode(entry, exports));
  return [
    cComment([`${name}, a model. Written by \`glim compile --emit c\`: changes would be lost.`]),
    "",
    `#include "${name}.h"`,
    "",
    '#include "glim-module.h"',
    "",
    code,
    cComment(["What the runtime calls."]),
    "",
    define("instantiate", "void", "", `${call(instantiate)};`),
    define("release", "void", "", `${call(free)};`),
    define("memory", "wasm_rt_memory_t *", "", `return ${call(memory)};`),
    byEntry(
      "prepare",
      ", const u32 *sizes",
      entries.map((e) => e.prepare),
    ),
    byEntry(
      "in",
      ", u32 i",
      entries.map((e) => e.in),
    ),
    byEntry(
      "run",
      ", const glim_scalar *scalars, u32 count",
      entries.map((e) => e.run),
    ),
    byEntry(
      "out",
      ", u32 i",
      entries.map((e) => e.out),
    ),
    error.text,
    failure.text,
    room.text,
    `static const char signature[] =\n${cString(toJson(signature))};`,
    "",
    ...(isWhole
      ? [`extern const unsigned char ${stem}_weights[], ${stem}_weights_end[];`, ""]
      : []),
    `const glim_module ${stem}_module = {`,
    `    .name = ${cString(name, "")},`,
    `    .instance_bytes = sizeof(${instance}),`,
    "    .instantiate = instantiate,",
    "    .free = release,",
    "    .memory = memory,",
    "    .prepare = prepare,",
    "    .in = in,",
    "    .run = run,",
    "    .out = out,",
    error.field,
    failure.field,
    room.field,
    "    .keeps_bits = glim_keeps_bits,",
    "    .signature = signature,",
    "    .signature_bytes = sizeof signature - 1,",
    ...(isWhole
      ? [`    .weights = ${stem}_weights,`, `    .weights_end = ${stem}_weights_end,`]
      : []),
    "};",
    "",
  ]
    .filter((line) => line !== undefined)
    .join("\n");
}

const define = (name: string, result: string, params: string, ...body: readonly string[]): string =>
  [`static ${result} ${name}(void *instance${params}) {`, ...body.map((l) => `  ${l}`), "}\n"].join(
    "\n",
  );

/** A function that does one thing for each entry. */
const byEntry = (name: string, params: string, cases: readonly string[]): string =>
  define(
    name,
    "u32",
    `, u32 entry${params}`,
    "switch (entry) {",
    ...cases.map((expression, i) => `  case ${i}: return ${expression};`),
    "}",
    "glim_trap(GLIM_TRAP_UNREACHABLE);",
  );

/** How each of an entry's exports is called: expressions in C. */
class EntryCode {
  readonly #exports: ReadonlyMap<string, CFunction>;
  readonly #entry: EntrySignature;

  constructor(entry: EntrySignature, exports: ReadonlyMap<string, CFunction>) {
    this.#entry = entry;
    this.#exports = exports;
  }

  #call(name: string, args: readonly string[]): string {
    const found = this.#exports.get(name);
    // What an entry has no use for, its module does not export.
    return found ? `${found.symbol}(${["instance", ...args].join(", ")})` : "0";
  }

  get prepare(): string {
    return this.#call(
      `${this.#entry.name}_prepare`,
      this.#entry.sizes.map((_, i) => `sizes[${i}]`),
    );
  }

  get in(): string {
    return this.#call(`${this.#entry.name}_in`, ["i"]);
  }

  get run(): string {
    const scalars = this.#entry.params.filter((p) => p.shape === undefined);
    return this.#call(
      this.#entry.name,
      scalars.map((p, i) => `scalars[${i}].${p.dtype === "f64" ? "number" : "word"}`),
    );
  }

  get out(): string {
    return this.#call(`${this.#entry.name}_out`, ["i"]);
  }
}
