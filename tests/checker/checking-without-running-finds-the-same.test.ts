// Editors must not run what someone has just opened, and must not say other things than the compiler does:
// every example of the documentation gives the same report when it is only looked at.

import path from "node:path";
import { describe, expect, test } from "vitest";
import { ModelChecker } from "#glim/cli/checker/check-model.js";
import { reportText } from "#glim/compiler/diagnostics/report.js";
import { DiagnosticPage, explained } from "../diagnostics/diagnostic-page.ts";

const checker = new ModelChecker();

function reportOf(program: string): string {
  const file = path.resolve("/models/model.ts");
  const { diagnostics } = checker.check(file, {
    edited: (name) => (name === file ? program : undefined),
    typeErrors: true,
  });
  return reportText(diagnostics, {
    sourceOf: (name) => (name === file ? program : undefined),
    nameOf: (name) => path.basename(name),
    color: false,
  });
}

const pages = explained
  .map((code) => new DiagnosticPage(code))
  .filter((page) => page.kind === "programs");

describe.each(pages.map((page) => [page.code, page] as const))("%s", (_, page) => {
  const [failing, report, fixed] = page.blocks;

  test("is reported where the page says", () => {
    expect(reportOf(failing!.text)).toBe(report!.text.trimEnd());
  });

  test("is not reported when it is fixed", () => {
    expect(reportOf(fixed!.text)).toBe("");
  });
});
