// A message can only be short if there is a page behind it, and a page only helps if its examples are true:
// each failing program reports exactly its code at the marked place, each fixed one nothing.
//
// GLIM_BLESS=1 writes marks and reports into the pages.

import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { placeOf } from "#glim/compiler/diagnostics/report.js";
import { glimHere, testFolder } from "../cli/glim.ts";
import { type Checked, checkProgram } from "./check-program.ts";
import {
  type Block,
  DiagnosticPage,
  explained,
  type Mark,
  markOf,
  withMark,
} from "./diagnostic-page.ts";

const bless = process.env.GLIM_BLESS === "1";

/** The codes that sources name, in quotes. */
function codesIn(folder: string): readonly string[] {
  const root = new URL(`../../${folder}/`, import.meta.url);
  const sources = readdirSync(root, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts"))
    .map((name) => readFileSync(new URL(name, root), "utf8"));
  const found = sources.flatMap((s) => [...s.matchAll(/"(GLIM\d{4})"/g)].map((m) => m[1]!));
  return [...new Set(found)].sort();
}

test("there is a page for every code, and none for others", () => {
  const codes = [...codesIn("compiler"), ...codesIn("runtime")];
  expect([...explained].sort()).toEqual([...new Set(codes)].sort());
});

test.each(explained)("%s has a title of one line, with its code", (code) => {
  expect(new DiagnosticPage(code).title).toMatch(new RegExp(`^${code}: [^\\n]{3,70}$`));
});

const byKind = (kind: DiagnosticPage["kind"]) =>
  explained.filter((code) => new DiagnosticPage(code).kind === kind);

function foundMark(program: string, { diagnostics }: Checked): Mark {
  const span = diagnostics[0]?.span;
  if (span === undefined) throw new Error("there is no diagnostic with a place");
  const { line, column } = placeOf(program, "", span.start);
  const lineEnd = program.indexOf("\n", span.start);
  const from = column - 1;
  const to = from + Math.min(span.end, lineEnd) - span.start;
  return { line, from, to, goesOn: span.end > lineEnd };
}

describe("programs", () => {
  test.each(byKind("programs"))("%s", async (code) => {
    const page = new DiagnosticPage(code);
    const [failing, report, fixed, ...others] = page.blocks;
    if (bless && failing !== undefined && fixed !== undefined) {
      const bare = failing.text.replace(/^ *\/\/ *\^+…?\n/gm, "");
      const marked = withMark(bare, foundMark(bare, await checkProgram(bare)));
      page.rewrite([marked, `${(await checkProgram(marked)).report}\n`, fixed.text]);
      return;
    }
    expect([failing, report, fixed, ...others].map((b) => b?.language)).toEqual([
      "ts",
      "text",
      "ts",
    ]);
    const program = failing?.text ?? "";
    const wrong = await checkProgram(program);
    expect(wrong.diagnostics.map((d) => d.code)).toEqual([code]);
    expect(foundMark(program, wrong)).toEqual(markOf(program));
    expect(`${wrong.report}\n`).toBe(report?.text);
    expect((await checkProgram(fixed?.text ?? "")).report).toBe("");
  });
});

/** The bytes of a file that a page shows as text. */
function bytesOf({ language, text }: Block): string | Uint8Array {
  if (language === "hex") return new Uint8Array(Buffer.from(text.trim(), "hex"));
  if (language !== "safetensors") return text;
  const header = new TextEncoder().encode(text.trim());
  const ends = [...text.matchAll(/"data_offsets":\[\d+,(\d+)\]/g)].map((m) => Number(m[1]));
  const bytes = new Uint8Array(8 + header.length + Math.max(...ends));
  new DataView(bytes.buffer).setBigUint64(0, BigInt(header.length), true);
  bytes.set(header, 8);
  return bytes;
}

/** Runs the commands of a session; what a command prints with `--json` is not shown. */
async function repeat(session: string, files: readonly Block[]) {
  const folder = await testFolder(Object.fromEntries(files.map((b) => [b.name, bytesOf(b)])));
  const shown: string[] = [];
  let code: number | null = 0;
  for (const line of session.split("\n").filter((l) => l.startsWith("$ glim "))) {
    const outcome = await glimHere(folder, ...line.slice(7).split(" "));
    code = outcome.code;
    shown.push(line);
    if (!line.includes("--json")) shown.push(`${outcome.stdout}${outcome.stderr}`.trimEnd());
  }
  return { text: `${shown.join("\n").replaceAll(folder, "").trimEnd()}\n`, code };
}

describe("sessions", () => {
  test.each(byKind("session"))("%s", async (code) => {
    const page = new DiagnosticPage(code);
    const texts: string[] = [];
    let files: Block[] = [];
    let failures = 0;
    for (const block of page.blocks) {
      if (block.language !== "console") {
        files = [...files.filter((f) => f.name !== block.name), block];
        texts.push(block.text);
        continue;
      }
      const outcome = await repeat(block.text, files);
      texts.push(outcome.text);
      if (outcome.code !== 0) failures++;
      if (!bless) expect(outcome.text).toBe(block.text);
      if (texts.at(-1)?.includes("error[")) expect(outcome.text).toContain(`error[${code}]`);
    }
    if (bless) page.rewrite(texts);
    // The first session fails; one that follows shows the way out.
    expect(failures).toBe(1);
  });
});

test("reports say how to read the page", async () => {
  const folder = await testFolder();
  const { stderr } = await glimHere(folder, "check", "missing.ts");
  expect(stderr.trimEnd().split("\n").at(-1)).toBe(
    "`glim explain GLIM2002` says more, with examples.",
  );
  const { stdout } = await glimHere(folder, "explain", "2002");
  expect(stdout.trim()).toBe(new DiagnosticPage("GLIM2002").text.trim());
  expect((await glimHere(folder, "explain", "GLIM110l")).stderr).toContain("did you mean GLIM110");
  expect((await glimHere(folder, "explain")).stdout.trim().split("\n")).toHaveLength(
    explained.length,
  );
});
