// f64, u8 and i8 go other ways than f32: eager mode computes them in JavaScript, compiled code with two
// vectors for one or with other loads, the interpreter one element after another or as i32. All must give what the numeric
// contract says, for every operator.

import { describe, expect, it } from "vitest";
import { RefusedCall } from "#glim/compiler/graph/infer.js";
import { type Module, tensorOf } from "#glim/compiler/graph/ir.js";
import type { Op, Sample } from "#glim/compiler/ops/op.js";
import { ops } from "#glim/compiler/ops/registry.js";
import { type DType, dtypes } from "#glim/compiler/ops/types.js";
import type { NdArray } from "#glim/runtime/load.js";
import { type Model, openSync } from "#glim/runtime/package/open.js";
import { lengthOf } from "../ops/reference-elements.ts";
import { concreteType, isIndex, parseTensor, runSample, sampleSizes } from "../ops/sample-call.ts";
import { interpreter, packageGraph } from "../package/compare-package.ts";
import { bitsOf } from "./bits.ts";
import { eagerApply } from "./eager-apply.ts";
import { callEntry, compileGraph } from "./run-compiled.ts";
import { sampleModule } from "./sample-module.ts";

const wide: readonly DType[] = ["f64", "u8", "i8"];

const retyped = (text: string, dtype: DType): string => text.replace(/^\w+/, dtype);

/** The samples of an operator with other dtypes, as far as it takes them. */
function samplesOf(op: Op): readonly Sample[] {
  const all = op.name === "to" ? conversions() : op.samples.flatMap((s) => versionsOf(op, s));
  const byText = new Map(all.map((s) => [JSON.stringify(s), s] as const));
  return [...byText.values()].filter((s) => isTaken(op, s));
}

const versionsOf = (op: Op, sample: Sample): readonly Sample[] =>
  wide.map((dtype) => ({
    operands: sample.operands.map((text, i) => {
      const own = parseTensor(text).dtype;
      const stays = isIndex(op, i) || own === "bool" || op.operands[i]?.dtype === "i32";
      return stays ? text : retyped(text, dtype);
    }),
    args:
      sample.operands.length === 0 && "dtype" in sample.args
        ? { ...sample.args, dtype }
        : sample.args,
  }));

/** Between every two dtypes of which one is new. */
const conversions = (): readonly Sample[] =>
  dtypes.flatMap((from) =>
    dtypes
      .filter((to) => wide.includes(from) || wide.includes(to))
      .map((to) => ({ operands: [`${from}[B,19]`], args: { dtype: to } })),
  );

function isTaken(op: Op, sample: Sample): boolean {
  const isNew = [...sample.operands.map((text) => parseTensor(text).dtype), sample.args.dtype];
  if (!isNew.some((d) => wide.some((w) => w === d))) return false;
  try {
    sampleModule(op, sample);
    return true;
  } catch (error) {
    if (error instanceof RefusedCall || error instanceof Error) return false;
    throw error;
  }
}

interface Case {
  readonly sample: Sample;
  readonly module: Module;
  readonly symbols: readonly string[];
}

/** One module for all samples: each is an entry of its own. */
function together(cases: readonly Case[]): Module {
  const funcs = cases.flatMap(({ module }, n) =>
    module.funcs.map((f) => ({ ...f, name: `run${n}` })),
  );
  return { ...cases[0]!.module, funcs };
}

/** What the interpreter gives for a case: parameters after those of the operator only bring sizes. */
function packaged(
  model: Model,
  n: number,
  { module }: Case,
  operands: ReturnType<typeof runSample>["operands"],
): ArrayLike<number> {
  const shapes = module.funcs[0]!.params.map(({ value }) => concreteType(tensorOf(value)).shape);
  const given = shapes.map((shape, i) => ({
    data: operands[i]?.data ?? new Float32Array(lengthOf(shape)),
    shape: operands[i]?.type.shape ?? shape,
  }));
  const [got] = model[`run${n}`]!(...given) as NdArray[];
  return got!.data;
}

const tested = ops.map((op) => [op.name, op, samplesOf(op)] as const);

describe("operators", () => {
  it.each(tested.filter(([, , samples]) => samples.length > 0))(
    "%s",
    async (_name, op, samples) => {
      const cases = samples.map((sample): Case => ({ sample, ...sampleModule(op, sample) }));
      const model: Model = openSync(packageGraph(together(cases)), interpreter);
      for (const way of [
        { optimize: 2, fusion: true } as const,
        { optimize: 0, fusion: false } as const,
      ]) {
        const wasm = await compileGraph(together(cases), way);
        const { instance } = await WebAssembly.instantiate(wasm as BufferSource);
        for (const [n, { sample, symbols }] of cases.entries()) {
          const { operands, attrs, result } = runSample(op, sample, n + 1);
          const sizes = symbols.map((s) => sampleSizes.get(s)!);
          const got = callEntry(
            instance,
            `run${n}`,
            sizes,
            operands.map((o) => o.data),
            1,
          );
          if (typeof got === "number") throw new Error(`failed at site ${got}`);
          const text = `${op.name} ${JSON.stringify(sample)}`;
          const wanted = bitsOf(result.data);
          expect(bitsOf(got[0]!.data), `${text}, compiled`).toEqual(wanted);
          expect(got[0]!.data.constructor, text).toBe(result.data.constructor);
          const inPackage = packaged(model, n, cases[n]!, operands);
          expect(bitsOf(inPackage), `${text}, in the interpreter`).toEqual(wanted);
          expect(inPackage.constructor, text).toBe(result.data.constructor);
          const eager = eagerApply(op, operands, attrs, result.type);
          expect(bitsOf(eager), `${text}, eager`).toEqual(wanted);
        }
      }
    },
  );

  it("takes the new dtypes nearly everywhere", () => {
    const without = tested.filter(([, , samples]) => samples.length === 0).map(([name]) => name);
    expect(without).toEqual(["logicalAnd", "logicalOr", "logicalNot", "randomWords"]);
  });
});
