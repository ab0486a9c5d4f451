// Programs that TorchScript compiles, in TypeScript: the same values eagerly, compiled and interpreted, or a reason why not.

import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { type Entry, loadSync } from "#glim/runtime/load.js";
import { openSync } from "#glim/runtime/package/open.js";
import { checkProgram } from "../diagnostics/check-program.ts";
import { comparing } from "../package/both-ways.ts";
import { interpreter } from "../package/compare-package.ts";
import { compileBothWays } from "../package/package-source.ts";
import { differences, refused } from "./torchscript/differences.ts";
import * as programs from "./torchscript/programs.ts";
import { argument, flat, isTensor, torchscript } from "./torchscript/runs.ts";

/** What a call gave, in one form for all executors. */
function plain(v: unknown): unknown {
  if (v instanceof Map) return Object.fromEntries([...v].map(([k, x]) => [k, plain(x)]));
  if (Array.isArray(v)) return v.map(plain);
  if (typeof v !== "object" || v === null) return v;
  if ("toTypedArray" in v && "shape" in v && "dtype" in v) {
    return plain({ data: Reflect.apply(Object(v).toTypedArray, v, []), shape: v.shape });
  }
  if ("data" in v && "shape" in v) {
    return { data: Array.from(Object(v.data), Number), shape: [...Object(v.shape)] };
  }
  return Object.fromEntries(Object.entries(v).map(([k, x]) => [k, plain(x)]));
}

/** What Python gave, in the same form: tuples are records here. */
function expected(v: unknown): unknown {
  if (isTensor(v)) return { data: flat(v.tensor), shape: v.shape };
  if (Array.isArray(v)) return v.map(expected);
  if (typeof v !== "object" || v === null) return v;
  if ("tuple" in v && Array.isArray(v.tuple)) {
    return Object.fromEntries(v.tuple.map((x, i) => [i, expected(x)]));
  }
  return Object.fromEntries(Object.entries(v).map(([k, x]) => [k, expected(x)]));
}

function outcome(run: () => unknown): unknown {
  try {
    return plain(run());
  } catch (error) {
    return { failure: error instanceof Error ? error.message.replace(/ \(.*:\d+:\d+\)$/, "") : "" };
  }
}

const file = fileURLToPath(new URL("torchscript/programs.ts", import.meta.url));
const { compiled: made, packed } = await compileBothWays(file);
const bytes = new Uint8Array(made.wasm);
const page = readFileSync(new URL("../../docs/torchscript.md", import.meta.url), "utf8");

const call = (f: unknown, args: readonly unknown[]): unknown =>
  typeof f === "function" ? Reflect.apply(f, undefined, args) : undefined;

describe.skipIf(torchscript.length === 0)("programs that both take", () => {
  for (const { name, runs } of torchscript) {
    const eager: unknown = Reflect.get(programs, name);
    if (eager === undefined) continue;
    const model = comparing(loadSync(new WebAssembly.Module(bytes)), openSync(packed, interpreter));
    const compiled: Entry | undefined = Object(model)[name];
    it.each(runs.map((r, i) => [i, r] as const))(`${name}, run %d`, (i, { args, result }) => {
      const ours = outcome(() =>
        call(
          eager,
          args.map((a) => argument(a, true)),
        ),
      );
      const theirs = outcome(() =>
        call(
          compiled,
          args.map((a) => argument(a, false)),
        ),
      );
      const own = differences[name]?.results?.[i];
      const wanted =
        own ?? (result[0] === "err" ? { failure: expect.anything() } : expected(result[1]));
      if (differences[name]?.isClose === true) {
        expect(Object.values(Object(theirs))).toEqual(
          Object.values(Object(wanted)).map((x) => expect.closeTo(Number(x), 12)),
        );
      } else expect(theirs).toEqual(wanted);
      if (differences[name]?.onlyCompiled !== true) expect(ours).toEqual(theirs);
    });
  }
});

describe("programs that TorchScript refuses", () => {
  const runs = Object.entries(differences).flatMap(([name, { own = [] }]) =>
    own.map((run, i) => [name, i, run] as const),
  );
  it.each(runs)("%s, run %d", (name, _, { args, gives }) => {
    const model = comparing(loadSync(new WebAssembly.Module(bytes)), openSync(packed, interpreter));
    const given = (eager: boolean) => args.map((a) => argument(a, eager));
    expect(outcome(() => call(Object(model)[name], given(false)))).toEqual(gives);
    expect(outcome(() => call(Reflect.get(programs, name), given(true)))).toEqual(gives);
  });
});

describe("programs that are refused", () => {
  it.each(Object.entries(refused))("%s", async (_, { source, code }) => {
    const { diagnostics } = await checkProgram(source);
    expect(diagnostics.map((d) => d.code)).toContain(code);
  });
});

it.skipIf(torchscript.length === 0)(
  "every program is ported, refused or left with a reason",
  () => {
    const missing = torchscript.filter(
      ({ name }) => !(name in programs) && !(name in refused) && !page.includes(`| \`${name}\` |`),
    );
    expect(missing.map((p) => p.name)).toEqual([]);
  },
);

it("the page names each program that differs", () => {
  for (const name of [...Object.keys(differences), ...Object.keys(refused)]) {
    expect(page).toContain(`\`${name}\``);
  }
  expect(existsSync(file)).toBe(true);
});
