/** The one error of the tensor-file readers and writers, and how its messages spell numbers and names. */

export type FileFormat = "glim" | "safetensors" | "npy" | "npz" | "pt" | "zip" | "idx" | "tensor";

/**
 * A file, or a tensor to be written, is refused. The message is one line: what is wrong, where
 * (a byte of the file, or a name), the values, and what to do where that is known. It does not
 * name the file: whoever read it does. `format` is "tensor" for a tensor that is in no file.
 */
export class FileFormatError extends Error {
  override readonly name = "FileFormatError";
  readonly format: FileFormat;

  constructor(format: FileFormat, message: string) {
    super(message);
    this.format = format;
  }
}

/** 407384 is written `407,384`. */
export const spellCount = (n: number | bigint): string => n.toLocaleString("en-US");

export const spellBytes = (n: number | bigint): string =>
  `${spellCount(n)} ${BigInt(n) === 1n ? "byte" : "bytes"}`;

/** One byte, as `0x3c`. */
export const spellByte = (byte: number): string => `0x${byte.toString(16).padStart(2, "0")}`;

const longestName = 80;

/**
 * A name from a file, in quotes. It is cut to a readable length, and what would break the line or
 * reorder it on a terminal (controls, line separators, bidirectional marks) is escaped.
 */
export function quoteName(name: string): string {
  const cut = name.length > longestName ? `${name.slice(0, longestName)}…` : name;
  return JSON.stringify(cut).replace(
    /[\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
