/** What the commands' definitions share: how options are read, and how results are handed over. */

import { InvalidArgumentError, Option } from "commander";
import { Misuse } from "../terminal/failure.ts";

/** Tells the program the exit code of the command that ran. */
export type Done = (exitCode: number) => void;

export const jsonOption = ["--json", "print one JSON value to stdout"] as const;

/** For options that may be given several times. */
export const collect = (value: string, earlier: readonly string[]): readonly string[] => [
  ...earlier,
  value,
];

/** For options `NAME=VALUE` that may be given several times. */
export function collectPairs(
  text: string,
  earlier: ReadonlyMap<string, string>,
): ReadonlyMap<string, string> {
  const at = text.indexOf("=");
  if (at <= 0) throw new InvalidArgumentError("It is written NAME=VALUE.");
  const name = text.slice(0, at);
  if (earlier.has(name)) throw new InvalidArgumentError(`${name} is given twice.`);
  return new Map([...earlier, [name, text.slice(at + 1)]]);
}

export const noPairs: ReadonlyMap<string, string> = new Map();

export type Level = 0 | 1 | 2;

const levels: readonly Level[] = [0, 1, 2];

export const optimizeOption = (): Option =>
  new Option("--optimize <0|1|2>", "how much to rewrite; no level changes a result's bits")
    .argParser((text) => {
      const level = levels.find((n) => String(n) === text);
      if (level === undefined) throw new InvalidArgumentError("It is 0, 1 or 2.");
      return level;
    })
    .default(2);

/** Without these passes there is no module. */
const needed: readonly string[] = ["inline-calls", "fuse-kernels", "wrap-kernels"];

/** @throws Misuse for passes that do not exist or cannot be left out */
export async function checkPasses(names: readonly string[]): Promise<void> {
  if (names.length === 0) return;
  const { defaultPipeline, graphPasses, loopPasses } = await import("../../compiler/pipeline.ts");
  const passes = [...graphPasses(defaultPipeline), ...loopPasses(defaultPipeline)];
  const known = [...new Set(passes.map((p) => p.name))].filter((name) => !needed.includes(name));
  for (const name of names) {
    if (needed.includes(name)) throw new Misuse(`the pass ${name} cannot be left out`);
    if (!known.includes(name)) {
      throw new Misuse(`there is no pass ${name}; those that can be left out: ${known.join(", ")}`);
    }
  }
}

/** For options `NAME=SIZE` that may be given several times. */
export function collectSizes(
  text: string,
  earlier: ReadonlyMap<string, string>,
): ReadonlyMap<string, string> {
  if (!/=\d+$/.test(text)) throw new InvalidArgumentError("It is written NAME=SIZE, as in B=64.");
  return collectPairs(text, earlier);
}

export function wholeNumber(text: string): number {
  if (!/^[1-9]\d*$/.test(text)) throw new InvalidArgumentError("It is a whole number above 0.");
  return Number(text);
}

export const isTypeScript = (file: string): boolean => /\.[cm]?tsx?$/.test(file);

/** A line on the entry points that were not compiled, if there are any. */
export const spellLeftOut = (names: readonly string[]): readonly string[] =>
  names.length === 0 ? [] : [`left out, because it trains (--train keeps it): ${names.join(", ")}`];
