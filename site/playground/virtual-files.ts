/** The files that the compiler reads where there is no disk: TypeScript's library, Glim's, and the program. */

import type ts from "typescript";
import { tsc } from "../../dist/compiler/frontend/typescript.js";

export const programFile = "/program.ts";

export class VirtualFiles {
  readonly #files: ReadonlyMap<string, string>;
  #program = "";

  /** `files` has the text of each by its path. */
  constructor(files: Readonly<Record<string, string>>) {
    this.#files = new Map(Object.entries(files));
  }

  set program(text: string) {
    this.#program = text;
  }

  read(path: string): string | undefined {
    return path === programFile ? this.#program : this.#files.get(path);
  }

  readonly host = (): ts.CompilerHost => ({
    fileExists: (path) => this.read(path) !== undefined,
    readFile: (path) => this.read(path),
    getSourceFile: (path, options) => {
      const text = this.read(path);
      return text === undefined ? undefined : tsc.createSourceFile(path, text, options);
    },
    getDefaultLibLocation: () => "/lib",
    getDefaultLibFileName: () => "/lib/lib.d.ts",
    writeFile: () => {},
    getCurrentDirectory: () => "/",
    getCanonicalFileName: (path) => path,
    useCaseSensitiveFileNames: () => true,
    getNewLine: () => "\n",
  });
}
