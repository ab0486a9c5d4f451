/** Makes batch norms of untrained networks do something: running statistics and factors of their own. */

import { type AnyTensor, type nn, Rng } from "glim";

/** The range of what a batch norm's state holds, by the end of its name. */
const ranges: readonly (readonly [ending: string, low: number, high: number])[] = [
  ["runningMean", -0.1, 0.1],
  ["runningVar", 0.1, 0.3],
  ["weight", 0.8, 1.2],
  ["bias", -0.1, 0.1],
];

/** The network with random statistics, the same ones each time. */
export function withStatistics<M extends nn.Module>(net: M): M {
  const rng = new Rng(2);
  const state = net.stateDict();
  const norms = [...state.keys()]
    .filter((name) => name.endsWith("runningMean"))
    .map((name) => name.slice(0, -"runningMean".length));
  const values = new Map<string, AnyTensor>(state);
  for (const norm of norms) {
    for (const [ending, low, high] of ranges) {
      const name = norm + ending;
      values.set(name, rng.uniform(state.get(name)!.shape, low, high));
    }
  }
  net.loadStateDict(values);
  return net;
}
