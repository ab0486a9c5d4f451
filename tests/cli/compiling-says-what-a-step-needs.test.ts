// Who puts a step on a device must know its memory before: all of it is planned, so all of it is printed.

import { expect, it } from "vitest";
import { glim, testFolder } from "./glim.ts";

const model = `
import { nn, optim, script, type Tensor } from "glim";
const net = new nn.Linear(4, 2);
const opt = new optim.Adam(net.parameters(), { lr: 1e-2 });
export const step = script((x: Tensor<[8, 4]>) => opt.minimize(() => net.forward(x).pow(2).mean()));
`;

it("prints the arena of a step, and what is kept between calls", async () => {
  const folder = await testFolder({ "model.ts": model });
  const { stdout, code } = await glim(folder, "compile", "model.ts", "-o", "out", "--train");
  expect(code).toBe(0);
  expect(stdout).toMatch(/^ {2}arena [\d,]+ bytes$/m);
  // Ten parameters and two averages of each, of four bytes; the count of steps is a number of eight.
  expect(stdout).toMatch(/^state 128 bytes, kept between calls$/m);
}, 60_000);
