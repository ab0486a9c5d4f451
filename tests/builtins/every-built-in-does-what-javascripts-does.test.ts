// What the table in docs/language.md promises is JavaScript's own, so each built-in, compiled, is asked beside it.
// GLIM_RUNS=1000 asks more often, GLIM_SEED=2 asks for other values.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import fc from "fast-check";
import { afterAll, expect, test } from "vitest";
import { compileFile } from "#glim/cli/compiler.js";
import { loadModel } from "#glim/cli/loader/load-model.js";
import { loadSync } from "#glim/runtime/load.js";
import { cases, type Group, program } from "./builtin-cases.ts";

const special = [
  0,
  -0,
  1,
  -1,
  0.5,
  -2.5,
  3,
  7,
  1e21,
  1e-7,
  2 ** 31,
  -(2 ** 31),
  2 ** 53,
  Number.NaN,
];
const any = fc.oneof(
  fc.constantFrom(...special, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY),
  fc.double(),
  fc.integer({ min: -9, max: 9 }),
);
const place = fc.oneof(
  fc.integer({ min: -6, max: 6 }),
  fc.constantFrom(Number.NaN, 1.5, -0.5, 100),
);
// Small words meet in each other; letters are ASCII, which case mapping asks for.
const word = fc.oneof(
  fc.string({ unit: fc.constantFrom("a", "b", "A", " "), maxLength: 6 }),
  fc.constantFrom("", "12px", " -7.5e3 ", "0x1F", "ab\tba\n", "😀a"),
);
const numbers = fc.array(fc.oneof(fc.constantFrom(...special), fc.integer({ min: -4, max: 4 })), {
  maxLength: 7,
});
const given = fc.tuple(
  numbers,
  numbers,
  fc.array(word, { maxLength: 5 }),
  word,
  word,
  any,
  any,
  place,
  place,
);

const seed = Number(process.env.GLIM_SEED ?? 1);
const numRuns = Number(process.env.GLIM_RUNS ?? 60);
const inputs = fc.sample(given, { seed, numRuns });

const folder = mkdtempSync(path.join(tmpdir(), "glim-builtins-"));
afterAll(() => rmSync(folder, { recursive: true }));
const file = path.join(folder, "model.ts");
writeFileSync(file, program(cases));
const { wasm } = await compileFile(file);
const model = loadSync(new WebAssembly.Module(new Uint8Array(wasm)));
const { exports } = await loadModel(file);

/** What a call gives, or that it fails: the messages of engines are their own. */
function outcome(run: () => unknown): unknown {
  try {
    return run();
  } catch {
    return "failed";
  }
}

test.each(cases.map(({ group, name, body }, n) => [`${group}: ${name}: ${body}`, n] as const))(
  "%s",
  (_, n) => {
    const plain = exports[`case${n}`];
    if (typeof plain !== "function") throw new Error("no such entry");
    for (const args of inputs) {
      const wanted = outcome(() => Reflect.apply(plain, undefined, structuredClone(args)));
      const found = outcome(() => model[`case${n}`]!(...args));
      expect(found, JSON.stringify(args)).toEqual(wanted);
    }
  },
);

const rows: Readonly<Record<Group, string>> = {
  lists: "lists",
  texts: "texts",
  maps: "`Map`, `Set`",
  numbers: "numbers",
  Math: "`Math`",
  objects: "`Array`, `Object`",
};

test.each(Object.entries(rows))("the table names what is tested: %s", (group, head) => {
  const page = readFileSync(new URL("../../docs/language.md", import.meta.url), "utf8");
  const row = page.split("\n").find((line) => line.startsWith(`| ${head} |`));
  const named = [...(row?.matchAll(/`([^`]+)`/g) ?? [])].map((m) => m[1]!);
  const names = new Set(named.filter((name) => !head.includes(`\`${name}\``) && name !== "math"));
  if (group === "texts") names.add("iteration by code points");
  expect([...names].sort()).toEqual(
    [...new Set(cases.filter((c) => c.group === group).map((c) => c.name))].sort(),
  );
});
