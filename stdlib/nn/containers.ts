/** Modules and parameters kept in lists and by name. */

import type { Tensor } from "../../runtime/eager/tensor-types.ts";
import { Parameter } from "./cells.ts";
import { Module } from "./module.ts";
import { registered } from "./registered.ts";

/** Modules in order: their names are positions. A plain array of modules in a field does the same. */
export class ModuleList<M extends Module = Module> extends Module {
  readonly items: readonly M[];

  constructor(items: readonly M[]) {
    super();
    this.items = items;
  }

  override [registered](): Iterable<readonly [string, unknown]> {
    return Object.entries(this.items);
  }
}

/** Modules by name. A plain record of modules in a field does the same. */
export class ModuleDict<R extends Readonly<Record<string, Module>>> extends Module {
  readonly items: R;

  constructor(items: R) {
    super();
    this.items = items;
  }

  override [registered](): Iterable<readonly [string, unknown]> {
    return Object.entries(this.items);
  }
}

/** Parameters in order: their names are positions. */
export class ParameterList extends Module {
  readonly items: readonly Parameter[];

  constructor(values: readonly Tensor[]) {
    super();
    this.items = values.map((value) => new Parameter(value));
  }

  override [registered](): Iterable<readonly [string, unknown]> {
    return Object.entries(this.items);
  }
}

/** Parameters by name. */
export class ParameterDict<R extends Readonly<Record<string, Tensor>>> extends Module {
  readonly items: { readonly [K in keyof R]: Parameter };

  constructor(values: R) {
    super();
    const items = Object.entries(values).map(([name, value]) => [name, new Parameter(value)]);
    this.items = Object.fromEntries(items);
  }

  override [registered](): Iterable<readonly [string, unknown]> {
    return Object.entries(this.items);
  }
}
