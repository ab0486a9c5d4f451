// Editors know Glim only through this protocol: what they show is what these messages say.

import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { testFolder } from "../cli/glim.ts";
import { LspClient } from "./lsp-client.ts";

const folder = path.resolve("/models");
const model = path.join(folder, "model.ts");
const layers = path.join(folder, "layers.ts");

const modelText = `import { script, type Tensor } from "glim";
import { Net } from "./layers.ts";

const net = new Net();

export const f = script((x: Tensor<["B", 784]>) => {
  const hidden = net.forward(x);
  let best = hidden.relu();
  best = best.sum(1);
  return best;
});
`;

const layersText = `import { nn, type Tensor } from "glim";

export class Net extends nn.Module {
  readonly first = new nn.Linear(784, 128);

  forward(x: Tensor): Tensor {
    const y = this.first.forward(x);
    return y.tanh();
  }
}
`;

let client: LspClient;

beforeAll(async () => {
  client = await LspClient.start(process.cwd(), true);
  await client.open(layers, layersText);
  await client.open(model, modelText);
});

afterAll(async () => {
  expect(await client.stop()).toBe(0);
});

test("a right program gets no diagnostics", async () => {
  expect(await client.pull(model)).toEqual([]);
  expect(await client.pull(layers)).toEqual([]);
});

test("hovers and hints show inferred shapes", async () => {
  const hover = await client.hover(model, "hidden =");
  expect(hover?.contents).toEqual({ kind: "markdown", value: "`f32[B,128]`" });
  expect((await client.hover(model, "sum(1)"))?.contents).toMatchObject({ value: "`f32[B]`" });
  expect((await client.hover(layers, "y = this"))?.contents).toMatchObject({
    value: "`f32[B,128]`",
  });
  expect(await client.hover(model, "import")).toBeNull();
  const hints = await client.hints(model);
  expect(hints.map((h) => [h.position.line + 1, h.label])).toEqual([
    [7, ": f32[B,128]"],
    [8, ": f32[B,128]"],
    [9, ": f32[B]"],
  ]);
  expect((await client.hints(layers)).map((h) => h.label)).toEqual([": f32[B,128]"]);
});

test("a mistake in one file is found from the other as it is typed, and goes when it is repaired", async () => {
  await client.edit(layers, "(784, 128)", "(783, 128)");
  const [first] = await client.pull(layers);
  expect(first).toMatchObject({ code: "GLIM3001", source: "glim", severity: 1 });
  expect(first?.range.start).toEqual({ line: 6, character: 14 });
  expect(first?.message).toContain("783");
  expect(first?.codeDescription?.href).toMatch(/^file:.*docs\/diagnostics\/GLIM3001\.md$/);
  const through = first?.relatedInformation?.find((r) => r.message.startsWith("reached through"));
  expect(through).toMatchObject({
    message: "reached through net.forward",
    location: { range: { start: { line: 6, character: 17 } } },
  });
  await client.edit(layers, "(783, 128)", "(784, 128)");
  expect(await client.pull(layers)).toEqual([]);
});

/** What is written, and what the quick fix makes of it. */
const fixes: readonly (readonly [wrong: string, right: string])[] = [
  ["const c = best > 0;", "const c = best.gt(0);"],
  ["const c = 1 - best;", "const c = sub(1, best);"],
  ["const c = -best;", "const c = best.neg();"],
  ["const c = best.neg() === best;", "const c = best.neg().eq(best);"],
  ["const c = best.log_softmax(0);", "const c = best.logSoftmax(0);"],
  ["const c = best.view(-1, 1);", "const c = best.reshape([-1, 1]);"],
  ["const c = best.float();", 'const c = best.to("f32");'],
  ["const c = best.sofmax(0);", "const c = best.softmax(0);"],
  ["const c = best.ndim;", "const c = best.rank;"],
  ["best += 1;", "best = best.add(1);"],
  ["best.add(1);", "best = best.add(1);"],
  ["const c = best.sum(0, { keepdim: true });", "const c = best.sum(0, { keepDim: true });"],
  ["const c = best.mul(Math.exp(2));", "const c = best.mul(math.exp(2));"],
  ["const c = best.mul(best.shape[0] ** 2);", "const c = best.mul(math.pow(best.shape[0], 2));"],
  ["var c = 1;", "let c = 1;"],
  ["const c = best.rank == 1;", "const c = best.rank === 1;"],
];

test.each(fixes)("%s ⇒ %s", async (wrong, right) => {
  await client.edit(model, "  return best;", `  ${wrong}\n  return best;`);
  const [diagnostic] = await client.pull(model);
  const actions = await client.actions(model, textAt(client.text(model), diagnostic!.range.start));
  const fixed = actions.map((action) => client.applied(model, action));
  await client.edit(model, `  ${wrong}\n  return best;`, "  return best;");
  expect(fixed).toHaveLength(1);
  expect(fixed[0]).toContain(`  ${right}\n`);
  const needed = /\b(math)\.|= (sub)\(/.exec(right);
  const name = needed?.[1] ?? needed?.[2];
  if (name !== undefined)
    expect(fixed[0]).toMatch(new RegExp(`^import \\{ .*\\b${name}\\b.* \\} from "glim"`));
});

/** The rest of a line, which is unlike any other. */
function textAt(text: string, { line, character }: { line: number; character: number }): string {
  return text.split("\n").slice(line).join("\n").slice(character);
}

test("half-written code is answered", async () => {
  await client.edit(model, "  return best;", "  return best.\n");
  expect(Array.isArray(await client.pull(model))).toBe(true);
  await client.edit(model, "  return best.\n", "  return best;");
  expect(await client.pull(model)).toEqual([]);
});

test("clients that do not ask are told, also of other open files", async () => {
  const pushed = await LspClient.start(await testFolder(), false);
  await pushed.open(layers, layersText);
  await pushed.open(model, modelText);
  expect(await pushed.pushed(model)).toEqual([]);
  await pushed.edit(model, "sum(1)", "sum(2)");
  expect((await pushed.pushed(model)).map((d) => d.code)).toEqual(["GLIM3003"]);
  await pushed.edit(model, "sum(2)", "sum(0)");
  expect(await pushed.pushed(model)).toEqual([]);
  await pushed.edit(layers, "(784, 128)", "(783, 128)");
  expect((await pushed.pushed(layers)).map((d) => d.code)).toEqual(["GLIM3001"]);
  expect(await pushed.stop()).toBe(0);
});

test("the user's code is not run", async () => {
  const text = `import { script } from "glim";
import { writeFileSync } from "node:fs";
writeFileSync("/this-ran", "");
export const f = script((n: number) => n == 1);
process.exit(7);
`;
  const other = path.join(folder, "other.ts");
  await client.open(other, text);
  expect((await client.pull(other)).map((d) => d.code)).toEqual(["GLIM1016"]);
});
