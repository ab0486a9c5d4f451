/** Owns how the gradients of a sample become a program of their own, to compile and to run eagerly. */

import { type Program, programOf } from "./mapping.ts";
import { mappings } from "./mappings.ts";
import { compute, toTensor } from "./run-eagerly.ts";
import type { Sample } from "./samples.ts";

/**
 * A program that gives the gradient by each argument that has one: of the sum of all outputs times their
 * cotangents, which is what the reference differentiates.
 */
export function gradientProgramOf(sample: Sample): Program {
  const { inputs, expression } = programOf(sample, mappings[sample.op]!);
  const paths = tensorPaths(compute({ inputs, expression }, inputs.map(toTensor)), "out");
  const given = sample.cotangents.flatMap((cotangent, i) => {
    const path = paths[i];
    return cotangent === undefined || path?.dtype !== "f32" ? [] : [{ cotangent, ...path }];
  });
  const terms = given.map(({ path }, i) => `${path}.mul(x${inputs.length + i}).sum()`);
  const sum = terms.slice(1).reduce((text, term) => `${text}.add(${term})`, terms[0] ?? "");
  const gradients = sample.gradients.map(([argument]) => {
    const place = inputs.indexOf(argument);
    if (place < 0) throw new Error("an argument is no input of the call");
    const call = expression.replaceAll(new RegExp(`\\bx${place}\\b`, "g"), "variable");
    return `grad((variable: AnyTensor<"f32">) => { const out = ${call}; return ${sum}; })(x${place})`;
  });
  const all = [...inputs, ...given.map(({ cotangent }) => cotangent)];
  return { inputs: all, expression: `[${gradients.join(", ")}]` };
}

interface Path {
  readonly path: string;
  readonly dtype: string;
}

/** How a program reaches each tensor of a result, in the order of lists and of fields. */
function tensorPaths(v: unknown, path: string): readonly Path[] {
  if (typeof v !== "object" || v === null) return [];
  if ("toTypedArray" in v && "dtype" in v) return [{ path, dtype: String(v.dtype) }];
  if (Array.isArray(v)) return v.flatMap((x, i) => tensorPaths(x, `${path}[${i}]!`));
  return Object.entries(v).flatMap(([key, x]) => tensorPaths(x, `${path}.${key}`));
}
