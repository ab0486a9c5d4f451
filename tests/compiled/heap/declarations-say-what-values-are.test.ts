// A TypeScript host sees texts, lists, records and maps as its own kinds; what the loader would refuse must
// not type check, and what it takes must.

import { mkdtemp, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { writeDeclarations } from "#glim/compiler/package/declarations.js";
import { typeErrors } from "../../bindings/type-errors.ts";
import { describeGraph } from "./load-graph.ts";

const program = `module values
type @Numbers = list f64
type @Point = record {x: f64, mark: undefined|str}
type @Points = list @Point
type @Ages = map str -> undefined|f64
type @Seen = map f64 -> undefined
type @Row = box f32[3]
type @Rows = list @Row
type @Any = list null|bool|f64|@Numbers
type @Tree = record {name: str, children: @Trees}
type @Trees = list @Tree

entry func @words(%text: str, %numbers: @Numbers) -> str {
  return %text
}
entry func @points(%points: @Points) -> @Points {
  return %points
}
entry func @maps(%ages: @Ages, %seen: @Seen) -> (@Ages, @Seen) as {ages: 0, seen: 1} {
  return %ages %seen
}
entry func @rows(%rows: @Rows, %any: @Any) -> (@Rows, @Any) as [0, 1] {
  return %rows %any
}
entry func @tree(%tree: @Tree) -> @Tree {
  return %tree
}
entry func @either(%tag: f64, %text: str, %x: f32[2]) -> (f64, str, f32[2]) as union 0 (0: void, 1: void, 4: 1, 8: {x: 2}) {
  return %tag %text %x
}
`;

const host = `
import { load, type NdArray, type Tree, type TreeInput } from "./model.js";

const model = await load();
const text: string = model.words("a", [1, 2]);
model.words("a", Float64Array.of(1));
const frozen: readonly number[] = [1];
model.words("a", frozen);
// @ts-expect-error not a text
model.words(1, []);
// @ts-expect-error not numbers
model.words("a", ["b"]);

const points = model.points([{ x: 1 }, { x: 2, mark: "m" }, { x: 3, mark: undefined }]);
const mark: string | undefined = points[0]?.mark;
points.push({ x: 1, mark: undefined });
// @ts-expect-error a missing field
model.points([{ mark: "m" }]);
model.points(points);

const { ages, seen } = model.maps(new Map([["a", 1]]), new Set([1]));
const age: number | undefined = ages.get("a");
const has: boolean = seen.has(1);
// @ts-expect-error a map where a set is due
model.maps(new Map(), new Map([[1, 1]]));

const [rows, any] = model.rows([Float32Array.of(1, 2, 3), { data: Float32Array.of(1, 2, 3), shape: [3] }], [
  null,
  true,
  [1],
]);
const row: NdArray<Float32Array, readonly [3]> | undefined = rows[0];
const first: null | boolean | number | number[] | undefined = any[0];
// @ts-expect-error a text among them
model.rows([], ["a"]);

const given: TreeInput = { name: "a", children: [{ name: "b", children: [] }] };
const tree: Tree = model.tree(given);
const name: string | undefined = tree.children[0]?.name;
// @ts-expect-error a child that is none
model.tree({ name: "a", children: ["b"] });

const either = model.either(0, "a", Float32Array.of(1, 2));
if (typeof either === "object" && either !== null) {
  const x: Float32Array = either.x.data;
  void x;
} else {
  const other: string | null | undefined = either;
  void other;
}
void [text, mark, age, has, row, first, name];
`;

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), "glim-values-"));
  await writeFile(path.join(folder, "package.json"), '{ "type": "module" }');
  const declarations = writeDeclarations(describeGraph(program), "model.ts");
  await writeFile(path.join(folder, "model.d.ts"), declarations);
});
afterAll(() => rm(folder, { recursive: true }));

it("with no library of a host", () => {
  expect(typeErrors(folder, host, ["lib.es2022.d.ts"])).toEqual([]);
});
