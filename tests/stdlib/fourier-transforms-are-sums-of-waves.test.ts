// A transform works in stages for the factors of its length: any length must give what the defining sum
// gives, its inverse must lead back, and compiled code must have eager's bits.
import { readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { fft, Rng, type Tensor } from "glim";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { compileFile } from "#glim/cli/compiler.js";
import { leavesOf } from "../conformance/run-eagerly.ts";
import * as eager from "../fixtures/stdlib/fourier.ts";

const rng = new Rng(3);
const file = fileURLToPath(new URL("../fixtures/stdlib/fourier.ts", import.meta.url));

const distance = (x: ArrayLike<number>, y: ArrayLike<number>): number =>
  Math.max(...Array.from(x, (v, i) => Math.abs(v - y[i]!)));

/** `Σ x[j] · e^(−2πi · j · k / n)` in doubles. */
function sums(re: ArrayLike<number>, im: ArrayLike<number>) {
  const n = re.length;
  const real = new Float64Array(n);
  const imag = new Float64Array(n);
  for (let k = 0; k < n; k++) {
    for (let j = 0; j < n; j++) {
      const angle = (-2 * Math.PI * ((j * k) % n)) / n;
      real[k]! += re[j]! * Math.cos(angle) - im[j]! * Math.sin(angle);
      imag[k]! += re[j]! * Math.sin(angle) + im[j]! * Math.cos(angle);
    }
  }
  return { real, imag };
}

describe.each([1, 2, 3, 4, 7, 12, 16, 30, 97, 128, 400, 1000])("length %i", (n) => {
  const x = { real: rng.uniform([n], -1, 1), imag: rng.uniform([n], -1, 1) };
  const bound = 1e-6 * n ** 0.5 * Math.log2(n + 1) + 1e-6;

  it("is the sum of waves", () => {
    const found = fft.fft(x);
    const wanted = sums(x.real.toTypedArray(), x.imag.toTypedArray());
    expect(distance(found.real.toTypedArray(), wanted.real)).toBeLessThan(bound);
    expect(distance(found.imag.toTypedArray(), wanted.imag)).toBeLessThan(bound);
  });

  it("leads back", () => {
    const same = fft.ifft(fft.fft(x));
    expect(distance(same.real.toTypedArray(), x.real.toTypedArray())).toBeLessThan(2e-6);
    expect(distance(same.imag.toTypedArray(), x.imag.toTypedArray())).toBeLessThan(2e-6);
    const real = fft.irfft(fft.rfft(x.real), { n });
    expect(distance(real.toTypedArray(), x.real.toTypedArray())).toBeLessThan(2e-6);
  });
});

it("images are transformed along their last two axes", () => {
  const x = rng.uniform([2, 4, 5], -1, 1);
  const [found, wanted] = [fft.rfft2(x), fft.rfftn(x, { dim: [1, 2] })];
  expect(found.real.equal(wanted.real).item()).toBe(true);
  expect(found.imag.equal(wanted.imag).item()).toBe(true);
  const back = fft.irfft2(found, { s: [4, 5] });
  expect(distance(back.toTypedArray(), x.toTypedArray())).toBeLessThan(2e-6);
  const same = fft.ifft2(fft.fft2({ real: x, imag: x.mul(2) }));
  expect(distance(same.imag.toTypedArray(), x.mul(2).toTypedArray())).toBeLessThan(3e-6);
});

it("frames give the signal back", () => {
  const x = rng.uniform([2, 800], -1, 1);
  const window = fft.fftfreq(64).abs().add(0.1);
  const back = fft.istft(fft.stft(x, 64, { window }), 64, { window, length: 800 });
  expect(distance(back.toTypedArray(), x.toTypedArray())).toBeLessThan(5e-6);
});

it("everything that fft exports is in the fixture", () => {
  const text = readFileSync(file, "utf8");
  for (const name of Object.keys(fft)) expect(text).toContain(`fft.${name}(`);
});

describe("compiled", () => {
  let folder: string;
  let compiled: Readonly<Record<string, (...inputs: readonly unknown[]) => unknown>>;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "glim-fourier-"));
    const { wasm, js } = await compileFile(file);
    const bindings = join(folder, "model.mjs");
    await writeFile(bindings, js);
    const { load } = await import(/* @vite-ignore */ pathToFileURL(bindings).href);
    compiled = await load(wasm);
  }, 240_000);
  afterAll(() => rm(folder, { recursive: true }));

  const shapes: Readonly<Record<string, readonly number[]>> = {
    ...{ frames: [2, 30], signal: [2, 30], planes: [2, 6, 5], planesBack: [2, 6, 5] },
    ...{ planesHalf: [2, 6, 5], planesWhole: [2, 6, 5], planesReal: [2, 6, 5] },
    planesOfImages: [2, 6, 5],
  };
  const entries = Object.entries(eager) as [string, (x: Tensor) => unknown][];
  it.each(entries)("%s gives eager's bits", (name, run) => {
    const x = rng.uniform(shapes[name] ?? [2, 12], -1, 1);
    const wanted = leavesOf(run(x)).map(({ shape, data }) => [shape, Array.from(data)]);
    const found: unknown[] = [];
    const collect = (v: unknown): void => {
      const { data, shape }: { data?: ArrayLike<number>; shape?: readonly number[] } = Object(v);
      if (data !== undefined && shape !== undefined) found.push([[...shape], Array.from(data)]);
      else Object.values(Object(v)).forEach(collect);
    };
    collect(compiled[name]!({ data: x.toTypedArray(), shape: [...x.shape] }));
    expect(found).toEqual(wanted);
  });
});
