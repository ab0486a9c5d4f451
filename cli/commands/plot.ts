/** `glim plot RUN…`: draws the curves of training runs. */

import path from "node:path";
import { type Command, InvalidArgumentError } from "commander";
import { Misuse } from "../terminal/failure.ts";
import { runCommand } from "../terminal/run-command.ts";
import { shownPath } from "../terminal/shown-path.ts";
import type { Terminal } from "../terminal/terminal.ts";
import { type Done, jsonOption } from "./command.ts";

interface PlotOptions {
  readonly output?: string;
  readonly x: string;
  readonly y?: readonly string[];
  readonly log?: boolean;
  readonly json?: boolean;
}

export function addPlot(program: Command, done: Done): void {
  program
    .command("plot")
    .description("draw the curves of training runs as an SVG or HTML file")
    .argument("<run...>", "run logs: .jsonl files with a step and metrics in each line")
    .option("-o, --output <file>", "a .svg or .html file; by default beside the first run, as .svg")
    .option("-x <name>", "what the curves run along", "step")
    .option("-y <names>", "the metrics to draw, with commas between; all without", metricNames)
    .option("--log", "draw by logarithms")
    .option(...jsonOption)
    .action(async (files: readonly string[], options: PlotOptions) =>
      done(await runCommand(options.json ?? false, (t) => plot(files, options, t))),
    );
}

function metricNames(text: string): readonly string[] {
  const names = text.split(",").map((name) => name.trim());
  if (names.includes("")) throw new InvalidArgumentError("It is written NAME,NAME.");
  return names;
}

async function plot(
  files: readonly string[],
  options: PlotOptions,
  terminal: Terminal,
): Promise<void> {
  const { readRun } = await import("../plot/read-run.ts");
  const { drawChart, metricsOf } = await import("../plot/draw-chart.ts");
  const { chartPage } = await import("../plot/chart-page.ts");
  const { writeTogether } = await import("../terminal/write-together.ts");
  const { x, y, log = false } = options;
  const output = path.resolve(options.output ?? `${files[0]!.replace(/\.jsonl$/, "")}.svg`);
  if (!/\.(svg|html)$/.test(output)) throw new Misuse("the output must be a .svg or .html file");
  const runs = files.map((file) => readRun(file, x));
  const known = metricsOf(runs);
  const unknown = y?.find((name) => !known.includes(name));
  if (known.length === 0) throw new Misuse(`${shownPath(files[0]!)} has no numbers to draw`);
  if (unknown !== undefined) {
    throw new Misuse(`there is no metric ${unknown}; there are ${known.join(", ")}`);
  }
  const chart = drawChart(runs, { x, log, ...(y && { metrics: y }) });
  writeTogether(new Map([[output, output.endsWith(".svg") ? chart.svg : chartPage(chart)]]));
  terminal.print(`${shownPath(output)}: ${chart.metrics.join(", ")}`);
  terminal.printJson({ ok: true, file: output, metrics: chart.metrics });
}
