/**
 * Turns a Loop IR module into the bytes of a WebAssembly module, as it stands: no optimiser of binaryen
 * is run, because they reorder unrolled kernels and cost up to 30 % of their speed.
 */

import type { Callee, LoopModule } from "../loop/ir.ts";
import { placeData } from "../loop/ir.ts";
import type { Api, Module } from "./api.ts";
import { EmitError, wasmType } from "./api.ts";
import { emitFunction } from "./emit-function.ts";
import type { Linked } from "./link-library.ts";
import { libraryMemory, linkLibrary, nothingLinked, pruneLinked } from "./link-library.ts";
import type { CustomSection, DataSegment } from "./sections.ts";
import { appendSections } from "./sections.ts";

export type { CustomSection } from "./sections.ts";
export { EmitError };

export interface EmitOptions {
  /** Writes the names of functions into the module, for traps and profilers. Default: false. */
  readonly names?: boolean;
  /** Memory to have at the start beyond the data objects. Default: 0. */
  readonly extraBytes?: number;
  /** The most 64 KiB pages that memory may grow to. Default: as many as the engine allows. */
  readonly maxPages?: number | undefined;
  readonly customSections?: readonly CustomSection[];
  /** The library that the module's `links` are taken from. */
  readonly library?: Uint8Array | undefined;
}

export const pageBytes = 65536;
const noMaximum = -1;

/**
 * The module exports its memory as `memory` and every function that has an exported name; it imports
 * nothing. Throws `EmitError` where `module` is not lawful Loop IR.
 */
export async function emitModule(
  module: LoopModule,
  options: EmitOptions = {},
): Promise<Uint8Array<ArrayBuffer>> {
  const { default: api } = await import("binaryen");
  const code = guarded(() => emitCode(api, module, options));
  const bytes = appendSections(code, dataSegments(module), options.customSections ?? []);
  if (!WebAssembly.validate(bytes)) throw new EmitError(`invalid module: ${reasonOf(bytes)}`);
  return bytes;
}

/** Binaryen's failures can carry megabytes of its own source: only their first line is kept. */
export function guarded<T>(run: () => T): T {
  try {
    return run();
  } catch (error) {
    if (error instanceof EmitError) throw error;
    const message = error instanceof Error ? error.message : "binaryen stopped";
    throw new EmitError(message.split("\n", 1)[0]!.slice(0, 300));
  }
}

function reasonOf(bytes: Uint8Array<ArrayBuffer>): string {
  try {
    new WebAssembly.Module(bytes);
    return "no reason given";
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function emitCode(api: Api, module: LoopModule, options: EmitOptions): Uint8Array {
  const m = openModule(api, module, options);
  const hadNames = api.getDebugInfo();
  try {
    m.setFeatures(features(api));
    const linked = module.links ? linkLibrary(api, m, module.links) : nothingLinked;
    for (const [name, callee] of module.imports ?? []) addImport(api, m, name, callee);
    emitMemory(m, module, options);
    for (const g of module.globals) m.addGlobal(g.name, api.i32, true, m.i32.const(g.initial));
    const context = {
      addresses: placeData(module.data).addresses,
      ...withOwn(module, linked),
    };
    for (const f of module.funcs) emitFunction(api, m, f, context);
    emitTable(m, module);
    if (module.links) pruneLinked(m);
    api.setDebugInfo(options.names ?? false);
    return m.emitBinary();
  } finally {
    api.setDebugInfo(hadNames);
    m.dispose();
  }
}

/** Empty, or the library that the module is linked with. */
function openModule(api: Api, { links }: LoopModule, { library }: EmitOptions): Module {
  if (!links) return new api.Module();
  if (!library) throw new EmitError("the module is linked with a library that was not given");
  return api.readBinary(library);
}

function addImport(api: Api, m: Module, name: string, { params, result }: Callee): void {
  const [from = "", ...base] = name.split(".");
  const given = api.createType(params.map((p) => wasmType(api, p.type)));
  const type = result ? wasmType(api, result) : api.none;
  m.addFunctionImport(name, from, base.join("."), given, type);
}

const withOwn = (module: LoopModule, linked: Linked): Linked => ({
  funcs: new Map([
    ...linked.funcs,
    ...Array.from(module.imports ?? [], ([name, { result }]) => [name, { name, result }] as const),
    ...module.funcs.map((f) => [f.name, f] as const),
  ]),
  globals: new Map([...linked.globals, ...module.globals.map((g) => [g.name, g.name] as const)]),
});

/** What every engine since 2023 has: Node ≥ 16.4, Safari ≥ 16.4, Chrome ≥ 91, Firefox ≥ 89. */
export function features({ Features: f }: Api): number {
  return (
    f.SIMD128 | f.BulkMemory | f.BulkMemoryOpt | f.NontrappingFPToInt | f.SignExt | f.MutableGlobals
  );
}

function emitMemory(m: Module, module: LoopModule, options: EmitOptions): void {
  const bytes = placeData(module.data).end + (options.extraBytes ?? 0);
  const initial = Math.ceil(bytes / pageBytes);
  const max = options.maxPages ?? 65536;
  if (initial > max) throw new EmitError(`memory of ${initial} pages, but at most ${max} allowed`);
  const most = options.maxPages ?? noMaximum;
  if (module.links) m.setMemory(initial, most, "memory", [], false, false, libraryMemory);
  else m.setMemory(initial, most, "memory");
}

/** The table of functions that are called by number; `more` come after the module's own. */
export function emitTable(
  m: Module,
  { funcs, table }: LoopModule,
  more: readonly string[] = [],
): void {
  if (table.length + more.length === 0) return;
  const own = new Set(funcs.map((f) => f.name));
  for (const name of table)
    if (!own.has(name)) throw new EmitError(`no function @${name} for the table`);
  const all = [...table, ...more];
  m.addTable("table", all.length, all.length);
  m.addActiveElementSegment("table", "elements", all, m.i32.const(0));
}

/** Memory starts as zeros, so zeros at the end of an object need no bytes. */
export function dataSegments(module: LoopModule): DataSegment[] {
  const { addresses } = placeData(module.data);
  return module.data.flatMap(({ name, bytes }) => {
    let end = bytes?.length ?? 0;
    while (bytes && end > 0 && bytes[end - 1] === 0) end--;
    return bytes && end > 0
      ? [{ address: addresses.get(name)!, bytes: bytes.subarray(0, end) }]
      : [];
  });
}
