/** Tensor files for the tests of their readers: made by hand, or by the reference libraries. */

import { readFileSync } from "node:fs";
import { FileFormatError } from "#glim/runtime/files/file-format-error.js";
import type { FileDType, RawTensor } from "#glim/runtime/files/raw-tensor.js";

interface Reference {
  readonly name: string;
  readonly file: string;
  readonly dtype: FileDType;
  readonly shape: readonly number[];
  readonly data: string;
}

interface References {
  readonly npy: readonly Reference[];
  readonly fortran: readonly Reference[];
  readonly versions: readonly Reference[];
  readonly refused: readonly Reference[];
  readonly safetensors: {
    readonly file: string;
    readonly tensors: Readonly<Record<string, Omit<Reference, "name" | "file">>>;
  };
}

/** Written by fixtures/tensor-files/make.py; bytes are base64. */
export const references: References = JSON.parse(
  readFileSync(new URL("../fixtures/tensor-files/tensor-files.json", import.meta.url), "utf8"),
);

/** Decoded base64, as a plain Uint8Array that begins its buffer. */
export const decodeBytes = (base64: string): Uint8Array =>
  new Uint8Array(Buffer.from(base64, "base64"));

/** The tensor that a reference holds. */
export const referenceTensor = (r: Omit<Reference, "name" | "file">): RawTensor => ({
  dtype: r.dtype,
  shape: r.shape,
  data: decodeBytes(r.data),
});

/** Bytes, from text in which each character is one byte. */
export const latin1 = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, "latin1"));

/** A safetensors file: the prefix, the header's text in UTF-8, and as many zero bytes of data. */
export function safetensorsBytes(header: string, dataLength: number, prefix?: number): Uint8Array {
  const text = new TextEncoder().encode(header);
  const file = new Uint8Array(8 + text.length + dataLength);
  new DataView(file.buffer).setBigUint64(0, BigInt(prefix ?? text.length), true);
  file.set(text, 8);
  return file;
}

/** A .npy file of version 1.0 with this header, and as many zero bytes of data. */
export function npyBytes(header: string, dataLength: number): Uint8Array {
  const length = String.fromCharCode(header.length & 255, header.length >> 8);
  return latin1(`\x93NUMPY\x01\x00${length}${header}${"\0".repeat(dataLength)}`);
}

/** The message of the FileFormatError that `read` throws; any other outcome fails the test. */
export function refusal(read: () => unknown): string {
  try {
    read();
  } catch (error) {
    if (error instanceof FileFormatError) return error.message;
    throw error;
  }
  throw new Error("it was accepted");
}
