/** What the loader throws. Part of the loader; every byte counts. */

export type Site = readonly [file: string, line: number, column: number] | null;

/** Input that does not fit, or a failure inside the model. The model stays usable. */
export class GlimError extends Error {
  declare readonly code: string;
  /** The place in the TypeScript source that asked for what failed. */
  declare readonly at:
    | { readonly file: string; readonly line: number; readonly column: number }
    | undefined;

  constructor(code: string, message: string, site?: Site) {
    const [file, line, column] = site ?? [];
    super(site ? `${message} (${site.join(":")})` : message);
    Object.assign(this, { name: "GlimError", code, at: site && { file, line, column } });
  }
}

export function refuse(code: string, message: string, site?: Site): never {
  throw new GlimError(code, message, site);
}
