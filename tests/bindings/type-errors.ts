/** Type checks hosts of compiled modules, for tests of declarations. */

import path from "node:path";
import ts from "typescript";

/** The errors in a host's source that lies in `folder`, each with its line. */
export function typeErrors(folder: string, text: string, lib: string[]): string[] {
  const file = path.join(folder, "host.ts");
  const options: ts.CompilerOptions = {
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.NodeNext,
    lib,
    types: [],
    strict: true,
    exactOptionalPropertyTypes: true,
    noUncheckedIndexedAccess: true,
    noEmit: true,
    skipLibCheck: false,
  };
  const compilerHost = ts.createCompilerHost(options);
  const read = compilerHost.getSourceFile.bind(compilerHost);
  compilerHost.getSourceFile = (name, version) =>
    name === file ? ts.createSourceFile(name, text, version) : read(name, version);
  const exists = compilerHost.fileExists.bind(compilerHost);
  compilerHost.fileExists = (name) => name === file || exists(name);
  const program = ts.createProgram([file], options, compilerHost);
  return ts.getPreEmitDiagnostics(program).map((d) => {
    const at = d.file?.getLineAndCharacterOfPosition(d.start ?? 0);
    const line = at === undefined ? "" : d.file?.text.split("\n")[at.line];
    return `${ts.flattenDiagnosticMessageText(d.messageText, " ")}: ${line}`;
  });
}
