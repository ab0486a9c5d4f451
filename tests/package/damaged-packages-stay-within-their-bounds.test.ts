// Packages come from strangers: whatever the bytes, each is refused with a reason, runs, or stops, within the
// fuel and the memory that it was given. GLIM_RUNS=100000 runs longer, GLIM_SEED begins elsewhere, so that several
// processes can share a million.

import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { fateOf, mostMilliseconds } from "./fate-of-package.ts";
import { mutatePackage, wholePackages } from "./mutate-package.ts";

const runs = Number(process.env.GLIM_RUNS ?? 400);
const seed = Number(process.env.GLIM_SEED ?? 1);
/** After so many packages a long run tells how far it is. */
const reported = 10_000;

const packages = wholePackages();

it.each([
  ["gives a kind of value that its signature does not list", "stopped"],
  ["gives nothing for a value", "refused"],
])("one that %s", (name, fate) => {
  const file = `../fixtures/damaged-packages/${name.replaceAll(" ", "-")}.glim`;
  expect(fateOf(new Uint8Array(readFileSync(new URL(file, import.meta.url))))).toBe(fate);
});

it(`${runs} packages from seed ${seed} on`, { timeout: 0 }, () => {
  const fates = { refused: 0, ran: 0, stopped: 0, misused: 0 };
  const finds: string[] = [];
  for (let i = seed; i < seed + runs; i++) {
    const bytes = mutatePackage(packages, i);
    const start = process.cpuUsage();
    try {
      fates[fateOf(bytes)]++;
    } catch (error) {
      finds.push(`${i}: ${error}`);
    }
    const { user, system } = process.cpuUsage(start);
    const spent = (user + system) / 1000;
    if (spent > mostMilliseconds) finds.push(`${i}: took ${Math.round(spent)} ms`);
    if ((i - seed + 1) % reported === 0 || i === seed + runs - 1) {
      console.log(`to ${i}:`, fates, finds.length, finds.slice(0, 20));
    }
  }
  expect(finds).toEqual([]);
  expect(fates.refused).toBeGreaterThan(0);
  expect(fates.ran).toBeGreaterThan(0);
});
