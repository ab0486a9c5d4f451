// Sound and video call a model hundreds of times each second: arrays made on the way are collected at the
// wrong time.

import path from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, afterEach, beforeAll, expect, it, vi } from "vitest";
import { compileModel, entryOf } from "./compiled-model.ts";

const source = `
import { script, type Tensor } from "glim";
export const double = script((x: Tensor<["B", 16]>, mask: Tensor<[16], "bool">) =>
  x.mul(2).mul(mask.to("f32")));
export const halves = script((x: Tensor<["B", 16]>) => ({ low: x.narrow(1, 0, 8), high: x.narrow(1, 8, 8) }));
`;

let made: Awaited<ReturnType<typeof compileModel>>;
beforeAll(async () => {
  made = await compileModel(source);
});
afterEach(() => {
  vi.unstubAllGlobals();
});
afterAll(() => made.remove());

it("after the first call, until memory grows", async () => {
  let count = 0;
  for (const name of ["Float32Array", "Int32Array", "Uint8Array"] as const) {
    const counted: object = new Proxy(globalThis[name], {
      construct: (array, args): object => {
        count += 1;
        return Reflect.construct(array, args);
      },
    });
    vi.stubGlobal(name, counted);
  }
  const file = `${pathToFileURL(path.join(made.folder, "model.js")).href}?counted`;
  const { load }: typeof made.bindings = await import(file);
  const model = await load();
  const [x, out] = [new Float32Array(32), new Float32Array(32)];
  const mask = new Uint8Array(16).fill(2);
  const halves = { low: new Float32Array(16), high: new Float32Array(16) };
  const callBoth = (): void => {
    entryOf(model, "double").into(x, mask, out);
    entryOf(model, "halves").into(x, halves);
  };
  const during = (f: () => void): number => {
    count = 0;
    f();
    return count;
  };

  expect(during(callBoth)).toBeGreaterThan(3);
  expect(
    during(() => {
      for (let i = 0; i < 100; i++) callBoth();
    }),
  ).toBe(0);
  const large = new Float32Array(1 << 20);
  entryOf(model, "double")(large, mask);
  expect(during(callBoth)).toBeGreaterThan(3);
  expect(during(callBoth)).toBe(0);
});
