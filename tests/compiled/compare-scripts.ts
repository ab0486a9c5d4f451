/**
 * Compares script programs, many at a time: each is a module and is compiled by itself, but they are loaded and
 * checked together, which is most of what a small program costs.
 */

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect } from "vitest";
import { compilerOptions } from "#glim/cli/compiler-options.js";
import { entryPoints, loadedEnvironment } from "#glim/cli/environment.js";
import { loadModel } from "#glim/cli/loader/load-model.js";
import { CompileSession } from "#glim/cli/model/compile-session.js";
import { compileModule, packageModule } from "#glim/compiler/compile.js";
import { lowerProgram } from "#glim/compiler/frontend/lower-program.js";
import type { SourceProgram } from "#glim/compiler/frontend/program.js";
import { loadSync } from "#glim/runtime/load.js";
import { openSync } from "#glim/runtime/package/open.js";
import { lawful } from "../frontend/lower-model.ts";
import { asHostValue, outcomeOf } from "../frontend/plain-run.ts";
import { isSame } from "../package/both-ways.ts";
import { interpreter } from "../package/compare-package.ts";

/** What an entry is called with, one call after the other on one instance, so that state is compared, too. */
export type Inputs = readonly (readonly unknown[])[];

/** What a comparison came to; a program may be refused with a code that says "not supported yet". */
export type Comparison =
  | { readonly kind: "alike" | "refused" }
  | { readonly kind: "failed"; readonly error: unknown };

const session = new CompileSession();

/** What comes of each program: a group that cannot be loaded together is taken one by one. */
export async function compareScripts(
  texts: readonly string[],
  inputs: Inputs,
): Promise<readonly Comparison[]> {
  const folder = mkdtempSync(path.join(tmpdir(), "glim-random-"));
  try {
    for (const [i, text] of texts.entries()) writeFileSync(path.join(folder, `p${i}.ts`), text);
    const file = path.join(folder, "model.ts");
    writeFileSync(file, texts.map((_, i) => `export * as p${i} from "./p${i}.ts";\n`).join(""));
    const { exports } = await loadModel(file);
    const program = session.program(file);
    const found: Comparison[] = [];
    for (const i of texts.keys()) {
      found.push(
        await compareOne(path.join(folder, `p${i}.ts`), program, exports[`p${i}`], inputs),
      );
    }
    return found;
  } catch (error) {
    if (texts.length === 1) return [{ kind: "failed", error }];
    const alone: Comparison[] = [];
    for (const text of texts) alone.push(...(await compareScripts([text], inputs)));
    return alone;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function compareOne(
  file: string,
  program: SourceProgram,
  exported: unknown,
  inputs: Inputs,
): Promise<Comparison> {
  try {
    const exports = Object.fromEntries(Object.entries(Object(exported)));
    const entries = entryPoints(exports);
    const environment = loadedEnvironment();
    const lowered = lowerProgram({ name: "model", file, program, entries, environment });
    const codes = lowered.diagnostics.map((d) => d.code);
    if (codes.length > 0) {
      expect(codes.filter((code) => !/^GLIM4/.test(code))).toEqual([]);
      return { kind: "refused" };
    }
    const module = lawful(lowered);
    const { wasm } = await compileModule(module, compilerOptions(file));
    const { bytes } = packageModule(module, compilerOptions(file));
    const compiled = loadSync(new WebAssembly.Module(new Uint8Array(wasm)));
    const packed = openSync(bytes, interpreter);
    // Last, because plain runs change what the program was compiled from.
    for (const args of inputs) {
      for (const { name } of entries) compareCall(name, args, exports, { compiled, packed });
    }
    return { kind: "alike" };
  } catch (error) {
    return { kind: "failed", error };
  }
}

type Functions = Readonly<Record<string, unknown>>;

function compareCall(
  name: string,
  args: readonly unknown[],
  plain: Functions,
  models: Readonly<Record<string, Functions>>,
): void {
  const call = (functions: Functions) =>
    outcomeOf(() => asHostValue(Reflect.apply(Object(functions[name]), undefined, args)));
  const wanted = call(plain);
  for (const [where, model] of Object.entries(models)) {
    const found = call(model);
    if (isSame(found, wanted)) continue;
    const about = `${name}(${args.join(", ")}), ${where}`;
    expect(found, about).toEqual(wanted);
    expect.fail(`other bits: ${about}`);
  }
}
