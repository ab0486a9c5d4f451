// A test that cannot fail shows nothing: kernels with planted mistakes must be told from right ones.

import { beforeAll, describe, expect, it } from "vitest";
import type { LoopExpr, LoopFunc, LoopModule, LoopStmt } from "#glim/compiler/loop/ir.js";
import { buildKernels } from "#glim/compiler/lower/kernels/build-kernels.js";
import type { Argument } from "#glim/compiler/ops/op.js";
import { ops } from "#glim/compiler/ops/registry.js";
import { emitModule } from "#glim/compiler/wasm/emit-module.js";
import { Kernels } from "#glim/runtime/eager/kernels.js";
import { recordOf, strictRule } from "../ops/reference-host.ts";
import { firstDifference, KernelHost } from "./kernel-host.ts";
import { randomTensor } from "./values.ts";

const { module, table } = buildKernels(ops);

/** Every statement and expression of the functions whose names begin so, rewritten. */
function plant(prefix: string, wrong: (e: LoopExpr) => LoopExpr): LoopModule {
  let planted = 0;
  const rewrite = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(rewrite);
    if (typeof value !== "object" || value === null) return value;
    const inner = Object.fromEntries(Object.entries(value).map(([k, v]) => [k, rewrite(v)]));
    if (!("k" in inner)) return inner;
    const e = inner as unknown as LoopExpr;
    const result = wrong(e);
    if (result !== e) planted++;
    return result;
  };
  const funcs = module.funcs.map(
    (f): LoopFunc =>
      f.name.startsWith(prefix) ? { ...f, body: rewrite(f.body) as readonly LoopStmt[] } : f,
  );
  expect(planted).toBeGreaterThan(0);
  return { ...module, funcs };
}

const swapped =
  (from: string, to: "sub" | "add") =>
  (e: LoopExpr): LoopExpr =>
    e.k === "binary" && e.op === from && e.type === "v4f32" ? { ...e, op: to } : e;

/** Sums lanes in another order: right to within rounding, and wrong. */
const reordered = (e: LoopExpr): LoopExpr =>
  e.k === "lane" && e.lane === 2
    ? { ...e, lane: 1 }
    : e.k === "lane" && e.lane === 1
      ? { ...e, lane: 2 }
      : e;

interface Planted {
  readonly what: string;
  readonly prefix: string;
  readonly wrong: (e: LoopExpr) => LoopExpr;
  readonly op: string;
  readonly shapes: readonly (readonly number[])[];
  readonly args: Readonly<Record<string, Argument>>;
}

const mistakes: readonly Planted[] = [
  {
    what: "a map that subtracts",
    prefix: "map ",
    wrong: swapped("add", "sub"),
    op: "add",
    shapes: [[40], [40]],
    args: {},
  },
  {
    what: "lanes combined in another order",
    prefix: "row sum f32 16",
    wrong: reordered,
    op: "sum",
    shapes: [[3, 200]],
    args: { dim: 1 },
  },
  {
    what: "a tile that subtracts",
    prefix: "tile f32",
    wrong: swapped("add", "sub"),
    op: "dot",
    shapes: [
      [5, 9],
      [9, 11],
    ],
    args: {},
  },
];

async function differs({ op: name, shapes, args }: Planted, wrong: LoopModule): Promise<boolean> {
  const kernels = new Kernels(new WebAssembly.Module(await emitModule(wrong)), table);
  const host = new KernelHost(kernels, { bytes: 1 << 20 });
  const op = recordOf(name);
  const operands = shapes.map((shape, i) => randomTensor("f32", shape, i + 1, 0));
  const types = operands.map((x) => x.type);
  const attrs = op.bind(args, types, strictRule);
  const { actual, wanted } = host.run(op, operands, attrs, op.type(types, attrs, strictRule));
  return firstDifference(actual, wanted) >= 0;
}

describe.each(mistakes)("$what", (mistake) => {
  it("is caught, and its absence is not", async () => {
    expect(await differs(mistake, plant(mistake.prefix, mistake.wrong))).toBe(true);
    expect(await differs(mistake, module)).toBe(false);
  });
});

beforeAll(() => {
  expect(module.funcs.length).toBe(table.families.length);
});
