/** What was measured, as rows of a table and as data. */

import { median } from "./measure.mjs";

const width = 10;
const cell = (text, wide = width) => String(text).padStart(wide);
const digits = (x) =>
  x >= 100 ? x.toFixed(0) : x >= 10 ? x.toFixed(1) : x >= 1 ? x.toFixed(2) : x.toFixed(3);

export const heading = (peers) =>
  [
    "program".padEnd(14),
    ...["glim ms", "GFLOP/s", "GB/s"].map((h) => cell(h)),
    ...peers.flatMap((peer) => [cell(peer, 11), cell("ratio", 7)]),
    cell("to best", 9),
  ].join("");

/** The reference kernels are no peer. */
const isPeer = (name) => name !== "ceiling";

export function rowOf(name, program, results, peers) {
  const glim = results.get("glim");
  if (glim.reason) return { name, text: `${name.padEnd(14)} ${glim.reason}`, peers: {} };
  const ms = median(glim.times);
  const of = Object.fromEntries(peers.map((peer) => [peer, against(glim, results.get(peer))]));
  const ratios = Object.entries(of).filter(([peer, { ratio }]) => isPeer(peer) && ratio);
  const best = ratios.length === 0 ? undefined : Math.min(...ratios.map(([, { ratio }]) => ratio));
  const gflops = program.flops && program.flops / ms / 1e6;
  const gigabytes = program.bytes && program.bytes / ms / 1e6;
  const text = [
    name.padEnd(14),
    cell(digits(ms)),
    cell(gflops ? digits(gflops) : ""),
    cell(gigabytes ? digits(gigabytes) : ""),
    ...peers.flatMap((peer) => {
      const { ms: theirs, ratio } = of[peer];
      return ratio
        ? [cell(digits(theirs), 11), cell(ratio.toFixed(2), 7)]
        : [cell("–", 11), cell("", 7)];
    }),
    cell(best ? best.toFixed(2) : "", 9),
  ].join("");
  const { cold, first, peakMemory } = glim;
  return { name, text, ms, gflops, gigabytes, cold, first, peakMemory, peers: of, best };
}

/** A peer's time, its ratio to Glim's as the median of the rounds' ratios, and how far its result lies off. */
function against(glim, { reason, times = [], apart, cold, first, peakMemory }) {
  if (reason) return { reason };
  const ms = median(times);
  const ratio =
    times.length === glim.times.length
      ? median(times.map((t, i) => t / glim.times[i]))
      : ms / median(glim.times);
  return { ms, ratio, apart, cold, first, peakMemory };
}

/** Of the ratios to the best peer. */
export function geometricMean(measured) {
  const logs = measured.flatMap(({ best }) => (best ? [Math.log(best)] : []));
  return Math.exp(logs.reduce((a, b) => a + b, 0) / logs.length);
}

export function summaryOf(measured) {
  const known = measured.filter(({ best }) => best);
  if (known.length === 0) return "";
  const least = known.reduce((a, b) => (a.best < b.best ? a : b));
  return (
    `geometric mean of the ratios to the best peer: ${geometricMean(known).toFixed(2)}; ` +
    `the least: ${least.best.toFixed(2)} (${least.name})`
  );
}
