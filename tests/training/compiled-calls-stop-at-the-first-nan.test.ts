// A loss that is NaN after an hour says nothing: a compiled step must be able to tell where the first NaN came from.

import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type Tensor, tensor } from "glim";
import { beforeAll, describe, expect, it } from "vitest";
import { compile, compileFile } from "#glim/cli/compiler.js";
import { loadModel } from "#glim/cli/loader/load-model.js";

const path = fileURLToPath(new URL("../fixtures/training/nan.ts", import.meta.url));
const source = readFileSync(path, "utf8").split("\n");
const lineOf = (text: string): number => source.findIndex((line) => line.includes(text)) + 1;

type Fixture = typeof import("../fixtures/training/nan.ts");
let model: Fixture;
beforeAll(async () => {
  model = (await loadModel(path)).exports as unknown as Fixture;
});

/** What a call says that fails, and the line that it names. */
function failureOf(f: () => unknown): readonly [string, number] {
  try {
    f();
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const [, message, line] = /^(.*) \([^()]*nan\.ts:(\d+):\d+\)$/.exec(error.message) ?? [];
    return [message ?? error.message, Number(line)];
  }
  return ["no NaN", 0];
}

const watched = <F extends (...args: never[]) => unknown>(f: F): Promise<F> =>
  compile(f, { stopAtNaN: true });
const x: Tensor<[3]> = tensor([1, -4, 2]);

describe("a compiled call that stops at NaN", { timeout: 60_000 }, () => {
  it("names the operator, and the line that asked for it", async () => {
    const logs = await watched(model.logs);
    const wanted = ["log: the first NaN is in f32[3]", lineOf(".log()")];
    expect(failureOf(() => logs(x))).toEqual(wanted);
    expect(failureOf(() => logs(x.abs()))).toEqual(["no NaN", 0]);
  });

  it("names what is gone back through", async () => {
    const back = await watched(model.back);
    const [message, line] = failureOf(() => back(x));
    expect(message).toMatch(/^\w+: the first NaN on the way back through \w+ is in f32\[/);
    expect(line).toBe(lineOf(".sqrt())(x)"));
  });

  it("looks into branches and loops", async () => {
    const rounds = await watched(model.rounds);
    expect(failureOf(() => rounds(x, 2))).toEqual(["no NaN", 0]);
    const wanted = ["sqrt: the first NaN is in f32[3]", lineOf("sub(100)")];
    expect(failureOf(() => rounds(x, 5))).toEqual(wanted);
  });

  it("says what was NaN before", async () => {
    const sums = await watched(model.sums);
    expect(failureOf(() => sums(tensor([1, Number.NaN, 2])))[0]).toBe("x has NaN already");
    const step = await watched(model.step);
    const rows = tensor([[1, 2, 3]]);
    expect(failureOf(() => step(rows))).toEqual(["no NaN", 0]);
    const [message, line] = failureOf(() => {
      for (let i = 0; i < 3; i++) step(rows);
    });
    expect(message).toMatch(/: the first NaN .*is in f32\[/);
    expect(line).toBe(lineOf("opt.minimize"));
  });

  it("takes infinities for what they are, and changes no bit", async () => {
    const [plain, fine] = [await compile(model.fine), await watched(model.fine)];
    expect(fine(x).toList()).toEqual(plain(x).toList());
    expect(plain(x).toList()).toEqual([Infinity, Infinity, Infinity]);
  });
});

it("nothing is looked at where it is not asked for", async () => {
  const nodes = { plain: 0, watched: 0 };
  for (const kind of ["plain", "watched"] as const) {
    const watch = ({ module }: { readonly module: { readonly funcs: readonly unknown[] } }) => {
      nodes[kind] += JSON.stringify(module.funcs).split("NaN").length - 1;
    };
    await compileFile(path, { entries: ["logs"], stopAtNaN: kind === "watched", watch });
  }
  expect(nodes.plain).toBe(0);
  expect(nodes.watched).toBeGreaterThan(0);
}, 60_000);
