// A diagnostic is only useful with its exact place: every fixture states code and marked text.
//
// `// GLIM1101 "x"` above a line says that this code is reported at the text x in that line (or in one
// of the next lines before the following mark). Nothing else may be reported in the file.

import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type { Diagnostic } from "#glim/compiler/diagnostics/diagnostic.js";
import { placeOf } from "#glim/compiler/diagnostics/report.js";
import { fixtures, lowerFixture } from "./lower-model.ts";

interface Mark {
  readonly code: string;
  readonly text: string;
  readonly line: number;
}

function marksOf(source: string): readonly Mark[] {
  const lines = source.split("\n");
  const marks: Mark[] = [];
  for (const [i, line] of lines.entries()) {
    const found = /^\s*\/\/ (GLIM\d{4}) "(.*)"$/.exec(line);
    if (!found) continue;
    const [, code, text] = found;
    const at = lines.findIndex((l, j) => j > i && l.includes(text!));
    marks.push({ code: code!, text: text!, line: at + 1 });
  }
  return marks;
}

const asMark = (source: string, d: Diagnostic): Mark => {
  const { file, start, end } = d.span ?? { file: "", start: 0, end: 0 };
  const text = source.slice(start, end).split("\n")[0]!;
  return { code: d.code, text, line: placeOf(source, file, start).line };
};

const byLine = (a: Mark, b: Mark): number => a.line - b.line || (a.code < b.code ? -1 : 1);

describe.each(readdirSync(new URL("diagnostics/", fixtures)).filter((f) => f.endsWith(".ts")))(
  "%s",
  (name) => {
    test("reports exactly what is marked", async () => {
      const source = readFileSync(new URL(`diagnostics/${name}`, fixtures), "utf8");
      const { diagnostics, module } = await lowerFixture(`diagnostics/${name}`);
      expect(module).toBeUndefined();
      const found = diagnostics.map((d) => asMark(source, d)).toSorted(byLine);
      expect(found).toEqual(marksOf(source).toSorted(byLine));
      for (const d of diagnostics) expect(d.message.includes("\n")).toBe(false);
    });
  },
);
