/** Runs a program in this thread, so that its functions can be traced to their source. */

import { redirectImports } from "../../dist/cli/loader/edit-imports.js";
import { SourceEditor } from "../../dist/cli/loader/edited-source.js";
import { insertTags } from "../../dist/cli/loader/tag-source.js";
import { tsc } from "../../dist/compiler/frontend/typescript.js";
import { programFile } from "./virtual-files.ts";

export interface LoadedProgram {
  readonly exports: Readonly<Record<string, unknown>>;
  /** What it printed. */
  readonly printed: readonly string[];
}

const beside = (name: string): string => new URL(name, self.location.href).href;

/** What programs may import: the very instances that the compiler uses. */
const modules: Readonly<Record<string, string>> = {
  glim: beside("./glim.js"),
  "glim/data": beside("./data.js"),
};

/** @throws whatever the program throws */
export async function runProgram(text: string): Promise<LoadedProgram> {
  const source = tsc.createSourceFile(programFile, text, tsc.ScriptTarget.Latest, true);
  const editor = new SourceEditor(text);
  redirectImports(source, editor, (specifier) => modules[specifier]);
  const runtime = beside("./tags.js");
  // A module made of a blob cannot import itself: it would have to, for a default export without a name.
  insertTags(source, editor, { file: programFile, runtime, self: runtime, pure: false });
  const { outputText } = tsc.transpileModule(editor.finish().text, {
    compilerOptions: { target: tsc.ScriptTarget.ES2022, module: tsc.ModuleKind.ESNext },
  });
  const url = URL.createObjectURL(new Blob([outputText], { type: "text/javascript" }));
  const printed: string[] = [];
  const { log } = console;
  console.log = (...values: readonly unknown[]) => printed.push(values.map(String).join(" "));
  try {
    return { exports: await import(url), printed };
  } finally {
    console.log = log;
    URL.revokeObjectURL(url);
  }
}
