// Every page and every interpreter ships these kernels: growth must be a decision, family by family.

import { expect, it } from "vitest";
import { verifyLoop } from "#glim/compiler/loop/verify.js";
import { buildKernels } from "#glim/compiler/lower/kernels/build-kernels.js";
import type { Family } from "#glim/compiler/ops/kernel-abi.js";
import { ops } from "#glim/compiler/ops/registry.js";
import { emitModule } from "#glim/compiler/wasm/emit-module.js";

const { module, table } = buildKernels(ops);

/** Bytes of code that each family may have. */
const budgets: Readonly<Record<Family, number>> = {
  map: 38_000,
  math: 20_000,
  reduce: 5_500,
  contract: 8_500,
  window: 2_200,
  move: 1_200,
  index: 500,
  scatter: 800,
  scan: 4_400,
  sort: 600,
  driver: 3_000,
};
/** 24 KiB of it are scalar functions of f32, 15 KiB those of numbers: each is there twice, to give the same bits.
 * 4 KiB are erf, erfc and erfinv of f64, which eager mode calls. */
const wholeBudget = 80 * 1024;

/** The sizes of a module's function bodies, in order. */
function bodySizes(bytes: Uint8Array): number[] {
  let at = 8;
  const unsigned = (): number => {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = bytes[at++]!;
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
  };
  const codeSection = 10;
  while (at < bytes.length) {
    const id = bytes[at++]!;
    const end = unsigned() + at;
    if (id === codeSection) {
      return Array.from({ length: unsigned() }, () => {
        const size = unsigned();
        at += size;
        return size;
      });
    }
    at = end;
  }
  return [];
}

it("every family keeps to its budget, and all to 80 KiB", async () => {
  const bytes = await emitModule(module);
  const sizes = bodySizes(bytes);
  expect(sizes.length).toBe(table.families.length);
  const ledger = new Map<Family, { functions: number; bytes: number; budget: number }>();
  for (const [i, { family }] of table.families.entries()) {
    const entry = ledger.get(family) ?? { functions: 0, bytes: 0, budget: budgets[family] };
    ledger.set(family, {
      ...entry,
      functions: entry.functions + 1,
      bytes: entry.bytes + sizes[i]!,
    });
  }
  console.table(Object.fromEntries(ledger));
  for (const [family, entry] of ledger) {
    expect(entry.bytes, family).toBeLessThanOrEqual(entry.budget);
  }
  expect(bytes.length).toBeLessThanOrEqual(wholeBudget);
});

it("the module is lawful Loop IR", () => {
  expect(verifyLoop(module)).toEqual([]);
});
