// Compiled code is only right if what functions capture is what the frontend was told.

import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { entryPoints, loadedEnvironment } from "#glim/cli/environment.js";
import { loadModel } from "#glim/cli/loader/load-model.js";
import { installedLibrary } from "#glim/cli/terminal/installed-library.js";
import { lowerProgram } from "#glim/compiler/frontend/lower-program.js";
import { createSourceProgram, ParsedFiles } from "#glim/compiler/frontend/program.js";
import { printGraph } from "#glim/compiler/graph/text.js";

const root = new URL("../..", import.meta.url);
const path = (name: string): string => fileURLToPath(new URL(name, root));
const parsed = new ParsedFiles();
const environment = loadedEnvironment();

async function lower(name: string) {
  const file = path(name);
  const { exports } = await loadModel(file);
  const program = createSourceProgram({ roots: [file], ...installedLibrary, parsed });
  const entries = entryPoints(exports);
  return { exports, ...lowerProgram({ name: "model", file, program, entries, environment }) };
}

const captures = await lower("tests/fixtures/environment/captures.ts");

const objectOf = (value: unknown): object => {
  if (typeof value !== "object" || value === null) throw new Error("no object");
  return value;
};
const layer = objectOf(captures.exports.layer);

test("values are told apart by what they are, not by their class's name", () => {
  const values = Object.entries(objectOf(captures.exports.values));
  const kinds = Object.fromEntries(values.map(([k, v]) => [k, environment.describe(v)]));
  expect(kinds).toMatchObject({
    cat: { kind: "operator", op: "cat" },
    exp: { kind: "builtin", name: "math.exp" },
    assert: { kind: "builtin", name: "assert" },
    script: { kind: "builtin", name: "script" },
    Layer: { kind: "class", name: "Layer" },
    layer: { kind: "object", className: "Layer" },
    list: { kind: "list" },
    big: { kind: "other", what: "a BigInt" },
  });
});

test("parameters are cells with their elements; what has no fields is named", () => {
  const field = (key: string) => {
    const member = environment.member(layer, key);
    return environment.describe(member?.kind === "value" ? member.value : undefined);
  };
  const weight = field("weight");
  expect(weight).toMatchObject({ kind: "cell", type: { dtype: "f32", shape: [1, 2] } });
  expect(weight.kind === "cell" && weight.data()).toEqual(Float32Array.from([1, 2]));
  const mask = field("mask");
  expect(mask.kind === "cell" && mask.data()).toEqual(Uint8Array.from([1, 0]));
  const notes = field("notes");
  expect(notes.kind === "map" && [notes.isSet, ...notes.entries()]).toEqual([false, ["a", 1]]);
});

test("members are found along the classes, and name the class that they are written in", () => {
  const forward = environment.member(layer, "forward");
  const size = environment.member(layer, "size");
  expect(size?.kind).toBe("accessor");
  expect(environment.member(layer, "nothing")).toBeUndefined();
  const owner = forward?.owner;
  if (owner === undefined) throw new Error("no owner");
  const above = environment.inherited(layer, owner.file, owner.position, "forward");
  expect(above?.owner?.position).toBe(size?.owner?.position);
  expect(above?.owner?.position).not.toBe(owner.position);
});

test("tensor methods of the library lead to its functions", () => {
  expect(environment.methodNames).toContain("softmax");
  expect(environment.describe(environment.method("softmax"))).toMatchObject({
    kind: "function",
    name: "softmax",
    source: { file: path("stdlib/functional/softmax.ts") },
  });
  expect(environment.method("exp")).toBeUndefined();
});

test("entries are the exports marked with script, with their sizes", () => {
  expect(entryPoints(captures.exports)).toMatchObject([{ name: "entry", dims: { B: [1, 4] } }]);
});

test("a model with super, cells and library calls becomes a graph", () => {
  expect(captures.diagnostics).toEqual([]);
  const text = captures.module && printGraph(captures.module);
  expect(text).toContain("size B 1..4");
  expect(text).toContain("const @layer.weight : f32[1,2] = [1, 2]");
});

test.each(["tests/fixtures/environment/host.ts", "samples/mnist/mlp.ts", "samples/mnist/lenet.ts"])(
  "%s has no mistakes",
  async (name) => {
    const { module, diagnostics } = await lower(name);
    expect(diagnostics).toEqual([]);
    expect(module).toBeDefined();
  },
);
