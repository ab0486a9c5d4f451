// Same bits without an engine, too: TorchScript's programs and random ones must give in the interpreter, in the
// interpreter as C and as C of their own what the compiled module gives. GLIM_RUNS=1000 takes as many of each kind of
// random program, GLIM_COMPILED=100 compiles as many of them to C of their own, GLIM_SEED=2 takes others. Where Python
// has wasmtime, the interpreter runs there, too: an engine that shares nothing with Node's.

import { spawnSync } from "node:child_process";
import path from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { moduleToC } from "#glim/cli/c/compile-to-c.js";
import { openSync } from "#glim/runtime/package/open.js";
import { isSame } from "../package/both-ways.ts";
import { interpreter } from "../package/compare-package.ts";
import { buildInterpreter, buildModels, canBuild, makeFolder, removeFolders } from "./native.ts";
import { callNatively, type Outcome } from "./native-calls.ts";
import {
  callAll,
  digitPrograms,
  graphPrograms,
  heapPrograms,
  mixedPrograms,
  operatorPackages,
  outcomesOf,
  type Program,
  scriptPrograms,
  torchscriptPrograms,
} from "./programs.ts";

const runs = Number(process.env.GLIM_RUNS ?? 3);
const compiledRuns = Number(process.env.GLIM_COMPILED ?? 1);
const seed = Number(process.env.GLIM_SEED ?? 1);
const hasWasmtime = spawnSync("python3", ["-c", "import wasmtime"]).status === 0;
const wasmtimeHost = path.join(import.meta.dirname, "wasmtime-host.py");
/** So many programs are in memory at a time. */
const together = 50;

afterAll(removeFolders);

const isShort = process.env.GLIM_RUNS === undefined;
let built: string | undefined;
/** The few of the normal tests run with sanitizers, which take less time to compile than -O2. */
const interpreterInC = (): string =>
  (built ??= buildInterpreter(makeFolder(), "call-models.c", isShort));

/** Expects the same outcomes, to the bit. */
function expectSame(where: string, program: Program, found: readonly Outcome[]): void {
  outcomesOf(program).forEach((wanted, i) => {
    if (isSame(found[i], wanted)) return;
    const [entry, args] = program.calls[i]!;
    // What differs, and then, as JSON has no -0, that something does.
    const about = `${program.name}, call ${i}, ${entry}(${args}) ${where}\n${program.text}`;
    expect(found[i], about).toEqual(wanted);
    expect.fail(`other bits: ${about}`);
  });
}

/** The programs, some at a time. */
async function* randomPrograms(count: number): AsyncGenerator<readonly Program[]> {
  const writers = { scriptPrograms, graphPrograms, mixedPrograms, heapPrograms };
  for (const write of Object.values(writers)) {
    for (let at = 0; at < count; at += together) {
      yield await write(seed + at, Math.min(together, count - at));
    }
  }
}

describe.skipIf(!canBuild)("native programs", { timeout: 0 }, () => {
  it(`of the interpreter, ${runs} random ones of each kind (seed ${seed})`, async () => {
    const callers = new Map([["in the interpreter as C", interpreterInC()]]);
    if (hasWasmtime) callers.set("in the interpreter under Wasmtime", wasmtimeHost);
    let count = 0;
    const compare = (programs: readonly Program[]): void => {
      for (const program of programs) {
        const opened = openSync(program.packed, interpreter);
        expectSame("in the interpreter", program, callAll(opened, program.calls));
      }
      const asked = programs.map((p) => ({ ...p, module: 0, data: p.packed }));
      for (const [where, host] of callers) {
        const answers = callNatively(host, asked);
        programs.forEach((program, i) => expectSame(where, program, answers[i]!));
      }
      count += programs.length;
    };
    compare([await torchscriptPrograms()]);
    if (hasWasmtime) compare([await digitPrograms()]);
    for await (const programs of randomPrograms(runs)) compare(programs);
    console.log(`${count} packages ran alike ${[...callers.keys()]}, seed ${seed}`);
    expect(count).toBeGreaterThan(2 * runs);
  });

  it("of the interpreter, every operator", () => {
    const models = operatorPackages(isShort ? 1 : runs);
    const answers = callNatively(interpreterInC(), models);
    const given = models.map(({ data, calls }) => callAll(openSync(data, interpreter), calls));
    models.forEach(({ name }, i) => {
      expect(
        given[i]!.every(({ failure }) => failure === undefined),
        name,
      ).toBe(true);
      expect(isSame(answers[i], given[i]), name).toBe(true);
    });
    expect(models.length).toBeGreaterThan(90);
  });

  it(`of their own, ${compiledRuns} random ones of each kind (seed ${seed})`, async () => {
    let count = 0;
    const compare = (programs: readonly Program[]): void => {
      const models = programs.map(({ wasm, signature }, i) => {
        const stem = `model${i}`;
        return {
          stem,
          files: moduleToC({ name: stem, wasm, signature, weights: undefined }, true),
        };
      });
      const caller = buildModels(makeFolder(), models);
      const data = new Uint8Array();
      const asked = programs.map((p, i) => ({ ...p, module: i, data }));
      const answers = callNatively(caller, asked);
      programs.forEach((program, i) => expectSame("as C", program, answers[i]!));
      count += programs.length;
    };
    const isLong = process.env.GLIM_COMPILED !== undefined;
    if (isLong) compare([await torchscriptPrograms()]);
    const few: Program[] = [];
    for await (const programs of randomPrograms(compiledRuns)) {
      if (isLong) compare(programs);
      else few.push(...programs);
    }
    if (!isLong) compare(few);
    console.log(`${count} programs of C ran alike, seed ${seed}`);
    expect(count).toBeGreaterThan(2 * compiledRuns - 1);
  });
});
