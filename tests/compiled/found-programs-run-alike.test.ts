// Programs that once gave other bits, or did not compile: each find of the random tester stays here.

import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, it } from "vitest";
import { parseGraph } from "#glim/compiler/graph/text.js";
import { expectAlike } from "./compare-program.ts";
import { plainGraph } from "./plain-graph.ts";

const folder = resolve(import.meta.dirname, "../fixtures/programs");

describe("programs found by the random tester", () => {
  it.each(readdirSync(folder))("%s", async (file) => {
    const text = readFileSync(join(folder, file), "utf8");
    await expectAlike(plainGraph(parseGraph(text)));
  });
});
