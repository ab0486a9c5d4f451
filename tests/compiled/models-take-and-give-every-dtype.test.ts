// Images are u8 and checks are f64: what hosts give must reach the model as it is, and its results the host.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { type AnyTensor, GlimError, Rng, tensor } from "glim";
import { compileFile } from "glim/compiler";
import { afterAll, beforeAll, expect, it } from "vitest";
import { packageFile } from "#glim/cli/compiler.js";
import { openSync } from "#glim/runtime/package/open.js";
import * as eager from "../fixtures/dtypes/model.ts";
import { interpreter } from "../package/compare-package.ts";
import { plainOf } from "../stdlib/compiled-fixture.ts";

type Entries = Readonly<Record<string, (...args: readonly unknown[]) => unknown>>;

let entries: Entries = {};
let packaged: Entries = {};
const folder = mkdtempSync(join(tmpdir(), "glim-dtypes-"));
beforeAll(async () => {
  const file = fileURLToPath(new URL("../fixtures/dtypes/model.ts", import.meta.url));
  const { wasm, js } = await compileFile(file);
  const bindings = join(folder, "model.mjs");
  writeFileSync(bindings, js);
  const { load } = await import(/* @vite-ignore */ pathToFileURL(bindings).href);
  entries = await load(wasm);
  packaged = openSync((await packageFile(file)).bytes, interpreter);
}, 120_000);
afterAll(() => rmSync(folder, { recursive: true }));

const entry = (name: string) => entries[name]!;

const f64 = tensor(Float64Array.of(0.1, -2, 1e300, 1 / 3, -0, 7.25), [3, 2]);
const line = tensor(Float64Array.of(0.3, -2.5, 1e-9, 4, 0.3));
const three = tensor(Float64Array.of(0.1, -2, 1 / 3));
const image = tensor(Uint8Array.of(0, 1, 127, 128, 254, 255), [2, 3]);
const rows = tensor(Int8Array.of(-128, 127, 3, -4, 5, 100), [2, 3]);
const columns = tensor(Int8Array.of(127, -128, 1, 2, -3, 4), [3, 2]);

const given = (x: AnyTensor | number) => (typeof x === "number" ? x : plainOf(x));

it.each<
  readonly [
    string,
    AnyTensor | Readonly<Record<string, AnyTensor>>,
    readonly (AnyTensor | number)[],
  ]
>([
  ["scale", eager.scale(f64), [f64]],
  ["pixels", eager.pixels(image), [image]],
  ["brighten", eager.brighten(image, 10), [image, 10]],
  ["quantised", eager.quantised(rows, columns), [rows, columns]],
  ["statistics", eager.statistics(line), [line]],
  ["slopes", eager.slopes(line), [line]],
  ["directions", eager.directions(line, line.mul(3)), [line, line.mul(3)]],
  ["curvature", eager.curvature(three), [three]],
  ["precise", eager.precise(line), [line]],
  ["draws", eager.draws(0), [0]],
  ["rest", eager.rest(line, line.mul(0).add(0.7)), [line, line.mul(0).add(0.7)]],
])("%s", (name, wanted, args) => {
  const found = entry(name)(...args.map(given));
  const plain =
    "dtype" in wanted
      ? plainOf(wanted as AnyTensor)
      : Object.fromEntries(Object.entries(wanted).map(([key, x]) => [key, plainOf(x)]));
  expect(found).toEqual(plain);
  expect(packaged[name]!(...args.map(given))).toEqual(plain);
});

it("differentiates and draws in f64", () => {
  const { slope, cubic } = eager.slopes(line);
  expect(slope.dtype).toBe("f64");
  line.toList().forEach((x, i) => {
    expect(slope.toList()[i]).toBeCloseTo((2 * x * Math.cos(x * x + 0.1)) / 3, 14);
    expect(cubic.toList()[i]).toBeCloseTo(3 * x * x, 14);
  });
  const rng = new Rng(5);
  const numbers = [rng.number(), rng.number(), rng.number()];
  expect(new Rng(5).uniform([3], 0, 1, "f64").toList()).toEqual(numbers);
  const draws = new Rng(5).normal([500, 20], "f64");
  expect(draws.dtype).toBe("f64");
  expect(draws.mean().item()).toBeCloseTo(0, 1);
  expect(draws.std().item()).toBeCloseTo(1, 1);
});

it("keeps f64 in functions of the library", () => {
  const { norm, spread, logs, gamma } = eager.precise(tensor([1, 1 + 2 ** -40, 3], "f64"));
  expect(norm.item()).toBe(Math.sqrt(1 + (1 + 2 ** -40) ** 2 + 9));
  expect(spread.dtype).toBe("f64");
  const [first, second] = logs.toList();
  expect(second! - first!).toBeCloseTo(2 ** -40, 15);
  // log Γ(1 + h) = −γ·h
  expect(gamma.toList()[1]! / -(0.5772156649015329 * 2 ** -40)).toBeCloseTo(1, 4);
});

it("knows the arithmetic of eight bits", () => {
  expect([...eager.brighten(image, 10).toTypedArray()]).toEqual([10, 11, 137, 138, 8, 9]);
  const { product, quotient } = eager.quantised(rows, columns);
  expect(product.dtype).toBe("i32");
  expect([...product.toTypedArray()]).toEqual([
    -128 * 127 + 127 - 9,
    128 * 128 + 254 + 12,
    -4 * 127 + 5 - 300,
    4 * 128 + 10 + 400,
  ]);
  expect([...quotient.toTypedArray()]).toEqual([-43, 42, 1, -2, 1, 33]);
});

it("takes lists of numbers as f64", () => {
  const sum = 0.1 + 0.2;
  expect(entry("listed")([0.1, 0.2])).toEqual({
    data: Float64Array.of(sum + 0.1, sum + 0.2),
    shape: [2],
  });
});

it("refuses a number that eight bits do not hold, both ways", () => {
  expect(() => eager.brighten(image, 300)).toThrow(GlimError);
  for (const run of [entry("brighten"), packaged.brighten!]) {
    for (const outside of [300, -1, 0.5])
      expect(() => run(plainOf(image), outside)).toThrow("must be whole and fit in 8 bits");
  }
});

it("refuses arrays of another dtype", () => {
  expect(() => entry("scale")({ data: new Float32Array(2), shape: [1, 2] })).toThrow(
    "expected Float64Array, found Float32Array",
  );
});
