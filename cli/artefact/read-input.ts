/** Reads the inputs of a compiled module from files: .npy, .json, .safetensors, idx, raw, or these gzipped. */

import { readFile } from "node:fs/promises";
import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import { inputDType, inputFile } from "../../compiler/diagnostics/catalog/artefacts.ts";
import type { ElementType, ParamSignature } from "../../compiler/package/signature.ts";
import { FileFormatError } from "../../runtime/files/file-format-error.ts";
import { parseIdx } from "../../runtime/files/idx.ts";
import { parseNpy } from "../../runtime/files/npy.ts";
import { dtypeSize, type FileDType, type RawTensor } from "../../runtime/files/raw-tensor.ts";
import { parseSafetensors } from "../../runtime/files/safetensors.ts";
import { toTypedArray } from "../../runtime/files/widen.ts";
import type { NdArray } from "../../runtime/load.ts";
import { fail } from "../terminal/failure.ts";
import { shownPath } from "../terminal/shown-path.ts";
import { systemReason } from "../terminal/system-reason.ts";
import { convertExactly } from "./convert-exactly.ts";
import { parseJsonTensor } from "./json-tensor.ts";

/** What was said of a file beside its name. */
export interface InputHints {
  readonly shape: readonly number[] | undefined;
  readonly dtype: FileDType | undefined;
}

/** An input, with its shape where the file or the hints say one. */
export type Input = NdArray | NdArray["data"];

/** What a tensor's parameter says of it. */
export type TensorParam = ParamSignature & { readonly dtype: ElementType };

/** @throws Failure when the file cannot be read as what `param` takes */
export async function readInput(
  file: string,
  param: TensorParam,
  hints: InputHints,
): Promise<Input> {
  const shown = shownPath(file);
  const refuse = (text: string): never => fail(inputFile(param.name, shown, text));
  try {
    const { bytes, name } = await readBytes(file, refuse);
    if (/\.json$/i.test(name)) return withShape(parseJsonTensor(bytes, param.dtype), hints.shape);
    const raw = parseBytes(bytes, name, param, hints);
    const data = convertExactly(toTypedArray(raw.tensor), param.dtype);
    if (data === undefined)
      return fail(inputDType(param.name, shown, raw.tensor.dtype, param.dtype));
    const shape = hints.shape ?? raw.shape;
    return shape === undefined ? data : { data, shape };
  } catch (error) {
    if (error instanceof FileFormatError || error instanceof SyntaxError) refuse(error.message);
    throw error;
  }
}

const withShape = (t: NdArray, shape = t.shape): NdArray => ({ data: t.data, shape });

async function readBytes(
  file: string,
  refuse: (text: string) => never,
): Promise<{ readonly bytes: Uint8Array; readonly name: string }> {
  const bytes = await readFile(file).catch((error: unknown) => refuse(systemReason(error)));
  if (!/\.gz$/i.test(file)) return { bytes, name: file };
  const unpacked = await promisify(gunzip)(bytes).catch(() => refuse("it is not whole gzip data"));
  return { bytes: unpacked, name: file.slice(0, -".gz".length) };
}

/** The file's tensor; `shape` is what the file says, which raw bytes do not. */
function parseBytes(
  bytes: Uint8Array,
  name: string,
  param: TensorParam,
  { dtype }: InputHints,
): { readonly tensor: RawTensor; readonly shape: readonly number[] | undefined } {
  const stated = (tensor: RawTensor) => ({ tensor, shape: tensor.shape });
  if (/\.npy$/i.test(name)) return stated(parseNpy(bytes));
  if (/\.idx$|-idx\d-ubyte$/i.test(name)) return stated(parseIdx(bytes));
  if (/\.safetensors$/i.test(name)) return stated(pick(bytes, param.name));
  const type = dtype ?? storedAs(param.dtype);
  const size = dtypeSize(type);
  if (bytes.length % size !== 0) {
    throw new SyntaxError(`its ${bytes.length} bytes are no whole number of ${type} elements`);
  }
  return { tensor: { dtype: type, shape: [bytes.length / size], data: bytes }, shape: undefined };
}

const storedAs = (dtype: ElementType): FileDType => (dtype === "boolean" ? "bool" : dtype);

/** The tensor by the input's name, or the only one. */
function pick(bytes: Uint8Array, name: string): RawTensor {
  const { tensors } = parseSafetensors(bytes);
  const [only] = tensors.values();
  const found = tensors.get(name) ?? (tensors.size === 1 ? only : undefined);
  if (found !== undefined) return found;
  throw new SyntaxError(
    `it has no tensor ${name}, but ${[...tensors.keys()].join(", ") || "none"}`,
  );
}
