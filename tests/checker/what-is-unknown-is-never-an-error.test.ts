// An editor that underlines what is right is switched off: where nothing but a run could tell, nothing is said.

import { describe, expect, test } from "vitest";
import { check } from "./check-files.ts";

const head = 'import { nn, script, type Tensor, tensor, zeros } from "glim";\n';
const entry = 'export const f = script((x: Tensor<["B", 4]>) => layer.forward(x));\n';

/** What stands at the top level; `layer` may fit or not, which cannot be known. */
const unknown: Readonly<Record<string, string>> = {
  "a number from the environment": "const layer = new nn.Linear(Number(process.env.WIDTH), 2);",
  "a number from a file": `const { width } = JSON.parse(await (await fetch("x")).text());
const layer = new nn.Linear(width, 2);`,
  "a condition": "const layer = Math.random() > 0.5 ? new nn.Linear(4, 2) : new nn.Linear(5, 2);",
  "a branch": `let layer = new nn.Linear(5, 2);
if (Date.now() % 2 === 0) layer = new nn.Linear(4, 2);`,
  "an early return": `function make() {
  if (Math.random() > 0.5) return new nn.Linear(4, 2);
  return new nn.Linear(5, 2);
}
const layer = make();`,
  "a function of another package": `import { make } from "some-package";
const layer: nn.Linear = make();`,
  "a class of another package": `import { Layer } from "some-package";
class Own extends Layer {}
const layer = new Own();`,
  "an object that somebody else gets hold of": `import { prune } from "some-package";
const model = { layer: new nn.Linear(5, 2) };
prune(model);
const { layer } = model;`,
  "a list of a length that is not known": `const layers: nn.Linear[] = [];
for (let i = 0; i < Number(process.env.DEPTH); i++) layers.push(new nn.Linear(5, 5));
const layer = layers[0]!;`,
  "a loop that may be left": `let layer = new nn.Linear(4, 2);
for (const width of [5, 6]) {
  if (Math.random() > 0.5) break;
  layer = new nn.Linear(width, 2);
}`,
  "a catch": `let layer = new nn.Linear(4, 2);
try {
  JSON.parse("x");
} catch {
  layer = new nn.Linear(5, 2);
}`,
  "a program that throws": `const layer = new nn.Linear(5, 2);
if (layer.weight.shape[0] === 2) throw new Error("stop");
const other = 1;`,
  "a program that never ends": `let layer = new nn.Linear(4, 2);
for (;;) layer = new nn.Linear(5, 2);`,
  "recursion without end": `const make = (n: number): nn.Linear => make(n + 1);
const layer = make(0);`,
  "a getter of unknown results": `class Lazy {
  get layer() {
    return Math.random() > 0.5 ? new nn.Linear(4, 2) : new nn.Linear(5, 2);
  }
}
const { layer } = new Lazy();`,
  "a switch": `let layer = new nn.Linear(4, 2);
switch (process.argv.length) {
  case 1:
    layer = new nn.Linear(5, 2);
    break;
  default:
    layer = new nn.Linear(6, 2);
}`,
  "elements of a tensor": `const widths = tensor([4, 5]);
const layer = new nn.Linear(widths.sum().item(), 2);`,
  "a generator": `function* widths() {
  yield 4;
}
const [width] = widths();
const layer = new nn.Linear(width!, 2);`,
  "a promise that is not waited for": `const layer = await import("./other.ts").then((m) => m.layer);`,
};

describe.each(Object.entries(unknown))("%s", (_, top) => {
  test("says nothing", () => {
    const { found } = check({ "model.ts": `${head}${top}\n${entry}` });
    const own = found.filter((d) => d.code !== "GLIM1001" && d.code !== "GLIM1018");
    expect(own).toEqual([]);
  });
});

