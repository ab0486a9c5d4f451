/**
 * Puts kernels into a module that imports them: its imports become calls of the kernels, which become its
 * own functions, with their memory and their table.
 */

import type { LoopModule } from "../loop/ir.ts";
import { placeData } from "../loop/ir.ts";
import type { Api, Module } from "./api.ts";
import { EmitError, wasmType } from "./api.ts";
import { emitFunction } from "./emit-function.ts";
import { dataSegments, emitTable, features, guarded, pageBytes } from "./emit-module.ts";
import { libraryMemory, pruneLinked } from "./link-library.ts";
import { appendSections } from "./sections.ts";

/** The module of which `host` imports functions. */
const kernelModule = "kernels";
/** Imports with such names call what has a place in the table of functions. */
const byNumber = / by number$/;

/**
 * All of it with the names of functions, for `trimInterpreter`, which makes it small. `host` imports its memory, and from "kernels" functions by the names that `kernels` has them by. What it
 * exports by the names of `hostTable` comes into the table of functions after the kernels.
 */
export async function emitInterpreter(
  host: Uint8Array,
  kernels: LoopModule,
  hostTable: readonly string[],
): Promise<Uint8Array<ArrayBuffer>> {
  const { default: api } = await import("binaryen");
  const code = guarded(() => emitCode(api, host, kernels, hostTable));
  return appendSections(code, dataSegments(kernels), []);
}

function emitCode(
  api: Api,
  host: Uint8Array,
  kernels: LoopModule,
  hostTable: readonly string[],
): Uint8Array {
  const m = api.readBinary(host);
  const hadNames = api.getDebugInfo();
  try {
    m.setFeatures(features(api));
    const { addresses, end } = placeData(kernels.data);
    const pages = Math.ceil(end / pageBytes);
    // It exports what it imports; now the memory is its own.
    m.removeExport("memory");
    m.setMemory(pages, -1, "memory", [], false, false, libraryMemory);
    const funcs = new Map(kernels.funcs.map((f) => [f.name, f] as const));
    replaceImports(api, m, kernels);
    for (const g of kernels.globals) m.addGlobal(g.name, api.i32, true, m.i32.const(g.initial));
    const globals = new Map(kernels.globals.map((g) => [g.name, g.name] as const));
    for (const f of kernels.funcs) {
      emitFunction(api, m, { ...f, exported: undefined }, { addresses, funcs, globals });
    }
    emitTable(m, kernels, takeExports(api, m, hostTable));
    pruneLinked(m);
    api.setDebugInfo(true);
    return m.emitBinary();
  } finally {
    api.setDebugInfo(hadNames);
    m.dispose();
  }
}

/** The functions that the host exports by these names, which are no exports any more. */
function takeExports(api: Api, m: Module, names: readonly string[]): string[] {
  const all = Array.from({ length: m.getNumExports() }, (_, i) =>
    api.getExportInfo(m.getExportByIndex(i)),
  );
  const found = new Map(all.map((e) => [e.name, e.value] as const));
  const functions = names.map((name) => {
    const own = found.get(name);
    if (own === undefined) throw new EmitError(`the host has no ${name}`);
    return own;
  });
  for (const name of new Set(names)) m.removeExport(name);
  return functions;
}

/** An import becomes the call of the function whose place in the table is its first argument. */
function callByNumber(api: Api, m: Module, name: string, params: number): void {
  const types = api.expandType(params);
  const args = types.map((type, i) => m.local.get(i, type));
  const rest = api.createType(types.slice(1));
  m.removeFunction(name);
  const call = m.call_indirect("table", args[0]!, args.slice(1), rest, api.none);
  m.addFunction(name, params, api.none, [], call);
}

function replaceImports(api: Api, m: Module, kernels: LoopModule): void {
  const exported = new Map(kernels.funcs.map((f) => [f.exported ?? f.name, f] as const));
  const all = Array.from({ length: m.getNumFunctions() }, (_, i) =>
    api.getFunctionInfo(m.getFunctionByIndex(i)),
  );
  for (const { name, module, base, params, results } of all) {
    if (module !== kernelModule) continue;
    if (byNumber.test(base ?? "")) {
      callByNumber(api, m, name, params);
      continue;
    }
    const kernel = exported.get(base ?? "");
    if (!kernel) throw new EmitError(`there is no kernel ${base}`);
    const types = api.expandType(params);
    const due = kernel.params.map((p) => wasmType(api, p.type));
    if (types.length !== due.length || types.some((t, i) => t !== due[i])) {
      throw new EmitError(`the kernel ${base} takes other arguments`);
    }
    const args = types.map((type, i) => m.local.get(i, type));
    m.removeFunction(name);
    m.addFunction(name, params, results, [], m.call(kernel.name, args, results));
  }
}
