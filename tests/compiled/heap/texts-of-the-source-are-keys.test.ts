// The compiler hashes the texts of the source, the heap those that it makes: a map must not tell them apart.

import { expect, it } from "vitest";
import { loadGraph } from "./load-graph.ts";

const texts = ["", "a", "ab", "hällo", "日本", "😀", "\ud800", "x".repeat(300)];

const program = (key: string): string => `module keys
type @Ages = map str -> f64

entry func @both(%made: str) -> (f64, bool, f64) as [0, 1, 2] {
  %one = number 1 : f64
  %two = number 2 : f64
  %key = text ${JSON.stringify(key)} : str
  %ages = new : @Ages
  map.put %ages %key %one
  %found = map.get %ages %made leaf=0 : f64
  map.put %ages %made %two
  %gone = map.remove %ages %key : bool
  %size = map.size %ages : f64
  return %found %gone %size
}
`;

it.each(texts)("%j", async (key) => {
  const { model, used } = await loadGraph(program(key));
  expect(model.both!(key)).toEqual([1, true, 0]);
  expect(used()).toBe(0);
});
