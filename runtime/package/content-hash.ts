/**
 * The hash of its content that a package states: SHA-256 over the whole file, in which zeros stand for that hash and
 * for the header's own. A package of before there was one states none.
 */

import * as format from "../../compiler/ops/program-format.ts";
import { FileFormatError } from "../files/file-format-error.ts";
import { parseSafetensors } from "../files/safetensors.ts";

export const contentHashKey = "glim.sha256";

export interface ContentHash {
  /** In hexadecimal, as the file states it. */
  readonly stated: string | undefined;
  /** Whether it is that of the file; undefined where none is stated. */
  readonly isRight: boolean | undefined;
}

/** The file must be a package that `readPackage` takes. */
export async function contentHashOf(file: Uint8Array): Promise<ContentHash> {
  const stated = parseSafetensors(file).metadata.get(contentHashKey);
  if (stated === undefined) return { stated, isRight: undefined };
  const digest = await crypto.subtle.digest("SHA-256", hashedContent(file, stated));
  const found = Array.from(new Uint8Array(digest), (b) => b.toString(16).padStart(2, "0")).join("");
  return { stated, isRight: found === stated };
}

/** A copy of the file with zeros in the places of both hashes. */
function hashedContent(file: Uint8Array, stated: string): Uint8Array<ArrayBuffer> {
  const content = Uint8Array.from(file);
  const view = new DataView(content.buffer);
  const data = 8 + Number(view.getBigUint64(0, true));
  const header = new TextDecoder("latin1").decode(content.subarray(0, data));
  const key = `"${contentHashKey}"`;
  const at = header.indexOf(`"${stated}"`, header.indexOf(key) + key.length) + 1;
  if (at > 0) content.fill(0x30, at, at + stated.length);
  view.setBigUint64(data + format.headHash * 4, 0n, true);
  return content;
}

/** @throws FileFormatError unless the file has the content whose hash it states */
export async function verifyContent(file: Uint8Array): Promise<void> {
  const { isRight } = await contentHashOf(file);
  if (isRight === true) return;
  const changed = "its content is not that whose hash it states";
  const why = isRight === undefined ? "it states no hash of its content" : changed;
  throw new FileFormatError("glim", why);
}
