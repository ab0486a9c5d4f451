// A package that was written once must run for ever: each version of the format that was released has a
// folder of packages with what their calls gave. Nothing in such a folder ever changes. GLIM_BLESS=1 records
// the packages of the current version, if its folder is not there.

import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { packageFile } from "#glim/cli/compiler.js";
import { formatVersion } from "#glim/compiler/ops/program-format.js";
import type { ModuleSignature } from "#glim/compiler/package/signature.js";
import { openSync } from "#glim/runtime/package/open.js";
import { readPackage } from "#glim/runtime/package/read-package.js";
import { interpreter } from "./compare-package.ts";
import { madeArguments } from "./made-arguments.ts";
import { type RecordedCall, record, repeat } from "./recorded-calls.ts";
import { packageText, source } from "./sample-package.ts";

const fixtures = fileURLToPath(new URL("../fixtures/", import.meta.url));
const folderOf = (version: string): string => path.join(fixtures, "packages", version);
const current = `v${formatVersion}`;

/** What the current version can and earlier ones could not, and a bit of all the rest. */
const files = [
  ...["dtypes/model.ts", "kept/model.ts", "run-sizes/model.ts", "classes/model.ts"],
  ...["programs-of-the-api/custom.ts", "frontend/models/state.ts"],
];

/** Three calls of each entry, in turns, so that state changes in between. */
function recordCalls(bytes: Uint8Array): RecordedCall[] {
  const model = openSync(bytes, interpreter);
  const { entries, types }: ModuleSignature = JSON.parse(readPackage(bytes).signatureText);
  return [1, 2, 3].flatMap((round) =>
    entries.map((e, i) => record(model, e.name, madeArguments(e, types, round * 1000 + i))),
  );
}

function writeFixture(folder: string, name: string, bytes: Uint8Array): void {
  writeFileSync(path.join(folder, `${name}.glim`), bytes);
  const lines = recordCalls(bytes).map((call) => JSON.stringify(call));
  writeFileSync(path.join(folder, `${name}.json`), `[\n${lines.join(",\n")}\n]\n`);
}

async function writeFixtures(folder: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  for (const file of files) {
    const name = file.replace(/\.ts$/, "").replaceAll("/", "-");
    writeFixture(
      folder,
      name,
      (await packageFile(path.join(fixtures, file), { train: true })).bytes,
    );
  }
  writeFixture(folder, "sample", (await packageText(source)).bytes);
}

if (process.env.GLIM_BLESS === "1" && !existsSync(folderOf(current))) {
  await writeFixtures(folderOf(current));
}

it("the current version has its folder", () => {
  expect(existsSync(folderOf(current))).toBe(true);
});

describe.each(readdirSync(path.join(fixtures, "packages")))("version %s", (version) => {
  const names = readdirSync(folderOf(version)).filter((name) => name.endsWith(".glim"));

  it("has packages", () => {
    expect(names.length).toBeGreaterThan(5);
  });

  it.each(names)("%s", (name) => {
    const file = path.join(folderOf(version), name);
    const bytes = new Uint8Array(readFileSync(file));
    expect(`v${versionOf(bytes)}`).toBe(version);
    const model = openSync(bytes, interpreter);
    const calls: RecordedCall[] = JSON.parse(readFileSync(file.replace(/glim$/, "json"), "utf8"));
    for (const call of calls) expect(repeat(model, call)).toEqual(call);
  });
});

/** The word of the program that says it. */
function versionOf(file: Uint8Array): number {
  const view = new DataView(file.buffer, file.byteOffset);
  return view.getUint32(8 + Number(view.getBigUint64(0, true)) + 8, true);
}
