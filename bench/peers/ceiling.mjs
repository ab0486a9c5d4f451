/** The reference kernel: what Glim should reach, with the same bits. */

import { ceilings, instantiate } from "../ceilings/ceilings.mjs";
import { readNetwork } from "../read-network.mjs";

/** Its results must be Glim's to the bit. */
export const tolerance = 0;

export async function open(folder, { name, input, output }) {
  const ceiling = ceilings[name];
  if (ceiling === undefined) throw new Error("there is no reference kernel");
  const { weights } = readNetwork(folder);
  const kernel = await instantiate(ceiling((weight) => weights.get(weight).data));
  const length = output.reduce((a, b) => a * b, 1);
  return () => {
    kernel.input.set(input.data);
    kernel.run();
    return kernel.output.slice(0, length);
  };
}
