/** What the reference kernels are written in: Loop IR's builder, with addresses in bytes. */

import {
  binary,
  constant,
  FuncBuilder,
  i32,
  loadVector,
  local,
  plus,
} from "../../dist/compiler/loop/build.js";

export { FuncBuilder, i32, plus };

export const vector = (x) => constant("v4f32", x);
export const add = (a, b) => binary("add", a, b);
export const mul = (a, b) => binary("mul", a, b);
export const div = (a, b) => binary("div", a, b);
export const sub = (a, b) => binary("sub", a, b);
export const greater = (a, b) => binary("max", a, b);

const at = (base, bytes) => ({ element: "f32", base, index: i32(bytes / 4) });

/** Four neighbours, `bytes` after an address. */
export const four = (base, bytes = 0) => loadVector(at(base, bytes));
/** One element in all lanes. */
export const everywhere = (base, bytes = 0) => loadVector(at(base, bytes), true);
export const store = (b, base, bytes, value) => b.store(at(base, bytes), value);

export const shuffle = (a, b, lanes) => ({ k: "shuffle", type: "v4f32", a, b, lanes });
export const lane = (a, n) => ({ k: "lane", type: "f32", a, lane: n });
export const splat = (a) => ({ k: "splat", type: "v4f32", a });

/** Moves a pointer on. */
export const advance = (b, pointer, bytes) => b.set(pointer, plus(pointer, bytes));

/** A function of addresses and counts, which are i32. */
export function define(name, params, write, { exported = false } = {}) {
  const b = new FuncBuilder();
  write(b, ...params.map((p) => b.param(p, "i32")));
  return b.finish(name, exported ? { exported: name } : {});
}

/** Loops from one address to another. */
export const along = (b, name, from, to, step, write) => b.for(name, from, to, step, write);

export { local };
