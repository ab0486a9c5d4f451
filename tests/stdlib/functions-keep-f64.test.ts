// Who computes in f64 wants all of its digits: a function that rounds to f32 on the way loses half of them unseen.
import { fileURLToPath } from "node:url";
import { type AnyTensor, Rng } from "glim";
import { beforeAll, describe, expect, it } from "vitest";
import { compileFile } from "#glim/cli/compiler.js";
import * as eager from "../fixtures/stdlib/double.ts";
import { expectSameBits, type Plain, plainOf } from "./compiled-fixture.ts";

type Entry = (x: AnyTensor<"f64">, y: AnyTensor<"f64">) => Record<string, AnyTensor<"f64">>;
const entries: Readonly<Record<string, Entry>> = eager;
const rng = new Rng(8);
const [x, y] = [rng.normal([4, 6], "f64"), rng.normal([4, 6], "f64")];
/** Far less than f32 can tell. */
const nudge = (v: AnyTensor<"f64">): AnyTensor<"f64"> => v.add(v.flip().mul(1e-11));

type Compiled = Record<string, (...xs: readonly Plain[]) => Record<string, Plain>>;
let compiled: Compiled;
beforeAll(async () => {
  const file = fileURLToPath(new URL("../fixtures/stdlib/double.ts", import.meta.url));
  const { wasm, js } = await compileFile(file);
  const { load } = await import(
    /* @vite-ignore */ `data:text/javascript,${encodeURIComponent(js)}`
  );
  compiled = await load(wasm);
}, 120_000);

describe.each(Object.entries(entries))("%s", (name, entry) => {
  const found = entry(x, y);
  const nudged = entry(nudge(x), nudge(y));
  const rounded = entry(
    x.to("f32") as unknown as AnyTensor<"f64">,
    y.to("f32") as unknown as AnyTensor<"f64">,
  );

  it.each(Object.keys(found))("%s", (key) => {
    const [value, near, coarse] = [found[key]!, nudged[key]!, rounded[key]!];
    expect(value.dtype).toBe("f64");
    const scale = Number(value.abs().max().item());
    expect(Number(value.sub(coarse).abs().max().item())).toBeLessThan(3e-5 * Math.max(scale, 1));
    const moved = Number(value.sub(near).abs().max().item());
    expect(moved).toBeGreaterThan(0);
    expect(moved).toBeLessThan(1e-8 * Math.max(scale, 1));
  });

  it("the same bits compiled", () => {
    const given = compiled[name]!(plainOf(x), plainOf(y));
    for (const key of Object.keys(found)) expectSameBits(given[key]!, found[key]!);
  });
});