/** What can be known, and does not fit. */
const known: Readonly<Record<string, string>> = {
  "a constant": "const width = 2 + 3;\nconst layer = new nn.Linear(width, 2);",
  "a class with fields": `class Block extends nn.Module {
  readonly inner = new nn.Linear(5, 2);
  forward(x: Tensor) {
    return this.inner.forward(x);
  }
}
const layer = new Block();`,
  "a constructor": `class Block extends nn.Module {
  readonly inner: nn.Linear;
  constructor(readonly width: number, { out = 2 } = {}) {
    super();
    this.inner = new nn.Linear(width + 1, out);
  }
  forward(x: Tensor) {
    return this.inner.forward(x);
  }
}
const layer = new Block(4);`,
  "a private field": `class Block {
  #inner = new nn.Linear(5, 2);
  forward(x: Tensor) {
    return this.#inner.forward(x);
  }
}
const layer = new Block();`,
  "a factory": `const make = (width: number) => {
  const inner = new nn.Linear(width, 2);
  return { forward: (x: Tensor) => inner.forward(x) };
};
const layer = make(5);`,
  "a list made in a loop": `const layers: nn.Linear[] = [];
for (let i = 0; i < 3; i++) layers.push(new nn.Linear(5 - i, 5));
const layer = layers[0]!;`,
  "a list that is mapped": `const layers = [5, 6].map((width) => new nn.Linear(width, 2));
const [layer] = layers as [nn.Linear];`,
  stages: `const layer = new nn.Sequential(new nn.ReLU(), new nn.Linear(5, 2));`,
  "weights that are loaded": `const layer = await new nn.Linear(5, 2).load("weights.safetensors");`,
  "a computed tensor": `const weight = zeros([2, 4]).transpose(0, 1);
const layer = { forward: (x: Tensor) => x.add(weight.narrow(0, 0, 3)) };`,
  "a tensor of lists": `const weight = tensor([[1, 2], [3, 4]]);
const layer = { forward: (x: Tensor) => x.matmul(weight) };`,
};

describe.each(Object.entries(known))("%s", (_, top) => {
  test("is followed", () => {
    const { found, entries } = check({ "model.ts": `${head}${top}\n${entry}` });
    expect(entries).toEqual(["f"]);
    expect(found.map((d) => d.code)).toEqual(["GLIM3001"]);
  });
});

test("modules are followed through imports of every form", () => {
  const files = {
    "model.ts": `import { script, type Tensor } from "glim";
import main, { second as again, type Layer } from "./layers.ts";
import * as all from "./again.js";
export { g } from "./entries.ts";
export const f = script((x: Tensor<["B", 4]>) => {
  const a = main.forward(x);
  const b = again.forward(x);
  return all.layers.third.forward(x);
});
`,
    "layers.ts": `import { nn } from "glim";
export type Layer = nn.Linear;
export default new nn.Linear(5, 2);
const first = new nn.Linear(6, 2);
export { first as second };
`,
    "again.ts": `export * as layers from "./third.ts";\n`,
    "third.ts": `import { nn } from "glim";\nexport const third = new nn.Linear(7, 2);\n`,
    "entries.ts": `import { script, type Tensor } from "glim";
export const g = script((x: Tensor<["B", 4]>) => x.sum(2));
`,
  };
  const { found, entries } = check(files);
  expect(entries.toSorted()).toEqual(["f", "g"]);
  expect(found).toEqual([
    { code: "GLIM3003", file: "entries.ts", line: 2, text: "x.sum(2)" },
    { code: "GLIM3001", file: "model.ts", line: 6, text: "main.forward(x)" },
    { code: "GLIM3001", file: "model.ts", line: 7, text: "again.forward(x)" },
    { code: "GLIM3001", file: "model.ts", line: 8, text: "all.layers.third.forward(x)" },
  ]);
});

test("modules that import each other in a circle end", () => {
  const files = {
    "model.ts": `import { script } from "glim";
import { b } from "./b.ts";
export const a = 1;
export const f = script((n: number) => n + b + (undefined as unknown as { x: number }).x);
`,
    "b.ts": `import { a } from "./model.ts";\nexport const b = a + 1;\n`,
  };
  expect(check(files).entries).toEqual(["f"]);
});

const broken = [
  "export const f = script((x: Tensor<[",
  "class A extends { constructor( super( }",
  "const { a: { b } = ; for (const of",
  "export const f = script((x: Tensor<['B', 4]>) => { if (x. return x.; });",
  "`${",
  "switch (1) { case",
  "export default class { static { this. } }",
];

test.each(broken)("half-written code does no harm: %s", (code) => {
  expect(() => check({ "model.ts": `${head}${code}` })).not.toThrow();
});
