/** Owns what `glim inspect --kernels` says: each kernel of a module, how it runs, and who asked for it. */

import type { KernelDescription } from "../../compiler/package/describe-kernels.ts";
import type { FunctionSize } from "../../compiler/wasm/read-sections.ts";
import { nameOf, spellPlace } from "../profile/print-profile.ts";
import { spellBytes } from "./describe-artefact.ts";

export interface KernelInspection extends KernelDescription {
  /** Bytes of the code of its functions; kernels of one kind share them. */
  readonly code: number;
}

export function inspectKernels(
  kernels: readonly KernelDescription[],
  functions: readonly FunctionSize[],
): readonly KernelInspection[] {
  const sizes = new Map(functions.map((f) => [f.name, f.size]));
  return kernels.map((kernel) => ({
    ...kernel,
    code: kernel.functions.reduce((sum, name) => sum + (sizes.get(name) ?? 0), 0),
  }));
}

export function printKernels(file: string, kernels: readonly KernelInspection[]): string {
  const code = new Map(kernels.map((k) => [k.functions[0], k.code]));
  const total = [...code.values()].reduce((a, b) => a + b, 0);
  return [
    `${file}: ${kernels.length} kernels, of ${code.size} kinds, ${spellBytes(total)} of code`,
    ...kernels.flatMap((k, i) => ["", ...linesOf(k, i)]),
  ].join("\n");
}

function linesOf(k: KernelInspection, number: number): string[] {
  const field = (name: string, text: string): string[] =>
    text === "" ? [] : [`    ${name.padEnd(9)} ${text}`];
  return [
    `${String(number).padStart(3)} ${nameOf(k)}  ${spellPlace(k.place)}`,
    ...field("reads", k.operands.join(", ")),
    ...field("weights", k.weights.join(", ")),
    ...field("gives", k.result),
    ...field("loops", k.loops),
    ...field("tiles", k.tiles.join(", ")),
    ...field("code", `${spellBytes(k.code)} in ${k.functions[0]}`),
    ...field("work", `${spell(k.operations)} operations, ${spell(k.bytes)} bytes`),
  ];
}

const spell = (size: number | string): string =>
  typeof size === "number" ? size.toLocaleString("en-US") : size;
