/** Plain data, which a checkpoint keeps as text, exactly. */

import { codes, GlimError } from "../../runtime/eager/glim-error.ts";

/** What JSON holds: finite numbers, texts, booleans, null, and lists and records of these. */
export type Plain =
  | number
  | string
  | boolean
  | null
  | readonly Plain[]
  | { readonly [name: string]: Plain };

export function isPlain(v: unknown): v is Plain {
  if (typeof v === "number") return Number.isFinite(v);
  if (v === null || typeof v === "string" || typeof v === "boolean") return true;
  if (typeof v !== "object") return false;
  if (Array.isArray(v)) return v.every(isPlain);
  return Object.getPrototypeOf(v) === Object.prototype && Object.values(v).every(isPlain);
}

/** A member of plain data, or undefined. */
export const member = (v: Plain | undefined, name: string): Plain | undefined =>
  typeof v === "object" && v !== null && !Array.isArray(v)
    ? (v as { readonly [name: string]: Plain })[name]
    : undefined;

export function parsePlain(text: string, what: string): Plain {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new GlimError(codes.weightsFile, `${what} is not JSON`, { cause });
  }
}
