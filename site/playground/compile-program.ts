/** From a program's text to all that the page shows of it. */

import { entryPoints, loadedEnvironment } from "../../dist/cli/environment.js";
import { eagerEvaluator } from "../../dist/cli/model/evaluator.js";
import { compileModule } from "../../dist/compiler/compile.js";
import type { Diagnostic } from "../../dist/compiler/diagnostics/diagnostic.js";
import { placeOf } from "../../dist/compiler/diagnostics/report.js";
import { lowerProgram } from "../../dist/compiler/frontend/lower-program.js";
import {
  createSourceProgram,
  ParsedFiles,
  type SourceProgram,
} from "../../dist/compiler/frontend/program.js";
import type { Module } from "../../dist/compiler/graph/ir.js";
import { printGraph } from "../../dist/compiler/graph/text.js";
import { printLoop } from "../../dist/compiler/loop/text.js";
import { wasmText } from "../../dist/compiler/wasm/print-wat.js";
import { loadSync } from "../../dist/runtime/load.js";
import { type LoadedProgram, runProgram } from "./load-program.ts";
import type { Answer, Problem, Request } from "./messages.ts";
import { runEntry } from "./run-entries.ts";
import { programFile, type VirtualFiles } from "./virtual-files.ts";

export class Playground {
  readonly #files: VirtualFiles;
  readonly #heap: Uint8Array;
  readonly #parsed = new ParsedFiles();

  /** `heap` is the library of modules with texts, lists, records or maps. */
  constructor(files: VirtualFiles, heap: Uint8Array) {
    this.#files = files;
    this.#heap = heap;
  }

  async answer(request: Request): Promise<Answer> {
    const { source } = request;
    this.#files.program = source;
    const program = createSourceProgram({
      roots: [programFile],
      glimTypes: "/glim/dist/stdlib/index.d.ts",
      libraryFolders: ["/glim/stdlib/", "/glim/dist/stdlib/", "/glim/dist/runtime/"],
      parsed: this.#parsed,
      host: this.#files.host,
    });
    let loaded: LoadedProgram;
    try {
      loaded = await runProgram(source);
    } catch (error) {
      const thrown = { code: "", message: String(error), why: "", fix: "", span: undefined };
      // What threw is often what TypeScript would have refused.
      const types = program.typeErrors().map(problemOf);
      return { problems: types.length > 0 ? types : [thrown], printed: [] };
    }
    const { printed } = loaded;
    const { module, diagnostics } = this.#lower(program, loaded);
    if (module === undefined) return { problems: diagnostics.map(problemOf), printed };
    return { problems: [], printed, compiled: await this.#compile(module, loaded, request) };
  }

  #lower(program: SourceProgram, { exports }: LoadedProgram) {
    return lowerProgram({
      name: "program",
      file: "program.ts",
      program,
      entries: entryPoints(exports),
      environment: loadedEnvironment(),
    });
  }

  async #compile(module: Module, { exports }: LoadedProgram, { source, args }: Request) {
    const start = performance.now();
    const {
      wasm,
      signature,
      module: last,
      lowered,
    } = await compileModule(module, {
      version: "playground",
      source: "program.ts",
      evaluator: eagerEvaluator,
      heap: this.#heap,
      names: true,
      locate: (span) =>
        span.file === programFile ? placeOf(source, "program.ts", span.start) : undefined,
    });
    const ms = performance.now() - start;
    const model = loadSync(new WebAssembly.Module(wasm as BufferSource));
    return {
      source: printGraph(module),
      graph: printGraph(last),
      loops: printLoop(lowered.module),
      wat: await wasmText(wasm),
      bytes: wasm.length,
      ms,
      entries: signature.entries.map((entry) =>
        runEntry(model, { signature: entry, eager: exports[entry.name], args: args[entry.name] }),
      ),
    };
  }
}

/** What a library function is to blame for is shown where the program called it. */
function problemOf({ code, message, why, fix, span, reached }: Diagnostic): Problem {
  const own = [span, ...reached.map((r) => r.span)].find((s) => s?.file === programFile);
  return { code, message, why, fix, span: own && { start: own.start, end: own.end } };
}
