/**
 * Owns what compiling leaves behind for the next time: parsed files, the checked program, and what was made of
 * the weights. Each is used only where what it was made of is the same: a session changes no result.
 */

import {
  createSourceProgram,
  ParsedFiles,
  type SourceProgram,
} from "../../compiler/frontend/program.ts";
import { KeptTensors } from "../../compiler/passes/graph/kept-tensors.ts";
import { KeptDraws } from "../../stdlib/random/kept-draws.ts";
import { installedLibrary } from "../terminal/installed-library.ts";

export class CompileSession {
  readonly #parsed = new ParsedFiles();
  readonly #programs = new Map<string, SourceProgram>();
  readonly #kept = new Map<string, KeptTensors>();
  readonly #draws = new Map<string, KeptDraws>();

  /** The program of a model file, as its files are now. */
  program(file: string): SourceProgram {
    const program = createSourceProgram({
      roots: [file],
      ...installedLibrary,
      parsed: this.#parsed,
      previous: this.#programs.get(file),
    });
    this.#programs.set(file, program);
    return program;
  }

  /** The initial weights of a model file, for the time that begins now. */
  draws(file: string): KeptDraws {
    const draws = this.#draws.get(file) ?? new KeptDraws();
    this.#draws.set(file, draws);
    draws.begin();
    return draws;
  }

  /** What was computed of the constants of a model file. */
  kept(file: string): KeptTensors {
    const kept = this.#kept.get(file) ?? new KeptTensors();
    this.#kept.set(file, kept);
    return kept;
  }
}
