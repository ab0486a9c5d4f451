/** Packages for these tests: of source text, in a folder that is taken away again. */

import { mkdtemp, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { type PackagedFile, packageFile } from "#glim/cli/compiler.js";

export async function packageText(source: string): Promise<PackagedFile> {
  const folder = await mkdtemp(path.join(os.tmpdir(), "glim-package-"));
  try {
    const file = path.join(folder, "model.ts");
    await writeFile(file, source);
    return await packageFile(file);
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Weights, state of both kinds, constants of the compiler's own, texts, and a failure. */
export const source = `
import { assert, nn, script, type Tensor, tensor, zeros } from "glim";

class Tally extends nn.Module {
  calls = 0;
  readonly sums = new nn.Buffer(zeros([3]));
  readonly flags = new nn.Buffer(tensor([true, false]));
}
const tally = new Tally();
const weight = tensor([[1, 2, 3], [4, 5, 6], [7, 8, 9]]);

export const scale = script((x: Tensor<["B", 3]>, by: number) => {
  assert(by > 0, "the factor must be positive");
  tally.calls += 1;
  tally.sums.assign(tally.sums.add(x.sum(0)));
  tally.flags.assign(tally.flags.logicalNot());
  return x.matmul(weight).mul(by).add(0.5);
});

export const greet = script((name: string) => "hello " + name);
`;

export const sha256 = async (bytes: Uint8Array): Promise<string> =>
  Buffer.from(await crypto.subtle.digest("SHA-256", bytes.slice())).toString("hex");
