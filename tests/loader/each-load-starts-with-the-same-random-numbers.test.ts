// A file that is compiled again, in watch mode or by a bundler, must give what a new process gives; and the program
// that compiles it draws its own numbers as if nothing had been loaded.
import { expect, it } from "vitest";
import { loadModel } from "#glim/cli/loader/load-model.js";
import { nn, seed } from "#glim/stdlib/index.js";
import { modelFolder } from "./model-folder.ts";

const model = `import { nn } from "glim";
const late = new Promise((resolve) => setTimeout(resolve, 20));
export const first = new nn.Linear(2, 3).weight.toTypedArray();
await late;
`;

const drawn = (): unknown => new nn.Linear(2, 3).weight.toTypedArray();

async function load(folder: string): Promise<unknown> {
  return (await loadModel(`${folder}/model.ts`)).exports.first;
}

it("loading twice gives the same layers, and the program's own go on", async () => {
  const folder = await modelFolder({ "model.ts": model });
  seed(0);
  const [a, b] = [drawn(), drawn()];
  seed(0);
  expect(await load(folder)).toEqual(a);
  expect(drawn()).toEqual(a);
  expect(await Promise.all([load(folder), load(folder)])).toEqual([a, a]);
  expect(drawn()).toEqual(b);
});
