// A model that is moved from PyTorch must learn as it did: the gradients of PyTorch's own samples.

import { readFileSync, writeFileSync } from "node:fs";
import { type AnyTensor, type Tensor, tensor } from "glim";
import { describe, expect, it } from "vitest";
import { differentiate } from "#glim/runtime/eager/differentiate.js";
import { isNear, sameBits } from "./compare.ts";
import { gradientProgramOf } from "./gradient-program.ts";
import { type Program, programOf } from "./mapping.ts";
import { mappings } from "./mappings.ts";
import { outOfScope } from "./out-of-scope.ts";
import { runCompiled } from "./run-compiled.ts";
import { compute, type Leaf, runEagerly, tensorsOf, toTensor } from "./run-eagerly.ts";
import { readSamples, type Sample } from "./samples.ts";

const samples = readSamples()?.filter(
  (s) => s.gradients.length > 0 && outOfScope[s.op] === undefined,
);
const file = new URL("expected-gradients.json", import.meta.url);
const bounds = { rtol: 1e-3, atol: 1e-5 };

/** What is wrong, or undefined. */
function failureOf(sample: Sample): string | undefined {
  const program = programOf(sample, mappings[sample.op]!);
  const inputs = program.inputs.map(toTensor);
  const places = sample.gradients.map(([argument]) => program.inputs.indexOf(argument));
  if (places.includes(-1)) return "an argument is no input of the call";
  const own = places.map((place) => inputs[place] as Tensor);
  const { grads } = differentiate(
    (...variables) => weighted(sample, tensorsOf(compute(program, put(inputs, places, variables)))),
    own,
    [],
    undefined,
  );
  for (const [i, [, wanted]] of sample.gradients.entries()) {
    const found = grads[i]!.toTypedArray();
    const at = Array.from(wanted.data).findIndex((v, j) => !isNear(found[j]!, v, bounds));
    if (at >= 0) return `gradient ${i} has ${found[at]} at ${at} in place of ${wanted.data[at]}`;
  }
  return undefined;
}

function put(
  inputs: readonly AnyTensor[],
  places: readonly number[],
  variables: readonly Tensor[],
): readonly AnyTensor[] {
  const all = [...inputs];
  places.forEach((place, i) => {
    all[place] = variables[i]!;
  });
  return all;
}

/** The sum of all outputs times their cotangents, which is what the reference differentiates. */
function weighted({ cotangents }: Sample, outputs: readonly AnyTensor[]): Tensor {
  let sum: Tensor = tensor(0);
  cotangents.forEach((cotangent, i) => {
    const output = outputs[i];
    if (cotangent === undefined || output?.dtype !== "f32") return;
    sum = sum.add((output as Tensor).mul(toTensor(cotangent)).sum()) as Tensor;
  });
  return sum;
}

describe.skipIf(samples === undefined)("gradients of PyTorch's samples", () => {
  it("pass as before, or more of them", () => {
    const passed: Record<string, number> = {};
    const failures: string[] = [];
    for (const sample of samples!) {
      let why: string | undefined;
      try {
        why = failureOf(sample);
      } catch (error) {
        why = error instanceof Error ? error.message.split("\n")[0] : String(error);
      }
      if (why === undefined) passed[sample.op] = (passed[sample.op] ?? 0) + 1;
      else failures.push(`${sample.op}#${sample.index}: ${why}`);
    }
    const share = 1 - failures.length / samples!.length;
    console.log(`${samples!.length} samples with gradients: ${(100 * share).toFixed(1)} % pass`);
    if (process.env.GLIM_REPORT) writeFileSync(process.env.GLIM_REPORT, failures.join("\n"));
    const expected: Readonly<Record<string, number>> = JSON.parse(readFileSync(file, "utf8"));
    if (process.env.GLIM_BLESS !== undefined) {
      const ops = new Set([...Object.keys(passed), ...Object.keys(expected)]);
      // The floor only rises.
      const floor = [...ops]
        .sort()
        .map((op) => [op, Math.max(passed[op] ?? 0, expected[op] ?? 0)] as const);
      writeFileSync(file, `${JSON.stringify(Object.fromEntries(floor), null, 2)}\n`);
    }
    const isWorse = (op: string): boolean => (passed[op] ?? 0) < expected[op]!;
    const worse = new Set(Object.keys(expected).filter(isWorse));
    expect(failures.filter((f) => worse.has(f.split("#")[0]!))).toEqual([]);
  }, 600_000);

  // All of them: GLIM_SAMPLES=all npx vitest run --config tests/vitest.config.ts tests/conformance/gradients
  it("compiled, have the bits that they have eagerly", async () => {
    const stride = process.env.GLIM_SAMPLES === "all" ? 1 : 15;
    const trials = samples!.filter((_, i) => i % stride === 0).flatMap(trialOf);
    const outcomes = await runCompiled(trials.map(({ program }) => program));
    const failures = trials.flatMap(({ name, leaves }, i) => {
      const outcome = outcomes[i]!;
      if (typeof outcome === "string") return [`${name}: ${outcome}`];
      return sameBits(leaves, outcome) ? [] : [`${name}: compiled code gives other bits`];
    });
    console.log(`${trials.length} gradients of samples compiled: ${failures.length} fail`);
    if (process.env.GLIM_REPORT) {
      writeFileSync(`${process.env.GLIM_REPORT}.compiled`, failures.join("\n"));
    }
    expect(failures).toEqual([]);
  }, 600_000);
});

interface Trial {
  readonly name: string;
  readonly program: Program;
  readonly leaves: readonly Leaf[];
}

/** What a sample gives eagerly; nothing where that fails, which the test of eager gradients counts. */
function trialOf(sample: Sample): readonly Trial[] {
  try {
    const program = gradientProgramOf(sample);
    return [{ name: `${sample.op}#${sample.index}`, program, leaves: runEagerly(program) }];
  } catch {
    return [];
  }
}
