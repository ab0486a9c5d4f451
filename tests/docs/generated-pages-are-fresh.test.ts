// Pages that are made from the code say what the code says; one that has gone stale tells users what
// was. `npm run docs` writes them.
import { readFileSync } from "node:fs";
import * as glim from "glim";
import { expect, it } from "vitest";
import { operatorsPage } from "#glim/cli/docs/operators-page.js";
import { otherwise } from "#glim/cli/docs/pytorch-names.js";
import { pytorchPage } from "#glim/cli/docs/pytorch-page.js";
import { ops } from "#glim/compiler/ops/registry.js";

const page = (name: string): string =>
  readFileSync(new URL(`../../docs/${name}`, import.meta.url), "utf8");

it("docs/operators.md is what the records say", () => {
  expect(page("operators.md")).toBe(operatorsPage(page("functions.md")));
});

it("docs/operators.md has an entry for each operator, without holes", () => {
  const text = page("operators.md");
  for (const { name } of ops) expect(text).toContain(`\n## ${name}\n`);
  expect(text).not.toMatch(/undefined|\[object/);
});

it("docs/pytorch.md is what the package exports", () => {
  expect(page("pytorch.md")).toBe(pytorchPage());
});

it("what docs/pytorch.md says is written otherwise exists", () => {
  const x = glim.tensor([1]);
  const opt = new glim.optim.SGD([new glim.nn.Parameter(x)], { lr: 1 });
  const rng = new glim.Rng(0);
  const m = new glim.nn.Module();
  const calls = otherwise.flatMap((o) => [...o.glim.matchAll(/\b(\w+)\.(\w+)/g)]);
  expect(calls.length).toBeGreaterThan(10);
  for (const [call, owner = "", name = ""] of calls) {
    const from: unknown = Reflect.get({ ...glim, x, y: x, opt, rng, m }, owner);
    expect(Reflect.has(Object(from), name), call).toBe(true);
  }
});
