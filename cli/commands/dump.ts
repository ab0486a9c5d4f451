/** `glim dump FILE`: prints a model as the compiler sees it, after passes, as loops, in memory. */

import type { Command } from "commander";
import type { LoopModule } from "../../compiler/loop/ir.ts";
import type { Stage } from "../../compiler/pipeline.ts";
import { Misuse } from "../terminal/failure.ts";
import { runCommand } from "../terminal/run-command.ts";
import type { Terminal } from "../terminal/terminal.ts";
import {
  checkPasses,
  collect,
  type Done,
  jsonOption,
  type Level,
  optimizeOption,
} from "./command.ts";

interface DumpOptions {
  readonly after?: string;
  readonly entry: readonly string[];
  readonly loops?: boolean;
  readonly plan?: boolean;
  readonly optimize: Level;
  readonly fusion: boolean;
  readonly skip: readonly string[];
  readonly json?: boolean;
}

export function addDump(program: Command, done: Done): void {
  program
    .command("dump")
    .description("print a model as the compiler sees it")
    .argument("<file>", "a TypeScript file that exports entry points")
    .option("--after <pass>", "the graph after a pass; `source` for the first one, `all` for each")
    .option("--loops", "the loops that the last graph becomes; without the contents of large data")
    .option("--plan", "where the tensors lie in memory")
    .option("--entry <name>", "only this entry point (may be repeated)", collect, [])
    .addOption(optimizeOption())
    .option("--no-fusion", "make each operator a kernel by itself")
    .option("--skip <pass>", "leave out a pass (may be repeated)", collect, [])
    .option(...jsonOption)
    .action(async (file: string, options: DumpOptions) =>
      done(await runCommand(options.json ?? false, (t) => dump(file, options, t))),
    );
}

/** One printed state of the program. */
interface Dump {
  readonly what: string;
  readonly text: string;
}

async function dump(file: string, options: DumpOptions, terminal: Terminal): Promise<void> {
  await checkPasses(options.skip);
  terminal.progress(`compiling ${file}`);
  const { compileFile } = await import("../compiler.ts");
  const stages: Stage[] = [];
  const { entry, optimize, fusion, skip } = options;
  const compiled = await compileFile(file, {
    train: true,
    entries: entry,
    optimize,
    fusion,
    skip,
    watch: (stage) => stages.push(stage),
  });
  const dumps: Dump[] = [];
  const wantsGraph = options.after !== undefined || !(options.loops || options.plan);
  if (wantsGraph) dumps.push(...(await graphs(stages, options.after)));
  if (options.plan) {
    const { planMemory, printPlan } = await import("../../compiler/lower/plan-memory.ts");
    for (const func of compiled.module.funcs.filter((f) => f.entry)) {
      dumps.push({ what: `memory of ${func.name}`, text: printPlan(func, planMemory(func)) });
    }
  }
  if (options.loops) {
    const { printLoop } = await import("../../compiler/loop/text.ts");
    dumps.push({ what: "loops", text: printLoop(withoutLargeData(compiled.lowered.module)) });
  }
  const isOne = dumps.length === 1;
  terminal.print(
    dumps.map((d) => (isOne ? d.text : `; ${d.what}\n${d.text}`).trimEnd()).join("\n\n"),
  );
  terminal.printJson({ ok: true, dumps });
}

async function graphs(stages: readonly Stage[], after: string | undefined): Promise<Dump[]> {
  const { printGraph } = await import("../../compiler/graph/text.ts");
  const names = [...new Set(stages.map((s) => s.pass))];
  if (after !== undefined && after !== "all" && !names.includes(after)) {
    throw new Misuse(`--after ${after}: no such pass ran; those that did: ${names.join(", ")}`);
  }
  const shown =
    after === undefined
      ? stages.slice(-1)
      : stages.filter((s) => after === "all" || s.pass === after);
  return shown.map(({ pass, module }) => ({ what: `after ${pass}`, text: printGraph(module) }));
}

/** Weights are not for reading: data of more bytes is printed as if it were zero. */
const shownData = 64;

const withoutLargeData = (m: LoopModule): LoopModule => ({
  ...m,
  data: m.data.map((d) =>
    d.bytes !== undefined && d.bytes.length > shownData ? { ...d, bytes: undefined } : d,
  ),
});
