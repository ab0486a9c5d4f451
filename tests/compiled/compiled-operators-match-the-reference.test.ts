// Compiled loop nests obey the numeric contract: every operator's samples, fused and not, bit for bit.

import { describe, expect, it } from "vitest";
import { ops } from "#glim/compiler/ops/registry.js";
import { runSample, sampleSizes } from "../ops/sample-call.ts";
import { bitsOf } from "./bits.ts";
import { callEntry, compileGraph } from "./run-compiled.ts";
import { sampleModule } from "./sample-module.ts";

const ways = [
  { optimize: 2, fusion: true },
  { optimize: 1, fusion: false },
  { optimize: 0, fusion: false },
] as const;

describe.each(ops.map((op) => [op.name, op] as const))("%s", (_name, op) => {
  const cases = op.samples.flatMap((sample, n) => ways.map((way) => ({ sample, n, way })));
  it.each(cases)(
    "sample $n, optimize $way.optimize, fusion $way.fusion",
    async ({ sample, way }) => {
      const { module, symbols } = sampleModule(op, sample);
      const wasm = await compileGraph(module, way);
      const { operands, result } = runSample(op, sample);
      const { instance } = await WebAssembly.instantiate(wasm as BufferSource);
      const sizes = symbols.map((s) => sampleSizes.get(s)!);
      const inputs = operands.map((o) => o.data);
      const got = callEntry(instance, "run", sizes, inputs, 1);
      if (typeof got === "number") throw new Error(`failed at site ${got}`);
      expect(got[0]!.shape).toEqual(result.type.shape);
      expect(bitsOf(got[0]!.data)).toEqual(bitsOf(result.data));
    },
  );
});
