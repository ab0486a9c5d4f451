/** What the emission of one function's statements and expressions shares. */

import type { LoopType } from "../loop/ir.ts";
import type { Api, Module } from "./api.ts";
import { EmitError } from "./api.ts";
import type { Locals } from "./locals.ts";

export interface Scope {
  readonly api: Api;
  readonly m: Module;
  readonly locals: Locals;
  /** Where data objects lie. */
  readonly addresses: ReadonlyMap<string, number>;
  readonly funcs: ReadonlyMap<string, Named>;
  /** By its name in Loop IR, a global's name in the module. */
  readonly globals: ReadonlyMap<string, string>;
}

/** A function under the name that it has in the module. */
export interface Named {
  readonly name: string;
  readonly result: LoopType | undefined;
}

// Binaryen aborts on names that it does not know, so these are checked before it sees them.

export function calleeOf(scope: Scope, name: string): Named {
  const callee = scope.funcs.get(name);
  if (!callee) throw new EmitError(`no function @${name}`);
  return callee;
}

export function globalOf(scope: Scope, name: string): string {
  const global = scope.globals.get(name);
  if (global === undefined) throw new EmitError(`no global @${name}`);
  return global;
}

export function addressOf(scope: Scope, name: string): number {
  const address = scope.addresses.get(name);
  if (address === undefined) throw new EmitError(`no data object @${name}`);
  return address;
}
