/** Compiles a graph module and loads it as a host does; gives what the heap holds, too. */

import { readHeap } from "#glim/cli/heap-library.js";
import type { Module } from "#glim/compiler/graph/ir.js";
import { parseGraph, printGraph } from "#glim/compiler/graph/text.js";
import { verifyGraph } from "#glim/compiler/graph/verify.js";
import { heapLinks } from "#glim/compiler/loop/heap.js";
import { verifyLoop } from "#glim/compiler/loop/verify.js";
import { lowerModule } from "#glim/compiler/lower/lower-module.js";
import {
  describeModule,
  type ModuleSignature,
  signatureSection,
} from "#glim/compiler/package/signature.js";
import {
  defaultPipeline,
  graphPasses,
  type PipelineOptions,
  runLoopPasses,
} from "#glim/compiler/pipeline.js";
import { emitModule } from "#glim/compiler/wasm/emit-module.js";
import { loadSync, type Model } from "#glim/runtime/load.js";
import { trapOnFreed } from "./trap-on-freed.ts";

export interface LoadedGraph {
  readonly model: Model;
  readonly module: WebAssembly.Module;
  /** Bytes in live blocks of the heap. */
  readonly used: () => number;
  readonly memory: () => WebAssembly.Memory;
}

const demand = (what: string, faults: readonly string[], m: Module): void => {
  if (faults.length > 0) throw new Error(`${what}:\n${faults.join("\n")}\n${printGraph(m)}`);
};

export async function compileHeapGraph(
  m: Module,
  options: Partial<PipelineOptions> = {},
): Promise<WebAssembly.Module> {
  const pipeline = { ...defaultPipeline, ...options };
  demand("unlawful", verifyGraph(m), m);
  let module = m;
  for (const pass of graphPasses(pipeline)) {
    module = pass.run(module, { evaluator: undefined });
    demand(`unlawful after ${pass.name}`, verifyGraph(module), module);
  }
  const lowered = lowerModule(module);
  demand("unlawful loops", verifyLoop(lowered.module), module);
  const loops = trapOnFreed(runLoopPasses(lowered.module, pipeline));
  demand("unlawful loops after the passes", verifyLoop(loops), module);
  const links = heapLinks(loops.funcs, new Map([["used_bytes", "heap.usedBytes"]]));
  const signature = describeModule({
    module,
    lowered: { ...lowered, module: loops },
    compiler: "0.0.0",
    locate: () => undefined,
  });
  const bytes = await emitModule(
    { ...loops, links },
    { library: readHeap(), names: true, customSections: [signatureSection(signature)] },
  );
  return new WebAssembly.Module(bytes);
}

/** What the compiled graph would say of itself. */
export function describeGraph(text: string): ModuleSignature {
  const module = parseGraph(text);
  const lowered = lowerModule(module);
  return describeModule({ module, lowered, compiler: "0.0.0", locate: () => undefined });
}

/** The instance's own exports, which a loaded model does not show. */
export async function loadGraph(
  text: string,
  options: Partial<PipelineOptions> = {},
): Promise<LoadedGraph> {
  return loadHeapModule(await compileHeapGraph(parseGraph(text), options));
}

export function loadHeapModule(module: WebAssembly.Module): LoadedGraph {
  let exports: WebAssembly.Exports = {};
  const Instance = WebAssembly.Instance;
  try {
    WebAssembly.Instance = class extends Instance {
      constructor(of: WebAssembly.Module) {
        super(of);
        exports = this.exports;
      }
    };
    const model = loadSync(module);
    return {
      model,
      module,
      used: () => (exports.used_bytes as () => number)(),
      memory: () => exports.memory as WebAssembly.Memory,
    };
  } finally {
    WebAssembly.Instance = Instance;
  }
}
