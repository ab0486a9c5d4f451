// The folders are read in the order of processing; an import against it makes that a lie.

import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { describe, expect, it } from "vitest";

const root = resolve(import.meta.dirname, "../..");
const folders = ["compiler", "runtime", "stdlib", "cli"];

interface Import {
  readonly from: string;
  readonly to: string;
  /** A type-only import leaves no trace at run time. */
  readonly isType: boolean;
}

const files = folders.flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((f) => f.endsWith(".ts") && !f.endsWith(".d.ts"))
    .map((f) => join(folder, f)),
);

function importsOf(file: string): Import[] {
  const text = readFileSync(join(root, file), "utf8");
  const pattern =
    /(?:^|\n)\s*(?:import|export)\s+(type\s+)?(?:[^;'"]*?\sfrom\s+)?["']([^"']+)["']|import\(\s*["']([^"']+)["']\s*\)/g;
  return [...text.matchAll(pattern)].map(([, type, named, dynamic]) => {
    const name = named ?? dynamic ?? "";
    const to = name.startsWith(".")
      ? relative(root, resolve(root, dirname(file), name))
      : `npm:${name}`;
    return { from: file, to, isType: type !== undefined };
  });
}

const imports = files.flatMap(importsOf);
const under = (path: string, folder: string): boolean => path.startsWith(`${folder}/`);
const violations = (forbidden: (i: Import) => boolean): string[] =>
  imports.filter(forbidden).map((i) => `${i.from} → ${i.to}`);

describe("import directions", () => {
  it("the compiler imports neither runtime, standard library nor command line", () => {
    const bad = ["runtime", "stdlib", "cli"];
    expect(violations((i) => under(i.from, "compiler") && bad.some((b) => under(i.to, b)))).toEqual(
      [],
    );
  });

  it("the runtime imports of the compiler only the operators", () => {
    expect(
      violations(
        (i) =>
          under(i.from, "runtime") &&
          (under(i.to, "cli") ||
            under(i.to, "stdlib") ||
            (under(i.to, "compiler") && !under(i.to, "compiler/ops"))),
      ),
    ).toEqual([]);
  });

  it("the operators import nothing but operators", () => {
    expect(
      violations((i) => under(i.from, "compiler/ops") && !under(i.to, "compiler/ops")),
    ).toEqual([]);
  });

  it("the standard library imports only the runtime", () => {
    expect(
      violations((i) => under(i.from, "stdlib") && (under(i.to, "compiler") || under(i.to, "cli"))),
    ).toEqual([]);
  });

  it("only compiler/wasm imports binaryen, only the frontend and the command line TypeScript", () => {
    expect(violations((i) => i.to === "npm:binaryen" && !under(i.from, "compiler/wasm"))).toEqual(
      [],
    );
    const mayParse = ["compiler/frontend", "compiler/diagnostics", "cli"];
    expect(
      violations((i) => i.to === "npm:typescript" && !mayParse.some((f) => under(i.from, f))),
    ).toEqual([]);
  });

  it("what ships to browsers has no npm dependency and no node module at its top", () => {
    const shipped = ["runtime", "stdlib", "compiler/ops"];
    expect(
      violations(
        (i) => i.to.startsWith("npm:") && shipped.some((f) => under(i.from, f)) && !i.isType,
      )
        // Dynamic imports behind a check of the host are allowed for node: modules.
        .filter((v) => !v.includes("npm:node:")),
    ).toEqual([]);
  });

  // The frontend's functions follow a recursive syntax, so they call each other in circles.
  const recursive = "compiler/frontend";

  it("no file imports itself by a detour, except along a recursive syntax", () => {
    const outside = imports.filter((i) => !(under(i.from, recursive) && under(i.to, recursive)));
    expect(cyclesOf(outside)).toEqual([]);
  });

  it("no folder imports itself by a detour", () => {
    const folderOf = (file: string): string => dirname(file).split("/").slice(0, 2).join("/");
    const between = imports
      .filter((i) => !i.to.startsWith("npm:"))
      .map((i) => ({ ...i, from: folderOf(i.from), to: folderOf(i.to) }))
      // The files at the top of these two put their parts together.
      .filter((i) => i.from !== i.to && i.from !== "compiler" && i.from !== "cli");
    expect(cyclesOf(between)).toEqual([]);
  });
});

function cyclesOf(list: readonly Import[]): string[] {
  const graph = new Map<string, Set<string>>();
  for (const i of list) {
    if (i.isType || i.to.startsWith("npm:")) continue;
    graph.set(i.from, (graph.get(i.from) ?? new Set()).add(i.to));
  }
  const cycles: string[] = [];
  const state = new Map<string, "open" | "done">();
  const visit = (at: string, path: readonly string[]): void => {
    if (state.get(at) === "done") return;
    if (state.get(at) === "open") {
      cycles.push([...path.slice(path.indexOf(at)), at].join(" → "));
      return;
    }
    state.set(at, "open");
    for (const next of graph.get(at) ?? []) visit(next, [...path, at]);
    state.set(at, "done");
  };
  for (const at of graph.keys()) visit(at, []);
  return cycles;
}
