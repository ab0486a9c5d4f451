/** What a run that is measured takes: options that say it, and the arguments they make. */

import type { Command } from "commander";
import type { EntrySignature } from "../../compiler/package/signature.ts";
import type { GivenInputs } from "../artefact/entry-arguments.ts";
import { collectPairs, collectSizes, noPairs } from "./command.ts";

export interface MeasuredInputs extends GivenInputs {
  readonly size: ReadonlyMap<string, string>;
}

export const addInputOptions = (command: Command): Command =>
  command
    .option(
      "--size <name=size>",
      "a named size, as in B=64; the least one where it is not given (may be repeated)",
      collectSizes,
      noPairs,
    )
    .option(
      "--input <name=file>",
      "a tensor, as glim run takes it; made up where it is not given (may be repeated)",
      collectPairs,
      noPairs,
    )
    .option("--set <name=value>", "a number or boolean (may be repeated)", collectPairs, noPairs)
    .option(
      "--shape <name=sizes>",
      "the shape of an input (may be repeated)",
      collectPairs,
      noPairs,
    )
    .option("--dtype <name=dtype>", "of a raw file's elements", collectPairs, noPairs);

export interface EntryInputs {
  readonly args: readonly unknown[];
  /** What the named sizes are in such a run. */
  readonly sizes: ReadonlyMap<string, number>;
}

export async function inputsOf(
  entry: EntrySignature,
  options: MeasuredInputs,
): Promise<EntryInputs> {
  const { readArguments } = await import("../artefact/entry-arguments.ts");
  const { boundSizes, madeUpTensor, sizesOf } = await import("../artefact/made-up-inputs.ts");
  const given = new Map([...options.size].map(([size, n]) => [size, Number(n)]));
  const wanted = sizesOf(entry, given);
  const args = await readArguments(entry, options, (p) => madeUpTensor(p, wanted));
  return { args, sizes: boundSizes(entry, args, wanted) };
}
