// A wrong axis or option is one error with one code, whether a program runs or is compiled; compiled, it
// is found before anything runs, at the user's own call.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as glim from "glim";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CompileFailure, compileFile } from "#glim/cli/compiler.js";

/** What is called on `x: f32[2,5,3]`, the code, and what the message says. */
const cases: readonly (readonly [call: string, code: string, message: string])[] = [
  ["x.transpose(0, 7)", "GLIM3003", "transpose: axis 7 is outside a tensor of rank 3; use -3 … 2"],
  ["x.flatten(2, 1)", "GLIM3003", "flatten: axis 2 comes after axis 1"],
  ["x.squeeze([0, 3])", "GLIM3003", "squeeze: axis 3 is outside"],
  ["x.unsqueeze(1.5)", "GLIM3004", "unsqueeze: 1.5 is not an axis"],
  ["x.softmax(3)", "GLIM3003", "axis 3 is outside"],
  ["x.variance([1, -2])", "GLIM3003", "variance: axis 1 is given twice"],
  ["x.glu(1)", "GLIM3001", "glu: axis 1 of size 5 has no two halves"],
  ["g.layerNorm(x, [4, 3])", "GLIM3001", "layerNorm: axis 1 has size 5, not 4"],
  ["g.groupNorm(x, 2)", "GLIM3001", "groupNorm: 5 channels in 2 groups"],
  ["g.conv2d(x, x)", "GLIM3001", "conv2d: x has 3 axes and weight 3"],
  ["g.nll(x, g.zeros([2], 'i32'))", "GLIM3001", "nll: classes of rank 1 for scores of rank 3"],
  ["x.roll([1, 2], 0)", "GLIM3004", "roll: 2 shifts for 1 axes"],
  ["x.split([2, 2], 1)", "GLIM3001", "split: the sizes add up to 4, not to 5"],
  ["x.at(0, 0, 0, 0)", "GLIM3003", "at: 4 positions for a tensor of rank 3"],
  ["x.at('1-2')", "GLIM3004", 'at: "1-2" is not a range'],
  ["x.at(g.ones([4], 'bool'))", "GLIM3001", "at: a mask of [4] does not fit axes of [2]"],
  ["x.with([0], g.arange(3))", "GLIM3002", "with: x is f32 and value i32"],
  [
    "x.pad([[0, 0], [0, 0], [3, 0]], { mode: 'reflect' })",
    "GLIM3001",
    "pad: reflects 3 of 3 positions",
  ],
  ["x.pad([[1, 1]])", "GLIM3004", "pad: widths needs one pair per axis: 1 for 3"],
  ["g.einsum('ij,jk', x, x)", "GLIM3001", 'einsum: "ij" does not name the axes'],
  ["g.interpolate(x, { size: 3, mode: 'bilinear' })", "GLIM3001", "interpolate: mode bilinear"],
  ["g.interpolate(x, {})", "GLIM3004", "interpolate: give either size or scaleFactor"],
  ["g.diagonal(x, 0, { dim1: 1, dim2: -2 })", "GLIM3003", "diagonal: axis 1 is given twice"],
  ["g.polygamma(-1, x)", "GLIM3004", "polygamma: the order must be 0, 1, 2, …, not -1"],
  ["x.logcumsumexp(3)", "GLIM3003", "logcumsumexp: axis 3 is outside"],
  ["g.channelShuffle(x, 2)", "GLIM3001", "channelShuffle: 5 channels in 2 groups"],
  ["g.localResponseNorm(x.at(0), 2)", "GLIM3001", "localResponseNorm: a tensor of rank 2"],
  ["g.bincount(g.zeros([2, 2], 'i32'))", "GLIM3001", "bincount: takes a list, not a tensor of"],
  [
    "g.crossEntropy(x, g.zeros([2, 3], 'i32'), { weight: g.ones([4]) })",
    "GLIM3001",
    "crossEntropy: weight has 4 factors for 5 classes",
  ],
  [
    "g.crossEntropy(x, g.zeros([3, 3], 'i32'))",
    "GLIM3001",
    "crossEntropy: target has size 3 on axis 0, and x 2 there",
  ],
  [
    "g.crossEntropy(x, g.zeros([2, 3], 'u8'))",
    "GLIM3002",
    "crossEntropy: target is u8; classes are i32, and probabilities f32 as x",
  ],
  ["g.mse(x, x, { reduction: 'all' })", "GLIM3004", "reduction is mean, sum or none, not all"],
  // What is only found inside of the function says what was called, too.
  ["x.matmul(x)", "GLIM3001", "matmul: dot: inner sizes 3 and 5 differ"],
  ["x.softmax(-4)", "GLIM3003", "softmax: max: axis -4 is outside a tensor of rank 3"],
  ["g.mse(x, x.at(0, 0, '0:2'))", "GLIM3001", "mse: sub: sizes 3 and 2 differ"],
  ["x.topk(9)", "GLIM3001", "topk: narrow: 9 positions from 0 on do not fit axis 2"],
  ["x.maskedFill(x, 1)", "GLIM3002", "maskedFill: where: condition must be bool, not f32[2,5,3]"],
  [
    "g.crossEntropy(x, x.at(0))",
    "GLIM3001",
    "crossEntropy: target has 2 axes, and probabilities 3 as x",
  ],
  ["g.stack([x, x.at(0)])", "GLIM3001", "stack: cat: ranks differ: f32[1,2,5,3], f32[1,5,3]"],
  [
    "g.scaledDotProductAttention(x, x, x.at(0, '0:2'))",
    "GLIM3001",
    "scaledDotProductAttention: dot: inner sizes 5 and 2 differ",
  ],
  ["linear.forward(x)", "GLIM3001", "Linear: dot: inner sizes 3 and 7 differ"],
  ["norm.forward(x)", "GLIM3001", "BatchNorm1d: mul: sizes 5 and 4 differ"],
  ["rng.uniform([2, -1])", "GLIM3004", "uniform: randomWords: count must be a whole number"],
  ["x.repeatInterleave(-1)", "GLIM3004", "repeatInterleave: no element is repeated -1 times"],
  ["g.eye(-1)", "GLIM3004", "eye: there is no matrix of -1 rows"],
  ["g.fft.stft(x, 16)", "GLIM3001", "stft: 3 samples are too few for windows of 16"],
  ["g.pixelShuffle(x, 2)", "GLIM3001", "pixelShuffle: 2 channels by 2²"],
];

