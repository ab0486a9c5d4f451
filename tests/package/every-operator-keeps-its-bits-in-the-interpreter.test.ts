// The interpreter has its own kernels, of single operations: together they must give the bits of each operator.

import { describe, expect, it } from "vitest";
import { parseGraph } from "#glim/compiler/graph/text.js";
import { numberFunctions } from "#glim/compiler/ops/math/number-functions.js";
import { ops } from "#glim/compiler/ops/registry.js";
import { kernels } from "#glim/runtime/eager/kernels.js";
import { openSync } from "#glim/runtime/package/open.js";
import { bitsOf } from "../compiled/bits.ts";
import { sampleArguments, sampleModule } from "../compiled/sample-module.ts";
import { runSample } from "../ops/sample-call.ts";
import { interpreter, packageGraph } from "./compare-package.ts";

describe.each(ops.map((op) => [op.name, op] as const))("%s", (_name, op) => {
  it.each(op.samples.map((sample, n) => ({ sample, n })))("sample $n", ({ sample }) => {
    const { module } = sampleModule(op, sample);
    const { result } = runSample(op, sample);
    const model = openSync(packageGraph(module), interpreter);
    const [got] = model.run!(...sampleArguments(op, sample, module)) as {
      data: Float32Array;
      shape: readonly number[];
    }[];
    expect(got!.shape).toEqual(result.type.shape);
    expect(bitsOf(got!.data)).toEqual(bitsOf(result.data));
  });
});

const arguments_ = [
  0, -0, 0.5, -0.7, 1, -1, 2.25, -3.5, 17, 1e-9, -42.4242, 709, -745, 1e22, 5e-324,
].concat([Number.NaN, Infinity, -Infinity, 1.7e308, -2.2e-308, 123456.789]);

describe.each([...numberFunctions])("math.%s", (name, f) => {
  it("gives the bits of the kernels", () => {
    const params = ["%a", "%b"].slice(0, f.length);
    const module = parseGraph(`module numbers

entry func @run(${params.map((p) => `${p}: f64`).join(", ")}) -> f64 {
  %y = scalar ${name} ${params.join(" ")} : f64
  return %y
}
`);
    const model = openSync(packageGraph(module), interpreter);
    const due = kernels().numberFunction(name);
    const second = f.length === 1 ? [0] : arguments_;
    for (const x of arguments_) {
      for (const y of second) {
        const args = [x, y].slice(0, f.length);
        expect(model.run!(...args), `${name}(${args})`).toBe(due(...args));
      }
    }
  });
});
