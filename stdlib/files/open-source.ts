/** Owns what tensors can be read from. */

import {
  type ByteSource,
  blobSource,
  bytesSource,
  streamSource,
} from "../../runtime/files/byte-source.ts";
import { openFile, responseSource, unreadable } from "./open-file.ts";

/**
 * A URL, in Node also a path; a `Response` or stream, which is read as it comes; a `File` or `Blob`; or the bytes of
 * the file.
 */
export type TensorSource =
  | URL
  | string
  | Blob
  | Response
  | ReadableStream<Uint8Array>
  | ArrayBuffer
  | Uint8Array;

type Place = URL | string;

export const isPlace = (source: TensorSource): source is Place =>
  typeof source === "string" || source instanceof URL;

/** How messages call a source; `kind` is what its bytes should be. */
export function nameOfSource(source: TensorSource, kind = "file of weights"): string {
  if (isPlace(source)) return String(source);
  if (source instanceof Response && source.url !== "") return source.url;
  const isNamed = typeof File !== "undefined" && source instanceof File;
  return isNamed ? source.name : `the ${kind}`;
}

/** The source, to be read in pieces; undefined where there is no such file. */
export async function openSource(source: TensorSource): Promise<ByteSource | undefined> {
  if (isPlace(source)) return await openFile(source);
  try {
    if (source instanceof Blob) return blobSource(source);
    if (source instanceof Response) return await responseSource(source);
    if (source instanceof ReadableStream) return await streamSource(source);
  } catch (error) {
    throw unreadable(nameOfSource(source), error);
  }
  return bytesSource(source instanceof Uint8Array ? source : new Uint8Array(source));
}
