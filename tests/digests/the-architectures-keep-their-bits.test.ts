// The promise is for people's models, not for two small ones: every sample gives the digest of the table eagerly and
// compiled, on each engine that runs this file, and in a browser. GLIM_BLESS=1 writes the table.

import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { cases } from "./cases.ts";
import { digestEagerly, expectDigest } from "./three-ways.ts";

const samples = path.resolve(import.meta.dirname, "../../samples");
const table = path.resolve(import.meta.dirname, "architectures.json");
const digests: Record<string, string> = JSON.parse(readFileSync(table, "utf8"));
const isBlessed = process.env.GLIM_BLESS === "1";
afterAll(() => {
  if (isBlessed) writeFileSync(table, `${JSON.stringify(digests, null, 2)}\n`);
});

it("no sample is left out", () => {
  // What the page shows has a table of its own, which tests/samples and tests/hosts compare.
  const due = readdirSync(samples, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && entry.name !== "web")
    .map((entry) => entry.name);
  const texts = cases.map(([, { file }]) => readFileSync(file, "utf8")).join();
  expect(due.filter((folder) => !texts.includes(`/samples/${folder}/`))).toEqual([]);
});

describe.each(cases)("%s", (name, { file, calls, isLarge }) => {
  it("gives its digest eagerly", async () => {
    const digest = await digestEagerly(file, calls);
    if (isBlessed) digests[name] = digest;
    expect(digest).toBe(digests[name]);
  });

  // GLIM_LARGE=1 asks for the larger ones, too: some minutes.
  it.skipIf(isLarge && process.env.GLIM_LARGE !== "1")(
    "gives its digest compiled, and in a browser",
    { timeout: 300_000 },
    () => expectDigest(file, calls, digests[name]!),
  );
});
