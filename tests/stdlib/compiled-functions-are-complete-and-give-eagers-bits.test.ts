// A function of the library that does not compile, or computes something else compiled, is of no use in
// a model: each one that is exported must stand in a fixture, and each fixture runs both ways.

import { readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import * as glim from "glim";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ModelChecker } from "#glim/cli/checker/check-model.js";
import { compileFile } from "#glim/cli/compiler.js";
import type { EntrySignature } from "#glim/compiler/package/signature.js";
import { tagOf } from "#glim/runtime/tags.js";
import type { TypedArray } from "../ops/reference-elements.ts";
import {
  fixtures,
  inputsOf,
  loadFixture,
  type Run,
  sourceOf,
  tensorsOf,
} from "./function-fixtures.ts";

interface Output {
  readonly data: TypedArray;
  readonly shape: readonly number[];
}
type Outputs = Output | readonly Outputs[] | { readonly [field: string]: Outputs };

interface Compiled {
  readonly entries: readonly EntrySignature[];
  readonly run: Readonly<Record<string, (...inputs: readonly Output[]) => Outputs>>;
}

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "glim-functions-"));
});
afterAll(() => rm(folder, { recursive: true }));

async function compile(fixture: string): Promise<Compiled> {
  const { wasm, js, signature } = await compileFile(sourceOf(fixture));
  const bindings = join(folder, `${fixture}.mjs`);
  await writeFile(bindings, js);
  const { load } = await import(/* @vite-ignore */ pathToFileURL(bindings).href);
  return { entries: signature.entries, run: await load(wasm) };
}

const outputsOf = (result: Outputs): readonly Output[] =>
  isOutput(result) ? [result] : Object.values(result).flatMap(outputsOf);

const isOutput = (v: Outputs): v is Output => "data" in v && ArrayBuffer.isView(v.data);

/** Elements by their bits; every NaN is one value. */
function bitsOf(data: Output["data"]): ArrayLike<number> {
  if (!(data instanceof Float32Array)) return data;
  const canonical = data.map((x) => (Number.isNaN(x) ? Number.NaN : x));
  return new Int32Array(canonical.buffer);
}

const checker = new ModelChecker();

describe.each(fixtures)("%s", (fixture) => {
  let compiled: Compiled;
  let eager: Readonly<Record<string, Run>>;
  beforeAll(async () => {
    compiled = await compile(fixture);
    eager = await loadFixture(fixture);
  }, 240_000);

  it("nothing is found wrong by a check that does not run it", () => {
    const { diagnostics } = checker.check(sourceOf(fixture), {
      edited: () => undefined,
      typeErrors: true,
    });
    expect(diagnostics.map((d) => `${d.span?.start}: ${d.message}`)).toEqual([]);
  });

  it.each([1, 3, 4])("B = %i", (batch) => {
    for (const entry of compiled.entries) {
      const given = inputsOf(entry, batch);
      const wanted = tensorsOf(eager[entry.name]!(...given));
      const plain = given.map((x) => ({ data: x.toTypedArray(), shape: [...x.shape] }));
      const found = outputsOf(compiled.run[entry.name]!(...plain));
      expect(found.length, entry.name).toBe(wanted.length);
      for (const [i, output] of found.entries()) {
        expect(output.shape, entry.name).toEqual([...wanted[i]!.shape]);
        expect(bitsOf(output.data), entry.name).toEqual(bitsOf(wanted[i]!.toTypedArray()));
      }
    }
  });
});

it("every function that glim exports is in a fixture", () => {
  const texts = fixtures.map((fixture) => readFileSync(sourceOf(fixture), "utf8")).join("\n");
  const functions = Object.entries(glim).filter(
    ([, f]) => typeof f === "function" && tagOf(f)?.file.includes("/functional/"),
  );
  expect(functions.length).toBeGreaterThan(90);
  const missing = functions.filter(([name]) => !new RegExp(`\\b${name}\\(`).test(texts));
  expect(missing.map(([name]) => name)).toEqual([]);
});
