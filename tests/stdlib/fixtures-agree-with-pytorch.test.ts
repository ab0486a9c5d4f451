// Names and options are PyTorch's, so what is computed must be, too, whatever the option: PyTorch's own
// results, in float64, are checked in beside each fixture.
import { beforeAll, describe, expect, it } from "vitest";
import { compileFile } from "#glim/cli/compiler.js";
import type { EntrySignature } from "#glim/compiler/package/signature.js";
import {
  fixtures,
  inputsOf,
  loadFixture,
  type Run,
  samplesOf,
  sourceOf,
  tensorsOf,
  typesOf,
} from "./function-fixtures.ts";

/** Errors relative to the largest element: those of a sum are not relative to the sum. */
const tolerance = 2e-6;

describe.each(fixtures)("%s", (fixture) => {
  const samples = samplesOf(fixture);
  let entries: readonly EntrySignature[];
  let eager: Readonly<Record<string, Run>>;
  beforeAll(async () => {
    entries = (await compileFile(sourceOf(fixture))).signature.entries;
    eager = await loadFixture(fixture);
  }, 240_000);

  it("each sample has an entry, and each entry a sample", () => {
    const names = entries.map((entry) => entry.name).sort();
    expect(Object.keys(samples).sort()).toEqual(names);
  });

  it.each(Object.entries(samples))("%s", (name, sample) => {
    const entry = entries.find((e) => e.name === name)!;
    expect(typesOf(entry, 3)).toEqual(sample.inputs);
    const found = tensorsOf(eager[name]!(...inputsOf(entry, 3)));
    expect(found.map((x) => [...x.shape])).toEqual(sample.outputs.map((o) => o.shape));
    for (const [i, { data }] of sample.outputs.entries()) {
      const wanted = data.map(Number);
      const scale = Math.max(1, ...wanted.filter(Number.isFinite).map(Math.abs));
      for (const [k, x] of found[i]!.toTypedArray().entries()) {
        const w = wanted[k]!;
        if (Object.is(x, w) || (Number.isNaN(x) && Number.isNaN(w))) continue;
        expect(Math.abs(x - w), `output ${i}, element ${k}: ${x}, not ${w}`).toBeLessThanOrEqual(
          tolerance * scale,
        );
      }
    }
  });
});
