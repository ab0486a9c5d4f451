// A session keeps the checked program and what was folded of the weights. A module made of a stale part would be
// wrong without a word, so after every edit it must be that of a compilation that knows nothing.

import { writeFile } from "node:fs/promises";
import path from "node:path";
import { expect, it } from "vitest";
import { CompileFailure, CompileSession, compileFile } from "#glim/cli/compiler.js";
import { testFolder } from "./glim.ts";

const files = {
  "model.ts": `import { script, type Tensor } from "glim";
import { net } from "./net.ts";
import type { Named } from "./named.d.ts";
export const f = script((x: Tensor<["B", 6]>) => net.forward(x));
export const named = (x: Named): number => x.size;
`,
  "net.ts": `import { nn, tensor, type Tensor } from "glim";
class Net extends nn.Module {
  readonly a = new nn.Linear(6, 20);
  readonly b = new nn.Linear(20, 4);
  readonly scale = tensor([1, 2, 3, 4]);
  forward(x: Tensor<["B", 6]>): Tensor {
    return this.b.forward(this.a.forward(x).relu()).mul(this.scale.exp());
  }
}
export const net = new Net();
`,
  "named.d.ts": "export interface Named { readonly size: number }\n",
};

type Edit = readonly [file: keyof typeof files, from: string, to: string];

const edits: readonly (readonly [what: string, edit: Edit])[] = [
  ["a constant", ["net.ts", "3, 4", "3, 5"]],
  [
    "the order of the layers, and so their numbers",
    ["net.ts", "readonly a", "readonly c = new nn.Linear(1, 1);\n  readonly a"],
  ],
  ["a mistake in an imported file", ["net.ts", ".relu()", ".relu(1)"]],
  ["a mistake in declarations", ["named.d.ts", "size: number", "size: string"]],
  [
    "what is imported",
    [
      "model.ts",
      `import type { Named } from "./named.d.ts"`,
      "interface Named { readonly size: number }",
    ],
  ],
];

async function outcome(file: string, session?: CompileSession): Promise<unknown> {
  try {
    const { wasm, js, declarations } = await compileFile(file, { ...(session ? { session } : {}) });
    return { wasm: Buffer.from(wasm).toString("base64"), js, declarations };
  } catch (error) {
    if (!(error instanceof CompileFailure)) throw error;
    return error.diagnostics;
  }
}

it("after every edit, and after it was taken back", async () => {
  const folder = await testFolder(files);
  const file = path.join(folder, "model.ts");
  const session = new CompileSession();
  const whole = await outcome(file);
  expect(await outcome(file, session)).toEqual(whole);
  for (const [what, [name, from, to]] of edits) {
    await writeFile(path.join(folder, name), files[name].replace(from, to));
    expect(await outcome(file, session), what).toEqual(await outcome(file));
    await writeFile(path.join(folder, name), files[name]);
    expect(await outcome(file, session), `${what}, taken back`).toEqual(whole);
  }
});
