// What is put together is computed in its place: no tile may write into another part, whatever their widths.

import { describe, expect, it } from "vitest";
import { parseGraph, printGraph } from "#glim/compiler/graph/text.js";
import { defaultPipeline, graphPasses } from "#glim/compiler/pipeline.js";
import { expectAlike } from "./compare-program.ts";
import { eagerApply } from "./eager-apply.ts";

/** Convolutions of one image put together along their channels, and read by another one. */
function fire(batch: number | string, [one, three]: readonly [number, number]): string {
  const image = (channels: number): string => `f32[${batch},${channels},5,6]`;
  const steps = "dilation=[1,1] groups=1 stride=[1,1]";
  return `module test

entry func @run(%x: ${image(3)}, %v: f32[${one},3,1,1], %w: f32[${three},3,3,3], %u: f32[2,${one + three},1,1]) -> ${image(2)} {
  %0 = conv %x %v ${steps} padding=[0,0] : ${image(one)}
  %1 = neg %0 : ${image(one)}
  %2 = conv %x %w ${steps} padding=[1,1] : ${image(three)}
  %3 = cat %1 %2 axis=1 : ${image(one + three)}
  %4 = conv %3 %u ${steps} padding=[0,0] : ${image(2)}
  return %4
}
`;
}

/** Products put together along an axis, in each round of a loop. */
function heads(rows: number | string, widths: readonly number[], axis: number): string {
  const inner = 4;
  const total = widths.reduce((sum, n) => sum + n, 0);
  const shape = (n: number): string => (axis === 1 ? `f32[${rows},${n}]` : `f32[${n},${rows}]`);
  const weight = (n: number): string => (axis === 1 ? `f32[${inner},${n}]` : `f32[${n},${inner}]`);
  const params = widths.map((n, i) => `, %w${i}: ${weight(n)}`).join("");
  const x = axis === 1 ? `f32[${rows},${inner}]` : `f32[${inner},${rows}]`;
  const products = widths.map(
    (n, i) => `    %p${i} = dot ${axis === 1 ? `%y %w${i}` : `%w${i} %y`} : ${shape(n)}\n`,
  );
  const parts = widths.map((_, i) => `%p${i}`).join(" ");
  return `module test

entry func @run(%x: ${x}${params}, %s: ${shape(total)}) -> ${shape(total)} {
  %0 = number 0 : f64
  %1 = number 1 : f64
  %2 = number 3 : f64
  %r = loop L0 (%t = %s : ${shape(total)}, %i = %0 : f64) : ${shape(total)} {
    %3 = scalar lt %i %2 : bool
    if %3 {
      yield
    } else {
      break L0 %t
    }
    %m = mean %t axes=[0,1] keepDim=true lanes=16 : f32[1,1]
    %y = add %x %m : ${x}
${products.join("")}    %c = cat ${parts} axis=${axis} : ${shape(total)}
    %n = scalar add %i %1 : f64
    continue L0 %c %n
  }
  return %r
}
`;
}

async function check(text: string): Promise<void> {
  const passes = graphPasses(defaultPipeline);
  const context = { evaluator: undefined };
  const module = passes.reduce((m, pass) => pass.run(m, context), parseGraph(text));
  expect(printGraph(module)).toMatch(/= join /);
  await expectAlike(parseGraph(text), [eagerApply]);
}

describe("channels", () => {
  it.each([
    [1, [5, 7]],
    [2, [8, 3]],
    ["B", [2, 9]],
    ["B", [17, 4]],
  ] as const)("of %s images, %j of them", (batch, channels) => check(fire(batch, channels)));
});

describe("products in a loop", () => {
  it.each([
    [5, [3, 9, 2], 1],
    ["B", [8, 8], 1],
    [7, [2, 30], 1],
    [6, [3, 5], 0],
  ] as const)("of %s rows, widths %j, along axis %i", (rows, widths, axis) =>
    check(heads(rows, widths, axis)),
  );
});
