/**
 * Writes random programs on the heap as graph text: texts, lists, records, maps and boxes made, stored,
 * read and dropped, in branches and loops that are left early in every way. Choices come from a list of
 * numbers, and the first choice is always the simplest, so that shrinking the list shrinks the program.
 */

import { params, type T, types, valued } from "./program-types.ts";
import { ProgramWriter } from "./program-writer.ts";
import { statements } from "./write-statements.ts";
import { value } from "./write-values.ts";

export interface HeapProgram {
  /** `@run` gives values, `@leak` does the same and gives a number. */
  readonly text: string;
}

const head = (of: Readonly<Record<string, T>>): string =>
  Object.entries(of)
    .map(([name, type]) => `%${name}: ${type}`)
    .join(", ");

/** The program is the entry itself, a function that is inlined, or one that calls itself. */
type Form = "entry" | "inlined" | "recursive";
const forms: readonly Form[] = ["entry", "inlined", "recursive"];

export function writeHeapProgram(choices: readonly number[]): HeapProgram {
  const writer = new ProgramWriter(choices);
  const form = writer.pick(forms);
  const given = valued.filter((t) => form !== "recursive" || t !== "f32[4]");
  const results = Array.from({ length: 3 }, () => writer.pick(given));
  const body = bodyOf(writer, results);
  const shape = "as [0, 1, 2]";
  const types3 = results.join(", ");
  const entry = (name: string, gives: string, lines: string): string =>
    `entry func @${name}(${head(params)}) -> ${gives} {\n${lines}}\n`;
  if (form === "entry") {
    const leak = body.replace(/^( *)return .*$/gm, "$1return %n");
    const parts = [entry("run", `(${types3}) ${shape}`, body), entry("leak", "f64", leak)];
    return { text: `module random\n${types}\n${parts.join("\n")}` };
  }
  // Tensors are passed in boxes to functions that remain functions.
  const isBoxed = form === "recursive";
  const own = isBoxed ? { ...params, x: "@Box" as const } : params;
  const open = isBoxed ? again(types3) : "";
  const lines = isBoxed ? body.replaceAll("%x", "%t") : body;
  const inner = `func @inner(${head(own)}) -> (${types3}) ${shape} {\n${open}${lines}}\n`;
  const box = isBoxed ? "  %y = box %x : @Box\n" : "";
  const callIt = `${box}  %p, %q, %o = call @inner %n %b %s %l %r ${isBoxed ? "%y" : "%x"} : ${types3}\n`;
  const run = entry("run", `(${types3}) ${shape}`, `${callIt}  return %p %q %o\n`);
  const leak = entry("leak", "f64", `${callIt}  return %n\n`);
  return { text: `module random\n${types}\n${inner}\n${run}\n${leak}` };
}

/** The function calls itself as long as `%n` is more than 1, and drops what that gives. */
const again = (results: string): string => `  %t = unbox %x : f32[4]
  %u = number 1 : f64
  %m = scalar gt %n %u : bool
  if %m {
    %k = scalar sub %n %u : f64
    %p, %q, %o = call @inner %k %b %s %l %r %x : ${results}
    yield
  } else {
    yield
  }
`;

function bodyOf(w: ProgramWriter, results: readonly T[]): string {
  w.results = results;
  for (const [name, type] of Object.entries(params)) w.know(`%${name}`, type);
  statements(w, 24);
  w.emit(`return ${results.map((t) => value(w, t)).join(" ")}`);
  return w.lines.join("");
}
