// The declarations are all that a TypeScript host sees of a model: they must accept what works, refuse
// what does not, and need no library that the host may not have.

import { afterAll, beforeAll, expect, it } from "vitest";
import { compileModel } from "./compiled-model.ts";
import { typeErrors } from "./type-errors.ts";

let made: Awaited<ReturnType<typeof compileModel>>;
beforeAll(async () => {
  made = await compileModel();
});
afterAll(() => made.remove());

/** Each `@ts-expect-error` is a claim, too: without an error in the next line it is one itself. */
const host = `
import { GlimError, load, loadSync, type Input, type Model, type NdArray } from "./model.js";

declare const x: Float32Array;
declare const ids: Int32Array;

const model: Model = await load();
await load("https://example.org/model.wasm");
await load(new ArrayBuffer(8));
loadSync({});
// @ts-expect-error a number is no source
await load(5);

const y: NdArray<Float32Array, readonly [number, 3]> = model.scale(x, 2, true);
model.scale({ data: x, shape: [2, 3] }, 2, true);
model.scale(model.scale(y, 2, true), 1, false);
const three: 3 = y.shape[1];
const buffer: ArrayBuffer = model.scale(x, 2, true).data.buffer;
const wider: Input<Float32Array, readonly [number, 3]> = y;
// @ts-expect-error another size
model.scale({ data: x, shape: [2, 4] }, 2, true);
// @ts-expect-error another rank
model.scale({ data: x, shape: [6] }, 2, true);
// @ts-expect-error another dtype
model.scale(ids, 2, true);
// @ts-expect-error a plain list
model.scale([1, 2, 3], 2, true);
// @ts-expect-error a missing argument
model.scale(x, 2);
// @ts-expect-error another kind
model.scale(x, 2, 1);

const rows = model.rows(x, ids);
const sum: Float32Array = rows.sum.data;
const next: Int32Array = rows.next.data;
const count: number = rows.inner.count;
const isLarge: boolean = rows.inner.isLarge;
const [first, second] = model.pair({ data: x, shape: [1, 2] });
const both: readonly number[] = [first.shape[0], second.shape[0]];
const none: void = model.nothing(1);

model.options(x, { by: 1 });
model.options(x, { by: 1, limit: 2, deep: undefined });
// @ts-expect-error what has no default
model.options(x, { limit: 1 });
// @ts-expect-error an unknown field
model.options(x, { by: 1, depth: 2 });

const out: Float32Array = model.scale.into(x, 2, true, new Float32Array(6));
const parts = model.rows.into(x, ids, { sum: new Float32Array(2), next: new Int32Array(2) });
const partsCount: number = parts.inner.count;
// @ts-expect-error another array
model.scale.into(x, 2, true, new Int32Array(6));
// @ts-expect-error there is nothing to write
model.nothing.into(1);

const calls: number = model.state.get("tally.calls");
const sums: Float32Array = model.state.get("tally.sums").data;
model.state.set("tally.open", false);
model.state.set("tally.sums", x);
model.state.load(model.state.save());
model.state.load({ "tally.calls": 3 });
model.state.reset();
// @ts-expect-error an unknown name
model.state.get("tally.count");
// @ts-expect-error another kind
model.state.set("tally.calls", true);

try {
  model.positive(x);
} catch (error) {
  if (!(error instanceof GlimError)) throw error;
  const where: string = \`\${error.code} \${error.at?.file}:\${error.at?.line}\`;
  void [where, three, buffer, wider, sum, next, count, isLarge, both, none, out, partsCount];
  void [calls, sums];
}
`;

it.each([
  ["no library of a host", ["lib.es2022.d.ts"]],
  ["the browser's library", ["lib.es2022.d.ts", "lib.dom.d.ts"]],
])("with %s", (_name, lib) => {
  expect(typeErrors(made.folder, host, lib)).toEqual([]);
});
