// An engine that shares no line with Node's, and no compiler either: WABT's interpreter of WebAssembly runs the
// interpreter, which classifies a digit, and must come to the bits of the compiled module.

import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, it } from "vitest";
import { loadSync } from "#glim/runtime/load.js";
import { interpreterBytes } from "../package/compare-package.ts";
import { driveModule, hashOfResults } from "./drive-module.ts";
import { canBuild } from "./native.ts";
import { digitPrograms } from "./programs.ts";

it.skipIf(!canBuild)("LeNet", { timeout: 120_000 }, async () => {
  const { packed, signature, wasm, calls } = await digitPrograms();
  const [name, [image]] = calls.find(([entry]) => entry === "logits")!;
  const number = signature.entries.findIndex((e) => e.name === name);
  const { data } = Object(image);
  const { data: logits } = Object(loadSync(new WebAssembly.Module(wasm))[name]!(image));
  const bytesOf = (a: Float32Array): Uint8Array =>
    new Uint8Array(a.buffer, a.byteOffset, a.byteLength);
  const driven = driveModule(interpreterBytes, {
    packed,
    number,
    sizes: [1],
    inputs: [bytesOf(data)],
    resultBytes: [logits.byteLength],
  });
  const folder = mkdtempSync(path.join(tmpdir(), "glim-wabt-"));
  try {
    const file = path.join(folder, "driven.wasm");
    writeFileSync(file, driven);
    const engine = createRequire(import.meta.url).resolve("wabt/bin/wasm-interp");
    const said = execFileSync(process.execPath, [engine, file, "-r", "drive"], {
      encoding: "utf8",
    });
    expect(said.trim()).toBe(`drive() => i64:${hashOfResults([bytesOf(logits)])}`);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
