/** Runs every sample eagerly and compiled, and says for each operator what passed. */

import { difference, sameBits } from "./compare.ts";
import { type Mapping, type Program, programOf } from "./mapping.ts";
import { mappings } from "./mappings.ts";
import { outOfScope } from "./out-of-scope.ts";
import { runCompiled } from "./run-compiled.ts";
import { type Leaf, runEagerly } from "./run-eagerly.ts";
import type { Sample } from "./samples.ts";

export interface Report {
  readonly op: string;
  readonly samples: number;
  /** Samples whose eager result agrees with the reference. */
  eager: number;
  /** Of these, samples whose compiled result has the same bits. */
  passed: number;
  readonly failures: string[];
}

interface Trial {
  readonly report: Report;
  readonly name: string;
  readonly program: Program;
  readonly leaves: readonly Leaf[];
}

export async function conform(samples: readonly Sample[]): Promise<readonly Report[]> {
  const reports = new Map<string, Report>();
  for (const { op } of samples) {
    const count = samples.filter((s) => s.op === op).length;
    if (outOfScope[op] === undefined && !reports.has(op)) {
      reports.set(op, { op, samples: count, eager: 0, passed: 0, failures: [] });
    }
  }
  const trials = samples.flatMap((sample) => {
    const report = reports.get(sample.op);
    const trial = report === undefined ? undefined : tryEagerly(sample, report);
    return trial === undefined ? [] : [trial];
  });
  const outcomes = await runCompiled(trials.map((t) => t.program));
  trials.forEach(({ report, name, program, leaves }, i) => {
    const outcome = outcomes[i]!;
    const why =
      typeof outcome === "string"
        ? outcome
        : sameBits(leaves, outcome)
          ? undefined
          : "compiled code gives other bits";
    if (why === undefined) report.passed++;
    else report.failures.push(`${name} ${program.expression}: compiled: ${why}`);
  });
  return [...reports.values()];
}

function tryEagerly(sample: Sample, report: Report): Trial | undefined {
  const name = `${sample.op}#${sample.index}`;
  const mapping: Mapping | undefined = mappings[sample.op];
  if (mapping === undefined) {
    report.failures.push(`${name}: no mapping`);
    return undefined;
  }
  const program = programOf(sample, mapping);
  try {
    const leaves = runEagerly(program);
    const why = difference(leaves, sample.out, mapping);
    if (why === undefined) {
      report.eager++;
      return { report, name, program, leaves };
    }
    report.failures.push(`${name} ${program.expression}: ${why}`);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    report.failures.push(`${name} ${program.expression}: ${message.split("\n")[0]}`);
  }
  return undefined;
}
