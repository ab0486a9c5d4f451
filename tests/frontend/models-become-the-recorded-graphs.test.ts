// The graph is what all later passes see: a change of it shows in the recorded text. `npm run bless`
// with GLIM_BLESS=1 rewrites the records.

import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { printGraph } from "#glim/compiler/graph/text.js";
import { fixtures, lawful, lowerFixture } from "./lower-model.ts";

test.each(["mlp", "modules", "state"])("%s", async (name) => {
  const module = lawful(await lowerFixture(`models/${name}.ts`));
  const record = new URL(`models/${name}.graph.txt`, fixtures);
  const text = printGraph(module);
  if (process.env.GLIM_BLESS === "1" || !existsSync(record)) writeFileSync(record, text);
  expect(text).toBe(readFileSync(record, "utf8"));
});
