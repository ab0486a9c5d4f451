// Eager programs are made of small operators; what surrounds the kernels must not be what takes the time.
import { tensor } from "glim";
import { expect, it } from "vitest";

const a = tensor([1, 2, 3, 4]);
const b = tensor([5, 6, 7, 8]);
const m = tensor([
  [1, 2],
  [3, 4],
]);

const calls: Readonly<Record<string, () => unknown>> = {
  "a.add(b)": () => a.add(b),
  "a.add(1)": () => a.add(1),
  "a.relu()": () => a.relu(),
  "a.sum()": () => a.sum(),
  "m.max(-1, { keepDim: true })": () => m.max(-1, { keepDim: true }),
  "m.reshape([4])": () => m.reshape([4]),
  "m.narrow(0, 1, 1)": () => m.narrow(0, 1, 1),
  "m.transpose(0, 1)": () => m.transpose(0, 1),
  "m.matmul(m)": () => m.matmul(m),
};

/** Microseconds of the fastest of many short rounds: what else the machine does only adds to others. */
function microsecondsOf(call: () => unknown): number {
  const calls = 1000;
  for (let i = 0; i < 20_000; i++) call();
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0; round < 100; round++) {
    const start = process.hrtime.bigint();
    for (let i = 0; i < calls; i++) call();
    best = Math.min(best, Number(process.hrtime.bigint() - start) / 1000 / calls);
  }
  return best;
}

it.each(Object.entries(calls))("%s takes at most 5 µs", (_text, call) => {
  expect(microsecondsOf(call)).toBeLessThan(5);
});