let folder: string;
const model = (): string => join(folder, "model.ts");
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "glim-refused-"));
  const entries = cases.map(
    ([call], i) => `export const e${i} = g.script((x: g.Tensor<[2, 5, 3]>) => ${call});`,
  );
  const captured = [
    "const linear = new g.nn.Linear(7, 2);",
    "const norm = new g.nn.BatchNorm1d(4);",
    "const rng = new g.Rng(1);",
  ];
  await writeFile(model(), ['import * as g from "glim";', ...captured, ...entries].join("\n"));
});
afterAll(() => rm(folder, { recursive: true }));

describe.each(cases)("%s", (call, code, message) => {
  it("when it runs", () => {
    const run = new Function("g", "x", "linear", "norm", "rng", `return ${call}`);
    const x = glim.ones([2, 5, 3]);
    let error: unknown;
    try {
      run(glim, x, new glim.nn.Linear(7, 2), new glim.nn.BatchNorm1d(4), new glim.Rng(1));
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toBeInstanceOf(glim.GlimError);
    expect(error).toMatchObject({ code });
    expect(String(error)).toContain(message);
  });
});

it("frames of the elements beside them need as many", () => {
  const x = glim.ones([2, 3]);
  const wide = { padding: 4, paddingMode: "circular" } as const;
  expect(() =>
    x.pad(
      [
        [0, 0],
        [3, 0],
      ],
      { mode: "reflect" },
    ),
  ).toThrow("pad: reflects 3 of 3");
  const none: [number, number] = [0, 0];
  expect(glim.ones([0, 3]).pad([none, [2, 0]], { mode: "reflect" }).shape).toEqual([0, 5]);
  expect(glim.ones([0, 3]).pad([none, none], { mode: "circular" }).shape).toEqual([0, 3]);
  const layer = new glim.nn.Conv1d(2, 1, 3, wide);
  expect(() => layer.forward(x)).toThrow("pad: repeats 4 of 3 positions");
});

it("when it is compiled", async () => {
  const failure: unknown = await compileFile(model()).catch((e: unknown) => e);
  expect(failure).toBeInstanceOf(CompileFailure);
  if (!(failure instanceof CompileFailure)) return;
  const found = failure.diagnostics.map((d) => [d.code, d.message]);
  for (const [i, [, code, message]] of cases.entries()) {
    expect(found[i]?.[0], cases[i]![0]).toBe(code);
    expect(found[i]?.[1]).toContain(message);
  }
  expect(found.length).toBe(cases.length);
});
