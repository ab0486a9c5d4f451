// Whoever has no plugin in the editor keeps this running beside it: it must notice every save, of imported
// files too, and never end by itself.

import { rename, writeFile } from "node:fs/promises";
import path from "node:path";
import { expect, it } from "vitest";
import { glim, start, testFolder } from "./glim.ts";

const model = `import { script, type Tensor } from "glim";
import { layer } from "./layer.ts";
export const f = script((x: Tensor<["B", 4]>) => layer.forward(x));
`;
const layer = (width: number): string =>
  `import { nn } from "glim";\nexport const layer = new nn.Linear(${width}, 2);\n`;

it("checks again when a file is written, or replaced by another one", async () => {
  const folder = await testFolder({ "model.ts": model, "layer.ts": layer(4) });
  const watching = start(folder, ["check", "--watch", "--json", "model.ts"]);
  const results = watching.lines()[Symbol.asyncIterator]();
  const next = async (): Promise<readonly string[]> => {
    const { value } = await results.next();
    const { diagnostics } = JSON.parse(value ?? "");
    return diagnostics.map((d: { readonly code: string }) => d.code);
  };
  expect(await next()).toEqual([]);
  // The watcher begins behind the first report.
  await new Promise((resolve) => setTimeout(resolve, 500));
  await writeFile(path.join(folder, "layer.ts"), layer(5));
  expect(await next()).toEqual(["GLIM3001"]);
  await writeFile(path.join(folder, "new.ts"), layer(4));
  await rename(path.join(folder, "new.ts"), path.join(folder, "layer.ts"));
  expect(await next()).toEqual([]);
  await writeFile(path.join(folder, "model.ts"), model.replace("(x)", "(x) > 0"));
  expect(await next()).toEqual(["GLIM1103"]);
  watching.kill("SIGTERM");
  await watching.done;
});

it("is not for runs", async () => {
  const folder = await testFolder({ "model.ts": model, "layer.ts": layer(4) });
  const { code, stderr } = await glim(folder, "check", "--watch", "--run", "model.ts");
  expect({ code, stderr }).toEqual({
    code: 2,
    stderr: "error: --watch looks at the sources only; leave out --run\n",
  });
});
