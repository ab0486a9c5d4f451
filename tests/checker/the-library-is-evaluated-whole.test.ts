// What the checker does not see of the library it cannot check, or worse, calls a mistake: it must know
// every method, function and layer that a run has.

import { expect, test } from "vitest";
import { loadedEnvironment } from "#glim/cli/environment.js";
import * as glim from "#glim/stdlib/index.js";
import { check, libraryMethods } from "./check-files.ts";

test("every method of tensors is known", () => {
  expect([...libraryMethods()].toSorted()).toEqual([...loadedEnvironment().methodNames].toSorted());
});

const isClass = (v: unknown): boolean => typeof v === "function" && /^class/.test(String(v));

/** How the names of a namespace are evaluated, as the report of their use says. */
function unknownNames(namespace: object, prefix: string): readonly string[] {
  const names = Object.keys(namespace).filter((name) => /^[a-z]\w*$/i.test(name));
  const uses = names.map((name) => `  const v_${name} = ${prefix}${name} + 1;`);
  const program = `import * as glim from "glim";
export const f = glim.script((n: number) => {
${uses.join("\n")}
  return n;
});
`;
  const reported = check({ "model.ts": program }).found.map((d) => d.text);
  return names.filter((name) => !reported.includes(`${prefix}${name} + 1`));
}

test("every export of glim is known", () => {
  expect(unknownNames(glim, "glim.")).toEqual(["GlimError"]);
  expect(unknownNames(glim.nn, "glim.nn.")).toEqual(["Buffer", "Parameter"]);
  expect(Object.values(glim.nn).some(isClass)).toBe(true);
  expect(unknownNames(glim.linalg, "glim.linalg.")).toEqual([]);
});

const layers: Readonly<Record<string, readonly [make: string, input: string]>> = {
  Linear: ["4, 2", '"B", 4'],
  Conv2d: ["3, 8, 3", '"B", 3, 32, 32'],
  LSTM: ["4, 8", '10, "B", 4'],
  GRU: ["4, 8, { layers: 2 }", '10, "B", 4'],
  Flatten: ["", '"B", 3, 4'],
};

test.each(Object.entries(layers))("%s is made and applied", (name, [make, input]) => {
  const program = `import { nn, script, type Tensor } from "glim";
const layer = new nn.${name}(${make});
export const f = script((x: Tensor<[${input}]>) => {
  const y = layer.forward(x);
  return x.sum(9);
});
export const g = script((x: Tensor<[7, 7, 7, 7, 7]>) => layer.forward(x).nothing);
`;
  const { found } = check({ "model.ts": program });
  // The mistake behind the call is found, and the input that does not fit is refused.
  expect(found.map((d) => d.line)).toEqual([5, 7]);
});
