// A model file that trains before it is compiled imports glim/data: loading and checking must find it.
import { beforeAll, expect, it } from "vitest";
import { glim, makeFolder } from "../cli/glim.ts";

const model = `
import { nn, optim, script, zeros, type Tensor } from "glim";
import { batches } from "glim/data";

const net = new nn.Linear(3, 2);
const opt = new optim.SGD(net.parameters(), { lr: 0.1 });
for (const { x } of batches({ x: zeros([8, 3]) }, { size: 4 })) {
  opt.minimize(() => net.forward(x).square().mean());
}
export const run = script((x: Tensor<["B", 3]>) => net.forward(x));
`;
const wrong = model.replace("{ size: 4 }", "{ sice: 4 }");

let folder: string;
beforeAll(async () => {
  folder = await makeFolder({ "model.ts": model, "wrong.ts": wrong });
});

it("a model that trains compiles", async () => {
  const { code, stderr } = await glim(folder, "compile", "model.ts", "-o", "out");
  expect([code, stderr]).toEqual([0, ""]);
});

it("is checked without running", async () => {
  expect((await glim(folder, "check", "model.ts")).code).toBe(0);
});

it("and with the library's types", async () => {
  const { code, stderr } = await glim(folder, "check", "wrong.ts");
  expect([code, stderr]).toEqual([1, expect.stringContaining("sice")]);
});
