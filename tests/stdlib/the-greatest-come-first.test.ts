// Search and sampling rest on rankings: values must lie where their indices say, in a fixed order.

import { sort, tensor, topk } from "glim";
import { expect, it } from "vitest";

const rows = [
  [3, -1, 3, 2],
  [0, 5, -4, 5],
];

it("sorts along any axis", () => {
  const up = sort(tensor(rows));
  expect([...up.values.toTypedArray()]).toEqual([-1, 2, 3, 3, -4, 0, 5, 5]);
  expect([...up.indices.toTypedArray()]).toEqual([1, 3, 0, 2, 2, 0, 1, 3]);
  const down = tensor(rows).sort(0, { descending: true });
  expect([...down.values.toTypedArray()]).toEqual([3, 5, 3, 5, 0, -1, -4, 2]);
});

it("takes the greatest or the least, the first of equal ones first", () => {
  const most = topk(tensor(rows), 2);
  expect([...most.values.toTypedArray()]).toEqual([3, 3, 5, 5]);
  expect([...most.indices.toTypedArray()]).toEqual([0, 2, 1, 3]);
  const least = tensor(rows).topk(1, 1, { largest: false });
  expect(least.values.shape).toEqual([2, 1]);
  expect([...least.values.toTypedArray()]).toEqual([-1, -4]);
  expect(() => tensor(rows).topk(5)).toThrow();
});

it("knows dtypes", () => {
  const { values } = tensor([3, 1, 2], "i32").sort();
  expect(values.dtype).toBe("i32");
  expect([...values.toTypedArray()]).toEqual([1, 2, 3]);
});
