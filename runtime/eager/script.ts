/** Owns `script`, which marks a function as an entry point of compiled modules. */

import { codes, GlimError } from "./glim-error.ts";
import { builtinMark, mark, scriptMark } from "./marks.ts";

export interface ScriptOptions {
  /** Sizes that names stand for: one, or bounds. `{ B: [1, 64], T: 128 }` */
  readonly dims?: Readonly<Record<string, number | readonly [min: number, max: number]>>;
}

/** Marks `f` as an entry point and returns `f` itself. */
export function script<F extends (...args: never[]) => unknown>(
  f: F,
  options: ScriptOptions = {},
): F {
  if (typeof f !== "function") {
    throw new GlimError(codes.argument, `script: expected a function, found ${typeof f}`);
  }
  for (const [name, size] of Object.entries(options.dims ?? {})) checkSize(name, size);
  return mark(f, scriptMark, options);
}

mark(script, builtinMark, "script");

function checkSize(name: string, size: unknown): void {
  const bounds: readonly unknown[] = Array.isArray(size) ? size : [size, size];
  const [least, most] = bounds;
  const fits = bounds.length === 2 && isSize(least) && isSize(most) && least <= most;
  if (!fits) {
    throw new GlimError(
      codes.argument,
      `script: dims.${name} must be a size or [least, most], not ${JSON.stringify(size)}`,
    );
  }
}

const isSize = (v: unknown): v is number => typeof v === "number" && Number.isInteger(v) && v >= 0;
