/** Compiles a model file of the fixtures, so that tests can compare its entries with a plain run and the interpreter's. */

import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { AnyTensor } from "glim";
import { expect } from "vitest";
import type { CompiledFile, CompileFileOptions } from "#glim/cli/compiler.js";
import { openSync } from "#glim/runtime/package/open.js";
import { comparing } from "../package/both-ways.ts";
import { interpreter } from "../package/compare-package.ts";
import { compileBothWays } from "../package/package-source.ts";

type Data = Float32Array | Float64Array | Int32Array | Uint8Array | Int8Array;
/** A tensor as compiled modules take and give it. */
export interface Plain {
  readonly data: Data;
  readonly shape: readonly number[];
}
export type Compiled = Readonly<Record<string, (...inputs: readonly unknown[]) => Plain>>;

export interface CompiledFixture {
  readonly entries: Compiled;
  readonly signature: CompiledFile["signature"];
  readonly wasm: CompiledFile["wasm"];
  dispose(): Promise<void>;
}

/** `file` is relative to the tests' folder. */
export async function compileFixture(
  file: string,
  options: CompileFileOptions = {},
): Promise<CompiledFixture> {
  const path = fileURLToPath(new URL(`../${file}`, import.meta.url));
  const folder = await mkdtemp(join(tmpdir(), "glim-fixture-"));
  const { compiled, packed } = await compileBothWays(path, { train: true, ...options });
  const bindings = join(folder, "model.mjs");
  await writeFile(bindings, compiled.js);
  const { load } = await import(/* @vite-ignore */ pathToFileURL(bindings).href);
  const entries = comparing<Compiled>(await load(compiled.wasm), openSync(packed, interpreter));
  const { signature, wasm } = compiled;
  return { entries, signature, wasm, dispose: () => rm(folder, { recursive: true }) };
}

export const plainOf = (x: AnyTensor): Plain => ({ data: x.toTypedArray(), shape: [...x.shape] });

/** All bits; every NaN is one value. */
const bitsOf = ({ data }: Plain): readonly number[] => {
  if (!(data instanceof Float32Array)) return [...data];
  const bits = new Int32Array(data.slice().buffer);
  return Array.from(data, (x, i) => (Number.isNaN(x) ? 0x7fc00000 : bits[i]!));
};

export function expectSameBits(found: Plain, wanted: AnyTensor): void {
  expect(found.shape).toEqual([...wanted.shape]);
  expect(bitsOf(found)).toEqual(bitsOf(plainOf(wanted)));
}
