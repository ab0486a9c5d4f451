// A table in the source is a table, however long: the way back to its lines must not take longer for each number.

import { expect, it } from "vitest";
import { SourceEditor } from "#glim/cli/loader/edited-source.js";

it("maps half a million tokens of one line within seconds", { timeout: 60_000 }, () => {
  const numbers = Array.from({ length: 250_000 }, (_, i) => i * 1.5);
  const editor = new SourceEditor(`const table = [${numbers.join(",")}];`);
  editor.insert(0, "/* tag */ ");
  const begin = performance.now();
  const { mappings } = JSON.parse(editor.finish().sourceMap("table.ts"));
  // It took minutes where each entry read what was written so far.
  expect(performance.now() - begin).toBeLessThan(20_000);
  expect(mappings.split(",").length).toBeGreaterThan(500_000);
});
