/** Opens a model file: it is loaded, and its entry points become a graph module. */

import path from "node:path";
import * as loading from "../../compiler/diagnostics/catalog/loading.ts";
import { at } from "../../compiler/diagnostics/diagnostic.ts";
import type { EntryPoint, Environment } from "../../compiler/frontend/environment.ts";
import { type LoweredProgram, lowerProgram } from "../../compiler/frontend/lower-program.ts";
import { closestName } from "../../compiler/ops/closest-name.ts";
import { tagOf } from "../../runtime/tags.ts";
import { entryPoints } from "../environment.ts";
import { LoadError } from "../loader/load-error.ts";
import { type LoadedModel, loadModel } from "../loader/load-model.ts";
import { Failure } from "../terminal/failure.ts";
import { shownPath } from "../terminal/shown-path.ts";
import { CompileSession } from "./compile-session.ts";
import { loadDiagnostics } from "./load-diagnostics.ts";

export interface OpenProgram {
  /** Absolute path of the model file. */
  readonly file: string;
  /** Absolute paths of the model file and of what it imports, but for packages. */
  readonly files: readonly string[];
  readonly entries: readonly EntryPoint[];
  /**
   * Turns the entries into a graph module; what they capture is read anew each time. Unless `train` is set,
   * entries that write parameters are left out: parameters are constants then.
   */
  lower(environment: Environment, options?: { readonly train: boolean }): ProgramLowered;
  /** Gives up what the loaded program holds: nothing of it is used any more. */
  release(): void;
}

export interface ProgramLowered extends LoweredProgram {
  /** The entries that were left out because they train. */
  readonly leftOut: readonly string[];
}

/**
 * Loads a model file, which runs it. `names` selects entry points; none means all.
 *
 * @throws Failure with all that is wrong so far: that the file cannot be loaded, that it has no entry
 * point of a name, or none at all
 */
export async function openProgram(
  file: string,
  names: readonly string[],
  session = new CompileSession(),
): Promise<OpenProgram> {
  const model = await load(file, session);
  const [modelFile = path.resolve(file)] = model.files;
  const program = session.program(modelFile);
  const entries = selectEntries(inSourceOrder(entryPoints(model.exports), model.files), names);
  return {
    file: modelFile,
    files: model.files,
    entries,
    lower(environment, { train } = { train: true }) {
      const lower = (some: readonly EntryPoint[]): LoweredProgram =>
        lowerProgram({
          name: path.basename(modelFile).replace(/\.[^.]*$/, ""),
          file: shownPath(modelFile),
          program,
          entries: some,
          environment,
        });
      return leaveOutTraining(entries, train, lower);
    },
    release: model.release,
  };
}

/** The entries as a graph module, without those that train unless they are wanted. */
export function leaveOutTraining(
  entries: readonly EntryPoint[],
  train: boolean,
  lower: (some: readonly EntryPoint[]) => LoweredProgram,
): ProgramLowered {
  const all = lower(entries);
  const { training } = all;
  if (train || training.length === 0) return { ...all, leftOut: [] };
  const others = entries.filter((e) => !training.includes(e.name));
  if (others.length > 0) return { ...lower(others), leftOut: training };
  const diagnostics = [at(undefined, loading.onlyTraining(training))];
  return { ...all, module: undefined, diagnostics, leftOut: training };
}

async function load(file: string, session: CompileSession): Promise<LoadedModel> {
  try {
    return await loadModel(file, undefined, session.draws(path.resolve(file)));
  } catch (error) {
    if (!(error instanceof LoadError)) throw error;
    const found = loadDiagnostics(error, shownPath);
    const threw = error.problems.some((p) => p.failure === "thrown");
    // What threw is often what TypeScript would have refused: both are told.
    throw new Failure(
      threw ? [...session.program(path.resolve(file)).typeErrors(), ...found] : found,
    );
  }
}

/** A module's exports come sorted by name; people know them as they wrote them. */
function inSourceOrder(
  entries: readonly EntryPoint[],
  files: readonly string[],
): readonly EntryPoint[] {
  const place = ({ value }: EntryPoint): readonly [number, number] => {
    const tag = typeof value === "function" ? tagOf(value) : undefined;
    return tag === undefined ? [files.length, 0] : [files.indexOf(tag.file), tag.position];
  };
  return entries.toSorted((a, b) => {
    const [[fileA, atA], [fileB, atB]] = [place(a), place(b)];
    return fileA - fileB || atA - atB;
  });
}

function selectEntries(
  all: readonly EntryPoint[],
  names: readonly string[],
): readonly EntryPoint[] {
  const known = all.map((e) => e.name);
  const unknown = names.filter((name) => !known.includes(name));
  if (unknown.length > 0) {
    throw new Failure(
      unknown.map((name) => {
        const meant = closestName(name, known);
        const message = loading.unknownEntry(name, known);
        return at(
          undefined,
          meant === undefined ? message : { ...message, fix: `Did you mean ${meant}?` },
        );
      }),
    );
  }
  return names.length === 0 ? all : all.filter((e) => names.includes(e.name));
}
