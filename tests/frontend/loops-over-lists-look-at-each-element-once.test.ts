// A model of a thousand layers is a loop over a list of a thousand: where each round looks at the whole list, compiling
// it takes a thousand times as long as it must.

import { expect, it } from "vitest";
import { loadedEnvironment } from "#glim/cli/environment.js";
import { openProgram } from "#glim/cli/model/open-program.js";
import type { Environment } from "#glim/compiler/frontend/environment.js";
import { testFolder } from "../cli/glim.ts";

const source = `
import { script, tensor, type Tensor } from "glim";
const steps = (n: number) => Array.from({ length: n }, (_, i) => ({ by: tensor([i, 1]) }));
const [few, many] = [steps(30), steps(60)];
const sum = (x: Tensor<[2]>, list: typeof few) => {
  let y: Tensor = x;
  for (const { by } of list) y = y.add(by);
  for (const { by } of [...list]) y = y.mul(by);
  return y;
};
export const short = script((x: Tensor<[2]>) => sum(x, few));
export const long = script((x: Tensor<[2]>) => sum(x, many));
`;

/** How often anything of the loaded program is looked at, to lower one entry. */
async function looks(file: string, entry: string): Promise<number> {
  let count = 0;
  const environment: Environment = loadedEnvironment();
  const describe = environment.describe.bind(environment);
  Object.assign(environment, {
    describe(value: unknown) {
      count++;
      return describe(value);
    },
  });
  const program = await openProgram(file, [entry]);
  expect(program.lower(environment).diagnostics).toEqual([]);
  return count;
}

it("a list of twice the length takes at most twice the looks", async () => {
  const file = `${await testFolder({ "model.ts": source })}/model.ts`;
  expect(await looks(file, "long")).toBeLessThanOrEqual(2 * (await looks(file, "short")));
});
