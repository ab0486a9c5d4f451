/** Brings objects back to where a checkpoint was saved. */

import { codes, GlimError } from "../../runtime/eager/glim-error.ts";
import { fromRaw } from "../../runtime/eager/raw-tensors.ts";
import { asValue, type EagerTensor, printTensorType } from "../../runtime/eager/tensor.ts";
import type { AnyTensor } from "../../runtime/eager/tensor-types.ts";
import type { ByteSource } from "../../runtime/files/byte-source.ts";
import { FileFormatError } from "../../runtime/files/file-format-error.ts";
import { readSafetensors } from "../../runtime/files/read-safetensors.ts";
import { openFile, using } from "../files/open-file.ts";
import type { AnyCell } from "../nn/registered.ts";
import { type Continued, type Part, partOf } from "./part.ts";
import { member, type Plain, parsePlain } from "./plain.ts";
import { checkpointKey } from "./save-checkpoint.ts";

export interface CheckpointOptions {
  /** "keep": where there is no file nothing changes, and the result is undefined. */
  readonly ifMissing?: "throw" | "keep";
}

/** What was saved under names that were not asked for. */
export type Rest = Readonly<Record<string, Plain | AnyTensor>>;

interface Checkpoint {
  readonly tensors: Map<string, EagerTensor>;
  readonly plain: Plain;
}

/**
 * Gives modules, optimisers, averages, generators and loaders the state that they were saved with, and returns what else
 * is in the file: `const { step } = await loadCheckpoint("run.ckpt", { net, opt, loader })`. Where something does
 * not fit, nothing changes, and the error lists all of it.
 */
export function loadCheckpoint<R extends Rest = Rest>(
  file: URL | string,
  parts: Readonly<Record<string, Continued>>,
  options: CheckpointOptions & { readonly ifMissing: "keep" },
): Promise<R | undefined>;
export function loadCheckpoint<R extends Rest = Rest>(
  file: URL | string,
  parts: Readonly<Record<string, Continued>>,
  options?: CheckpointOptions,
): Promise<R>;
export async function loadCheckpoint(
  file: URL | string,
  continued: Readonly<Record<string, Continued>>,
  { ifMissing = "throw" }: CheckpointOptions = {},
): Promise<Rest | undefined> {
  const source = await openFile(file);
  if (source === undefined && ifMissing === "keep") return undefined;
  if (source === undefined) throw new GlimError(codes.weightsFile, `${file} does not exist`);
  const name = String(file);
  const checkpoint = await using(source, name, (opened) => readCheckpoint(opened, name));
  const parts = new Map<string, Part>();
  for (const [name, v] of Object.entries(continued)) {
    const part = partOf(name, v);
    if (part === undefined) {
      throw new GlimError(
        codes.argument,
        `loadCheckpoint: ${name} is nothing that can be continued`,
      );
    }
    parts.set(name, part);
  }
  verify(String(file), checkpoint, parts);
  restore(checkpoint, parts);
  return restOf(checkpoint, parts);
}

async function readCheckpoint(source: ByteSource, file: string): Promise<Checkpoint> {
  try {
    const tensors = new Map<string, EagerTensor>();
    const { metadata } = await readSafetensors(source, {
      isWanted: () => true,
      take: (name, raw, isOwn) => void tensors.set(name, fromRaw(raw, isOwn)),
    });
    const text = metadata.get(checkpointKey);
    if (text === undefined) {
      const message = `${file} has tensors, but is no checkpoint: \`load\` of a module reads it`;
      throw new GlimError(codes.weightsFile, message);
    }
    return { tensors, plain: parsePlain(text, `${file}: ${checkpointKey}`) };
  } catch (error) {
    if (!(error instanceof FileFormatError)) throw error;
    throw new GlimError(codes.weightsFile, `${file}: ${error.message}`, { cause: error });
  }
}

/** The cells of all parts by their names in the file. */
const cellsOfParts = (parts: ReadonlyMap<string, Part>): Map<string, AnyCell> =>
  new Map(
    [...parts].flatMap(([name, part]) =>
      [...part.cells].map(([key, cell]) => [`${name}.${key}`, cell] as const),
    ),
  );

const partName = (tensor: string): string => tensor.split(".", 1)[0]!;

function verify(
  file: string,
  { tensors, plain }: Checkpoint,
  parts: ReadonlyMap<string, Part>,
): void {
  const cells = cellsOfParts(parts);
  const missing: string[] = [];
  const unfit: string[] = [];
  for (const [name, cell] of cells) {
    const saved = tensors.get(name);
    if (saved === undefined) missing.push(`${name} ${printTensorType(cell)}`);
    else if (printTensorType(saved) !== printTensorType(cell)) {
      unfit.push(`${name} is ${printTensorType(saved)}, not ${printTensorType(cell)}`);
    }
  }
  const surplus = [...tensors].filter(([name]) => parts.has(partName(name)) && !cells.has(name));
  for (const [name, part] of parts) {
    const saved = member(plain, name);
    if (saved === undefined) missing.push(name);
    const why = saved === undefined ? undefined : part.misfit(saved);
    if (why !== undefined) unfit.push(`${name}: ${why}`);
  }
  const problems = [
    ["missing: ", missing],
    ["surplus: ", surplus.map(([name, t]) => `${name} ${printTensorType(t)}`)],
    ["", unfit],
  ].flatMap(([title, items]) =>
    items!.length === 0 ? [] : [title + (items as string[]).join(", ")],
  );
  if (problems.length === 0) return;
  const code = missing.length + surplus.length > 0 ? codes.weightsKeys : codes.weightsShape;
  throw new GlimError(code, `${file} does not fit: ${problems.join("; ")}`);
}

/** Cells last: they were verified, while an object may refuse a state by itself. */
function restore({ tensors, plain }: Checkpoint, parts: ReadonlyMap<string, Part>): void {
  const changed: Part[] = [];
  try {
    for (const [name, part] of parts) {
      part.restore(member(plain, name)!);
      changed.push(part);
    }
  } catch (error) {
    for (const part of changed) part.restore(part.plain);
    throw error;
  }
  for (const [name, cell] of cellsOfParts(parts)) cell.assign(tensors.get(name));
}

function restOf({ tensors, plain }: Checkpoint, parts: ReadonlyMap<string, Part>): Rest {
  const rest = [
    ...Object.entries(plain as object),
    ...[...tensors].map(([k, t]) => [k, asValue(t)]),
  ];
  return Object.fromEntries(rest.filter(([name]) => !parts.has(partName(String(name)))));
}
