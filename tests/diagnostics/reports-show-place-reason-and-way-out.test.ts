// What a user sees of a mistake is this text; its columns, marks and call chains must be right.

import { expect, test } from "vitest";
import { at, tidyDiagnostics } from "#glim/compiler/diagnostics/diagnostic.js";
import { placeOf, reportJson, reportText } from "#glim/compiler/diagnostics/report.js";

const source = `const a = 1;\n\tif (x) y = x.add(1);\nconst last = x`;
const file = "/models/model.ts";
const start = source.indexOf("x)");
const span = { file, start, end: start + 1 };

const message = {
  code: "GLIM1101",
  message: "`x` is a tensor",
  why: "Every object is true.",
  fix: "Use `.item()`,\nor `where`.",
};

const options = {
  sourceOf: (name: string) => (name === file ? source : undefined),
  nameOf: (name: string) => name.replace("/models/", ""),
};

const call = source.indexOf("x.add");
const diagnostic = at(
  span,
  message,
  [{ span: { file, start: call, end: call + 8 }, message: "also here" }],
  [{ call: "net.forward", span: { file, start: 0, end: 5 } }],
);

test("a frame has the line, marks below the place, the chain of calls, why and fix", () => {
  expect(reportText([diagnostic], { ...options, color: false })).toBe(
    [
      "error[GLIM1101]: `x` is a tensor",
      "  --> model.ts:2:6",
      "  |",
      "2 | \tif (x) y = x.add(1);",
      "  | \t    ^",
      "  --> model.ts:2:13",
      "  |",
      "2 | \tif (x) y = x.add(1);",
      "  | \t           -------- also here",
      "  = reached through net.forward at model.ts:1:1",
      "  why: Every object is true.",
      "  fix: Use `.item()`,",
      "       or `where`.",
    ].join("\n"),
  );
});

test("a place at the end of the file, or in a file that cannot be read, is still named", () => {
  const end = { file, start: source.length - 1, end: source.length };
  const other = { file: "/models/gone.ts", start: 10, end: 20 };
  const text = reportText([at(end, message), at(other, message), at(undefined, message)], {
    ...options,
    color: false,
  });
  expect(text).toContain("3 | const last = x\n  |              ^");
  expect(text).toContain("  --> gone.ts\n");
  expect(text.match(/error\[GLIM1101\]/g)).toHaveLength(3);
});

test("colour is given only when asked for", () => {
  expect(reportText([diagnostic], { ...options, color: false })).not.toContain("\u001b");
  expect(reportText([diagnostic], { ...options, color: true })).toContain("\u001b[1;31merror");
});

test("data has the same places as the text", () => {
  const [json] = reportJson([diagnostic], options);
  expect(json).toMatchObject({
    code: "GLIM1101",
    at: { file: "model.ts", line: 2, column: 6, endLine: 2, endColumn: 7 },
    related: [{ line: 2, column: 13, message: "also here" }],
    reached: [{ call: "net.forward", line: 1, column: 1 }],
  });
  expect(JSON.parse(JSON.stringify(reportJson([at(undefined, message)], options)))).toMatchObject([
    { at: null },
  ]);
});

test("lines count from 1 after each line break", () => {
  expect(placeOf("a\nb\n\nc", file, 5)).toEqual({ file, line: 4, column: 1 });
  expect(placeOf("a", file, 0)).toEqual({ file, line: 1, column: 1 });
});

test("the same mistake is said once, in the order of the source", () => {
  const later = at({ file, start: 30, end: 31 }, message);
  expect(tidyDiagnostics([later, diagnostic, later])).toEqual([diagnostic, later]);
});

test("of a line that is longer than any terminal, what stands around the place is shown", () => {
  const long = `const x = a${".add(1)".repeat(1000)};`;
  const options = { sourceOf: () => long, nameOf: () => "long.ts", color: false };
  const last = long.lastIndexOf("add");
  const at5000 = long.indexOf("add", 5000);
  const near = (from: number, to: number): string[] =>
    reportText([at({ file, start: from, end: to }, message)], options).split("\n");
  for (const [from, to] of [
    [last, last + 3],
    [at5000, at5000 + 3],
    [6, 7],
  ] as const) {
    const [, place, , shown = "", marks = ""] = near(from, to);
    expect(place).toBe(`  --> long.ts:1:${from + 1}`);
    expect(shown.length).toBeLessThan(250);
    expect(shown.slice(marks.indexOf("^"), marks.lastIndexOf("^") + 1)).toBe(long.slice(from, to));
  }
  const [, , , whole = "", marks = ""] = near(0, long.length);
  expect(marks.length).toBeLessThanOrEqual(whole.length);
});
