// Users leave the subset in ways that nobody listed: whatever is written, the compiler must say where and why, or
// compute what Node computes; it never stops by itself. GLIM_RUNS=20000 tries more programs, GLIM_SEED=2 others.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import vm from "node:vm";
import fc from "fast-check";
import { expect, test } from "vitest";
import { CompileFailure } from "#glim/cli/compiler.js";
import { compilerOptions } from "#glim/cli/compiler-options.js";
import { entryPoints, loadedEnvironment } from "#glim/cli/environment.js";
import { LoadError } from "#glim/cli/loader/load-error.js";
import { loadModel } from "#glim/cli/loader/load-model.js";
import { CompileSession } from "#glim/cli/model/compile-session.js";
import { openProgram } from "#glim/cli/model/open-program.js";
import { compileModule } from "#glim/compiler/compile.js";
import type { Diagnostic } from "#glim/compiler/diagnostics/diagnostic.js";
import { lowerProgram } from "#glim/compiler/frontend/lower-program.js";
import { loadSync } from "#glim/runtime/load.js";
import { lawful } from "../frontend/lower-model.ts";
import { asHostValue, type Outcome, outcomeOf } from "../frontend/plain-run.ts";
import { Tape } from "../frontend/random-expressions.ts";
import { extent, inputs, randomModels } from "../frontend/random-tapes.ts";
import { mutate } from "./mutate-program.ts";

const mutated = fc
  .record({
    text: randomModels,
    changes: fc.array(fc.noBias(fc.nat({ max: 10_000 })), { minLength: 20, maxLength: 20 }),
  })
  .map(({ text, changes }) => mutate(text, new Tape(changes)));

const session = new CompileSession();

/** Of what the program's types promise, and a run does not keep. */
const checked =
  / is not | is outside of |no holes|whole number|cannot be|must be|is undefined|too deeply|out of memory|ASCII|only at|nothing/;

/** What the function gives, unless it does not end in good time. */
function within(ms: number, run: () => unknown): Outcome | undefined {
  const context = { run: () => outcomeOf(run) };
  try {
    return new vm.Script("run()").runInContext(vm.createContext(context), { timeout: ms });
  } catch {
    return undefined;
  }
}

function expectToldWhere(diagnostics: readonly Diagnostic[], text: string): void {
  expect(diagnostics.filter((d) => d.code.startsWith("GLIM9")).map((d) => d.message)).toEqual([]);
  const inside = diagnostics.filter(
    ({ span }) =>
      span !== undefined && span.start >= 0 && span.start <= span.end && span.end <= text.length,
  );
  expect(diagnostics.map((d) => d.code)).not.toEqual([]);
  expect(inside.length, diagnostics.map((d) => d.message).join("; ")).toBeGreaterThan(0);
}

async function diagnosticsOfLoading(file: string): Promise<readonly Diagnostic[]> {
  try {
    await openProgram(file, []);
  } catch (error) {
    if (error instanceof CompileFailure) return error.diagnostics;
    throw error;
  }
  throw new Error("the program loads after all");
}

/** "refused", or "compiled" to what computes what a plain run computes. */
async function judge(text: string): Promise<"refused" | "compiled"> {
  const folder = mkdtempSync(path.join(tmpdir(), "glim-mutated-"));
  try {
    const file = path.join(folder, "model.ts");
    writeFileSync(file, text);
    let exports: Readonly<Record<string, unknown>>;
    try {
      ({ exports } = await loadModel(file));
    } catch (error) {
      if (!(error instanceof LoadError)) throw error;
      expectToldWhere(await diagnosticsOfLoading(file), text);
      return "refused";
    }
    const lowered = lowerProgram({
      name: "model",
      file,
      program: session.program(file),
      entries: entryPoints(exports),
      environment: loadedEnvironment(),
    });
    if (lowered.module === undefined) {
      expectToldWhere(lowered.diagnostics, text);
      return "refused";
    }
    const { wasm } = await compileModule(lawful(lowered), compilerOptions(file));
    const model = loadSync(new WebAssembly.Module(new Uint8Array(wasm)));
    for (const args of inputs) {
      for (const [name, plain] of Object.entries(exports)) {
        if (typeof plain !== "function") continue;
        const wanted = within(300, () => asHostValue(plain(...args)));
        if (wanted === undefined) return "compiled";
        const found = outcomeOf(() => asHostValue(model[name]?.(...args)));
        if ("failure" in found && ("failure" in wanted || checked.test(found.failure))) {
          // What was written before the failure need not be alike from here on.
          return "compiled";
        }
        expect(found, `${name}(${args.join(", ")})`).toEqual(wanted);
      }
    }
    return "compiled";
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const { seed, numRuns } = extent(40);

test(`${numRuns} programs, seed ${seed}`, { timeout: 60_000 + numRuns * 5_000 }, async () => {
  const found = { refused: 0, compiled: 0 };
  for (const text of fc.sample(mutated, { seed, numRuns })) {
    try {
      found[await judge(text)]++;
    } catch (error) {
      throw new Error(`${error instanceof Error ? error.message : error}\n\n${text}`);
    }
  }
  expect(found.refused).toBeGreaterThan(numRuns / 4);
});
