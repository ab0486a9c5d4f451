/** Zip archives for the tests of their readers: made by PyTorch and NumPy, or put together here. */

import { readFileSync } from "node:fs";
import { crc32 } from "#glim/runtime/files/crc32.js";
import type { FileDType } from "#glim/runtime/files/raw-tensor.js";

export interface StoredTensor {
  /** PyTorch's name. */
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly data: string;
}

interface Archives {
  readonly torch: Readonly<
    Record<
      string,
      { readonly file: string; readonly tensors: Readonly<Record<string, StoredTensor>> }
    >
  >;
  readonly refused: Readonly<Record<string, string>>;
  readonly npz: Readonly<Record<"plain" | "compressed", string>>;
}

/** Written by fixtures/archives/make.py; bytes are base64. */
export const archives: Archives = JSON.parse(
  readFileSync(new URL("../fixtures/archives/archives.json", import.meta.url), "utf8"),
);

export const fileDType: Readonly<Record<string, FileDType>> = {
  ...{ float64: "f64", float32: "f32", float16: "f16", bfloat16: "bf16" },
  ...{ int64: "i64", int32: "i32", int16: "i16", int8: "i8", uint8: "u8", bool: "bool" },
};

/** An archive of files that are not compressed. */
export function zipOf(files: Readonly<Record<string, Uint8Array>>): Uint8Array {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let at = 0;
  for (const [name, data] of Object.entries(files)) {
    const title = Buffer.from(name);
    const common = Buffer.alloc(26);
    common.writeUInt32LE(crc32(data), 10);
    common.writeUInt32LE(data.length, 14);
    common.writeUInt32LE(data.length, 18);
    common.writeUInt16LE(title.length, 22);
    const entry = Buffer.alloc(14);
    entry.writeUInt32LE(at, 10);
    directory.push(Buffer.from("PK\x01\x02\0\0"), common, entry, title);
    const local = Buffer.concat([Buffer.from("PK\x03\x04"), common, title, data]);
    parts.push(local);
    at += local.length;
  }
  const listed = Buffer.concat(directory);
  const end = Buffer.alloc(18);
  const count = Object.keys(files).length;
  end.writeUInt16LE(count, 4);
  end.writeUInt16LE(count, 6);
  end.writeUInt32LE(listed.length, 8);
  end.writeUInt32LE(at, 12);
  return new Uint8Array(Buffer.concat([...parts, listed, Buffer.from("PK\x05\x06"), end]));
}
