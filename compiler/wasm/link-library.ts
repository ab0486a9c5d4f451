/**
 * Links a module with a library: the library's module is what ours is added to, its exports are taken
 * away, and what nothing uses is removed. No function is changed by that.
 */

import type { Callee, Links } from "../loop/ir.ts";
import type { Api, Module } from "./api.ts";
import { EmitError, wasmType } from "./api.ts";
import type { Scope } from "./scope.ts";

/** What a module has of functions and globals, by their names in Loop IR. */
export type Linked = Pick<Scope, "funcs" | "globals">;

export const nothingLinked: Linked = { funcs: new Map(), globals: new Map() };

/** What binaryen calls the memory that a module imports: the library's, which ours takes the place of. */
export const libraryMemory = "mimport$0";

const prefix = "heap.";

/**
 * `m` holds the library. Its function exported as `f` is known as `heap.f` from now on.
 *
 * @throws EmitError where the library lacks what is linked, or has it with other types
 */
export function linkLibrary(api: Api, m: Module, links: Links): Linked {
  const exported = takeExports(api, m);
  const find = (name: string, kind: number): string => {
    const found = exported.get(name);
    if (found?.kind !== kind) throw new EmitError(`the library has no ${name}`);
    return found.value;
  };
  const funcs = new Map(
    Array.from(links.functions, ([name, callee]) => {
      const own = find(name, api.ExternalFunction);
      checkTypes(api, m, own, name, callee);
      return [name, { name: own, result: callee.result }] as const;
    }),
  );
  const globals = new Map(
    Array.from(links.globals, (name) => [name, find(name, api.ExternalGlobal)] as const),
  );
  for (const [as, name] of links.exports) {
    const func = funcs.get(name);
    const global = globals.get(name);
    if (func) m.addFunctionExport(func.name, as);
    else if (global !== undefined) m.addGlobalExport(global, as);
    else throw new EmitError(`${name} is exported but not linked`);
  }
  return { funcs, globals };
}

/** Removes the module's exports. Gives them by their linked names. */
function takeExports(api: Api, m: Module): Map<string, { kind: number; value: string }> {
  const all = Array.from({ length: m.getNumExports() }, (_, i) =>
    api.getExportInfo(m.getExportByIndex(i)),
  );
  for (const { name } of all) m.removeExport(name);
  return new Map(all.map(({ kind, name, value }) => [prefix + name, { kind, value }]));
}

function checkTypes(api: Api, m: Module, own: string, name: string, callee: Callee): void {
  const found = api.getFunctionInfo(m.getFunction(own));
  const params = api.createType(callee.params.map((p) => wasmType(api, p.type)));
  const result = callee.result ? wasmType(api, callee.result) : api.none;
  if (found.params !== params || found.results !== result)
    throw new EmitError(`the library's ${name} has other types`);
}

/** Removes functions, globals and imports that nothing reaches from an export or the table. */
export function pruneLinked(m: Module): void {
  m.runPasses(["remove-unused-module-elements"]);
}
