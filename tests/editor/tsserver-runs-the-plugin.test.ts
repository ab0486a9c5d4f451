// VS Code and most editors ask TypeScript's own server: the plugin must load there, whatever version it is.
// GLIM_TSSERVER=…/typescript/lib/tsserver.js runs these tests against another one.

import { afterAll, beforeAll, expect, test } from "vitest";
import { TsserverClient } from "./tsserver-client.ts";

const files = {
  "model.ts": `import { script, type Tensor } from "glim";
import { Net } from "./layers.ts";

const net = new Net();

export const f = script((x: Tensor<["B", 784]>) => {
  const hidden = net.forward(x);
  return hidden.sum(1);
});
`,
  "layers.ts": `import { nn, type Tensor } from "glim";

export class Net extends nn.Module {
  readonly first = new nn.Linear(784, 128);

  forward(x: Tensor): Tensor {
    return this.first.forward(x).tanh();
  }
}
`,
};

let server: TsserverClient;

beforeAll(async () => {
  server = await TsserverClient.start(files);
});

afterAll(() => server.stop());

test("a right program gets no diagnostics", async () => {
  expect(await server.diagnostics("model.ts")).toEqual([]);
  expect(await server.diagnostics("layers.ts")).toEqual([]);
});

test("hovers and inlay hints show inferred shapes beside TypeScript's types", async () => {
  const file = server.path("model.ts");
  const info = await server.ask("quickinfo", { file, line: 7, offset: 10 });
  expect(info.displayString).toBe("const hidden: Tensor\n// f32[B,128]");
  const hints = await server.ask("provideInlayHints", { file, start: 0, length: 300 });
  expect(hints).toMatchObject([{ text: ": f32[B,128]", position: { line: 7, offset: 15 } }]);
});

test("a mistake is underlined as it is typed, with a fix that repairs it", async () => {
  const file = server.path("model.ts");
  // `hidden.sum(1)` ⇒ `hidden > 0`
  await server.edit("model.ts", 8, 16, 23, " > 0");
  const diagnostics = await server.diagnostics("model.ts");
  const ours = diagnostics.find((d) => d.source === "glim");
  expect(ours).toMatchObject({
    start: { line: 8, offset: 10 },
    end: { line: 8, offset: 20 },
    code: 91103,
    category: "error",
  });
  expect(ours?.text).toMatch(/^GLIM1103: `>` does not work on tensors\n/);
  const place = { file, startLine: 8, startOffset: 10, endLine: 8, endOffset: 20 };
  const fixes = await server.ask("getCodeFixes", { ...place, errorCodes: [91103] });
  expect(fixes).toMatchObject([
    {
      description: "Write `hidden.gt(0)`",
      changes: [{ textChanges: [{ newText: "hidden.gt(0)" }] }],
    },
  ]);
  await server.edit("model.ts", 8, 10, 20, "hidden.gt(0)");
  expect(await server.diagnostics("model.ts")).toEqual([]);
});

test("a mistake in one file is found from the other", async () => {
  await server.edit("layers.ts", 4, 34, 37, "783");
  const [found] = await server.diagnostics("layers.ts");
  expect(found).toMatchObject({ code: 93001, start: { line: 7, offset: 12 } });
  expect(found?.relatedInformation?.at(-1)).toMatchObject({
    message: "reached through net.forward",
    span: { file: server.path("model.ts"), start: { line: 7, offset: 18 } },
  });
});

test("half-written code is answered", async () => {
  await server.edit("model.ts", 8, 10, 22, "hidden.");
  expect(Array.isArray(await server.diagnostics("model.ts"))).toBe(true);
});
