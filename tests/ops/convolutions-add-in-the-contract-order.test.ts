// The bits of a convolution are fixed by the order of its sums, so the index maps must be exactly right.

import { describe, expect, it } from "vitest";
import {
  type ConvForm,
  type Image,
  plainConv,
  plainInputGrad,
  plainWeightGrad,
} from "./plain-convolution.ts";
import { type ReferenceTensor, recordOf } from "./reference-host.ts";
import { runSample } from "./sample-call.ts";

const image = ({ type, data }: ReferenceTensor): Image => ({
  shape: type.shape.map(Number),
  data: Float32Array.from(data),
});

const forms = {
  conv: plainConv,
  convInputGrad: plainInputGrad,
  convWeightGrad: plainWeightGrad,
};

describe.each(Object.entries(forms))("%s", (name, plain) => {
  const op = recordOf(name);
  const flat = op.samples.filter((s) => s.operands[0]!.split(",").length === 4);

  it.each(flat.map((s) => [`${s.operands.join(", ")} ${JSON.stringify(s.args)}`, s] as const))(
    "equals nested loops bit for bit: %s",
    (_text, sample) => {
      const { operands, attrs, result } = runSample(op, sample);
      const { stride, padding, dilation, groups } = attrs;
      const form = { stride, padding, dilation, groups } as ConvForm;
      const shape = result.type.shape.map(Number);
      expect(result.data).toEqual(plain(image(operands[0]!), image(operands[1]!), form, shape));
    },
  );
});

it("one and three spatial axes agree with two", () => {
  const conv = recordOf("conv");
  for (const [sample, wide] of [
    [
      { operands: ["f32[2,3,9]", "f32[4,3,3]"], args: { stride: 2 } },
      { operands: ["f32[2,3,1,9]", "f32[4,3,1,3]"], args: { stride: [1, 2] } },
    ],
    [
      { operands: ["f32[1,2,1,4,5]", "f32[2,2,1,2,2]"], args: {} },
      { operands: ["f32[1,2,4,5]", "f32[2,2,2,2]"], args: {} },
    ],
  ] as const) {
    expect(runSample(conv, sample).result.data).toEqual(runSample(conv, wide).result.data);
  }
});
