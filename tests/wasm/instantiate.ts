/** Runs Loop IR: a module made of functions, emitted and instantiated. */

import type {
  DataObject,
  LoopExpr,
  LoopFunc,
  LoopGlobal,
  LoopModule,
  LoopType,
} from "#glim/compiler/loop/ir.js";
import type { EmitOptions } from "#glim/compiler/wasm/emit-module.js";
import { emitModule } from "#glim/compiler/wasm/emit-module.js";

export type Value = number | bigint;

export interface Running {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly memory: WebAssembly.Memory;
  readonly call: (name: string, ...args: readonly Value[]) => Value | undefined;
}

export const moduleOf = (
  funcs: readonly LoopFunc[],
  rest: {
    readonly data?: readonly DataObject[];
    readonly globals?: readonly LoopGlobal[];
    readonly table?: readonly string[];
  } = {},
): LoopModule => ({ funcs, data: [], globals: [], table: [], ...rest });

export async function instantiate(module: LoopModule, options?: EmitOptions): Promise<Running> {
  const bytes = await emitModule(module, options);
  const { instance } = await WebAssembly.instantiate(bytes);
  const { memory } = instance.exports;
  if (!(memory instanceof WebAssembly.Memory)) throw new Error("no memory exported");
  const call = (name: string, ...args: readonly Value[]): Value | undefined => {
    const f = instance.exports[name];
    if (typeof f !== "function") throw new Error(`no export ${name}`);
    return f(...args);
  };
  return { bytes, memory, call };
}

/** A function that returns one expression of its parameters. */
export const expressionFunc = (
  name: string,
  params: readonly LoopType[],
  result: LoopExpr,
): LoopFunc => ({
  name,
  exported: name,
  params: params.map((type, i) => ({ name: `p${i}`, type })),
  result: result.type,
  body: [{ s: "return", value: result }],
});
