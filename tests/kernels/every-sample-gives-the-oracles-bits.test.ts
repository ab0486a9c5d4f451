// The kernels are made from the records; each record's own samples must come out right in every layout.

import fc from "fast-check";
import { describe, it } from "vitest";
import { ops } from "#glim/compiler/ops/registry.js";
import { kernels } from "#glim/runtime/eager/kernels.js";
import { runSample } from "../ops/sample-call.ts";
import { KernelHost, layoutOf } from "./kernel-host.ts";

const host = new KernelHost(kernels());

describe.each(ops.map((op) => [op.name, op] as const))("%s", (_name, op) => {
  it.each(
    op.samples.map((s) => [`${s.operands.join(", ")} ${JSON.stringify(s.args)}`, s] as const),
  )("%s", (_text, sample) => {
    const call = runSample(op, sample);
    host.check(op, call.operands, call.attrs, call.result.type);
    const layouts = call.operands.map((x) => layoutOf(x.type.shape.length));
    fc.assert(
      fc.property(fc.tuple(...layouts), fc.integer({ min: 1, max: 999 }), (given, seed) => {
        const { operands, attrs, result } = runSample(op, sample, seed);
        host.check(op, operands, attrs, result.type, given);
      }),
      { numRuns: 12 },
    );
  });
});
