// A session keeps the checked program, what was drawn at random and what was folded of the weights. A module made of
// a stale part would be wrong without a word, so after every edit it must be that of a compilation that knows nothing.

import { rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { expect, it } from "vitest";
import { CompileFailure, CompileSession, compileFile } from "#glim/cli/compiler.js";
import { writeSafetensors } from "#glim/runtime/files/safetensors.js";
import { testFolder } from "./glim.ts";

const scale = (last: number): Uint8Array => {
  const data = new Uint8Array(Float32Array.of(1, 2, 3, last).buffer);
  return writeSafetensors([["scale", { dtype: "f32", shape: [4], data }]]);
};

const texts = {
  "model.ts": `import { script, type Tensor } from "glim";
import { net } from "./net.ts";
import type { Named } from "./named.d.ts";
export const f = script((x: Tensor<[30, 64]>) => net.forward(x));
export const named = (x: Named): number => x.size;
`,
  "net.ts": `import { loadSafetensors, nn, seed, tensor, type Tensor } from "glim";
import { twice } from "./twice.ts";
import sizes from "./sizes.json";
seed(1);
const file = await loadSafetensors(new URL("./scale.safetensors", import.meta.url));
class Net extends nn.Module {
  readonly a = new nn.Linear(64, sizes.inner);
  readonly b = new nn.Linear(sizes.inner, 4);
  readonly rows = new nn.Embedding(30, 4);
  readonly scale = file.get("scale")!.to("f32");
  readonly shift = tensor([1, 2, 3, 4]);
  forward(x: Tensor<[30, 64]>): Tensor {
    const h = this.b.forward(this.a.forward(x).relu()).add(this.rows.weight);
    return twice(h.mul(this.scale.exp()).add(this.shift.neg()));
  }
}
export const net = new Net();
`,
  "twice.ts": `import type { Tensor } from "glim";
export const twice = (x: Tensor): Tensor => x.mul(2);
`,
  "sizes.json": `{ "inner": 24 }`,
  "named.d.ts": "export interface Named { readonly size: number }\n",
};
const files = { ...texts, "scale.safetensors": scale(4) };

type Files = Readonly<Record<string, string | Uint8Array>>;
interface Edit {
  readonly what: string;
  readonly to: Files;
  /** Whether it gives another module. */
  readonly matters: boolean;
}

const changed = (file: keyof typeof texts, from: string, to: string): Files => ({
  [file]: texts[file].replace(from, to),
});

const schedule = `{ "format": "glim-schedule-1", "kernels": {
  "dot f32[30,64] f32[64,24]{1/8,0,1%8} -> f32[30,24]": { "tileRows": 5 }
} }`;

const edits: readonly Edit[] = [
  { what: "the seed of the weights", to: changed("net.ts", "seed(1)", "seed(2)"), matters: true },
  {
    what: "a constant, a function in another file, data, and a file of weights",
    to: {
      ...changed("net.ts", "3, 4", "3, 5"),
      ...changed("twice.ts", "mul(2)", "mul(3)"),
      ...changed("sizes.json", "24", "16"),
      "scale.safetensors": scale(5),
    },
    matters: true,
  },
  { what: "schedules", to: { "model.schedule.json": schedule }, matters: true },
  {
    what: "the order of the layers, and so their numbers",
    to: changed("net.ts", "readonly a", "readonly c = new nn.Linear(1, 1);\n  readonly a"),
    matters: true,
  },
  {
    what: "a mistake in an imported file",
    to: changed("net.ts", ".relu()", ".relu(1)"),
    matters: true,
  },
  {
    what: "a mistake in declarations",
    to: changed("named.d.ts", "size: number", "size: string"),
    matters: true,
  },
  {
    what: "what is imported",
    to: changed(
      "model.ts",
      `import type { Named } from "./named.d.ts"`,
      "interface Named { readonly size: number }",
    ),
    matters: false,
  },
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

it("after every edit, and after it was taken back", { timeout: 180_000 }, async () => {
  const folder = await testFolder(files);
  const file = path.join(folder, "model.ts");
  const save = async (to: Files): Promise<void> => {
    for (const [name, content] of Object.entries(to)) {
      await writeFile(path.join(folder, name), content);
    }
  };
  const session = new CompileSession();
  const whole = await outcome(file);
  expect(await outcome(file, session)).toEqual(whole);
  for (const { what, to, matters } of edits) {
    await save(to);
    const now = await outcome(file);
    expect(await outcome(file, session), what).toEqual(now);
    if (matters) expect(now, what).not.toEqual(whole);
    for (const name of Object.keys(to)) await rm(path.join(folder, name));
    await save(files);
    expect(await outcome(file, session), `${what}, taken back`).toEqual(whole);
  }
});
