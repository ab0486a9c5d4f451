/** A profile as a table for people. */

import type { KernelDescription } from "../../compiler/package/describe-kernels.ts";
import type { SourcePlace } from "../../compiler/package/signature.ts";
import type { KernelRates, Profile } from "./kernel-rates.ts";

const heads = ["ms", "share", "calls", "GFLOP/s", "GB/s", "ceiling"] as const;
const width = 9;

export function printProfile(file: string, profile: Profile, shown: number): string {
  const { kernels, ceilings, milliseconds, outsideKernels, sizes } = profile;
  const at = Object.entries(sizes).map(([name, n]) => `${name} = ${n}`);
  const left = kernels.slice(shown);
  const rest = left.reduce((sum, k) => sum + k.milliseconds, 0);
  const reading = ceilings.reading.map(
    ({ bytes, rate }) => `${spell(rate / 1e9)} of ${size(bytes)}`,
  );
  return [
    `${file}: ${profile.entry}${at.length > 0 ? ` with ${at.join(", ")}` : ""} takes ${spell(milliseconds)} ms; lower quartiles of ${profile.runs} runs`,
    "",
    `${heads.map((h) => h.padStart(width)).join("")}  kernel`,
    ...kernels.slice(0, shown).flatMap(rowsOf),
    ...(left.length > 0 ? [line(rest, rest / milliseconds, `${left.length} others`)] : []),
    line(outsideKernels, outsideKernels / milliseconds, "outside of kernels"),
    "",
    `ceilings: ${spell(ceilings.operations / 1e9)} GFLOP/s; reading, in GB/s: ${reading.join(", ")}`,
  ].join("\n");
}

function rowsOf(r: KernelRates): string[] {
  const cells = [
    spell(r.milliseconds),
    percent(r.share),
    String(r.calls),
    r.operations > 0 ? spell(r.gflops) : "",
    spell(r.gigabytesPerSecond),
    percent(r.ceilingShare),
  ];
  const { kernel } = r;
  return [
    `${cells.map((c) => c.padStart(width)).join("")}  ${nameOf(kernel)} ${kernel.result}`,
    `${" ".repeat(heads.length * width)}  ${spellPlace(kernel.place)}${weightsOf(kernel)}`,
  ];
}

const line = (milliseconds: number, share: number, what: string): string =>
  `${spell(milliseconds).padStart(width)}${percent(share).padStart(width)}${" ".repeat((heads.length - 2) * width)}  ${what}`;

/** The names of weights tell apart what one line asks for. */
function weightsOf({ weights }: KernelDescription): string {
  return weights.length === 0 ? "" : `  ${weights.join(", ")}`;
}

/** The anchor and what is fused with it, without what repeats itself. */
export function nameOf({ anchor, operators }: KernelDescription): string {
  const others = [...new Set(operators)].filter((name) => name !== anchor);
  return [...(anchor === null ? [] : [anchor]), ...others].join(" + ");
}

export const spellPlace = (place: SourcePlace | null): string =>
  place === null ? "moves data" : `${place.file}:${place.line}:${place.column}`;

const percent = (share: number): string => `${(100 * share).toFixed(share < 0.1 ? 1 : 0)} %`;

export function spell(x: number): string {
  if (!Number.isFinite(x)) return "";
  return x >= 100 ? x.toFixed(0) : x >= 10 ? x.toFixed(1) : x >= 0.1 ? x.toFixed(2) : x.toFixed(4);
}

const size = (bytes: number): string =>
  bytes >= 2 ** 20 ? `${bytes / 2 ** 20} MiB` : `${bytes / 2 ** 10} KiB`;
