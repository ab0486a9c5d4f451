// Whoever works on a model beside its page keeps this running: it must notice every save, of imported files too, go on
// after mistakes, write what a new process would write and nothing else, and end when it is told to.

import { readFile, rm, stat, utimes, writeFile } from "node:fs/promises";
import path from "node:path";
import { expect, it } from "vitest";
import { glim, listing, start, testFolder } from "./glim.ts";

const model = `import { script, type Tensor } from "glim";
import type { Rows } from "./rows.ts";
import { layer } from "./layer.ts";
export const f = script((x: Tensor<[Rows, 4]>) => layer.forward(x));
`;
const layer = (width: number): string =>
  `import { nn } from "glim";\nexport const layer = new nn.Linear(${width}, 2);\n`;
const rows = (n: number | string): string => `export type Rows = ${n};\n`;

interface Round {
  readonly ok: boolean;
  readonly written?: readonly string[];
  readonly diagnostics?: readonly { readonly code: string; readonly message: string }[];
}

function watch(folder: string, ...args: readonly string[]) {
  const running = start(folder, ["compile", "--watch", "--json", "model.ts", "-o", "out", ...args]);
  const lines = running.lines()[Symbol.asyncIterator]();
  const next = async (): Promise<string> => {
    const { value } = await lines.next();
    const { ok, written, diagnostics }: Round = JSON.parse(value ?? "");
    // Of a bug, the code alone says nothing.
    const told = (diagnostics ?? []).map((d) => (d.code === "GLIM9001" ? d.message : d.code));
    if (!ok) return told.join();
    return (written ?? []).map((file) => path.basename(file)).join();
  };
  const end = async (): Promise<void> => {
    running.kill("SIGINT");
    await running.done;
  };
  return { next, end };
}

const save = (folder: string, name: string, text: string): Promise<void> =>
  writeFile(path.join(folder, name), text);

it("compiles again what was saved, and goes on after mistakes", async () => {
  const folder = await testFolder({
    "model.ts": model,
    "layer.ts": layer(4),
    "rows.ts": rows(3),
  });
  const { next, end } = watch(folder);
  expect(await next()).toBe("model.wasm,model.js,model.d.ts");
  await save(folder, "layer.ts", layer(5));
  expect(await next()).toBe("GLIM3001");
  await save(folder, "layer.ts", "export const layer = ;\n");
  expect(await next()).toBe("GLIM2005");
  await rm(path.join(folder, "layer.ts"));
  expect(await next()).toBe("GLIM2005");
  await save(folder, "layer.ts", layer(4));
  expect(await next()).toBe("");
  await save(folder, "rows.ts", rows(`"B"`));
  expect(await next()).toContain("model.wasm");
  await save(folder, "model.ts", `// Nothing that the module has.\n${model}`);
  expect(await next()).toBe("model.wasm");
  const wasm = await readFile(path.join(folder, "out/model.wasm"));
  await end();
  expect((await glim(folder, "compile", "model.ts", "-o", "again")).code).toBe(0);
  expect(wasm).toEqual(await readFile(path.join(folder, "again/model.wasm")));
  expect((await listing(folder)).filter((name) => name.startsWith("."))).toEqual([]);
});

it("watches packages, and weights that are given", async () => {
  const folder = await testFolder({ "model.ts": model, "layer.ts": layer(4), "rows.ts": rows(3) });
  const { next, end } = watch(folder, "--emit", "glim");
  expect(await next()).toBe("model.glim");
  const before = await stat(path.join(folder, "out/model.glim"));
  await utimes(path.join(folder, "model.ts"), new Date(), new Date());
  expect(await next()).toBe("");
  expect((await stat(path.join(folder, "out/model.glim"))).mtimeMs).toBe(before.mtimeMs);
  await end();
});

it("is not for C", async () => {
  const folder = await testFolder({ "model.ts": model });
  const { code, stderr } = await glim(
    folder,
    ...["compile", "--watch", "--emit", "c", "model.ts", "-o", "out"],
  );
  expect({ code, stderr }).toEqual({
    code: 2,
    stderr: "error: --watch is for --emit wasm and --emit glim\n",
  });
});
