/** Writes the kernel module where the built package finds it: as a file, and as text in a module. */

import { copyFile, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { buildKernels } from "../../compiler/lower/kernels/build-kernels.ts";
import { ops } from "../../compiler/ops/registry.ts";
import { emitModule } from "../../compiler/wasm/emit-module.ts";

/**
 * Writes `kernels.wasm` and `kernel-bytes.js` into `dist/runtime/eager` of the package at `root`, with
 * the declarations of the latter. Returns the size of the module in bytes.
 */
export async function writeKernels(root: string): Promise<number> {
  const { module, table } = buildKernels(ops);
  const bytes = await emitModule(module);
  const folder = join(root, "dist/runtime/eager");
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, "kernels.wasm"), bytes);
  await writeFile(join(folder, "kernel-bytes.js"), moduleText(bytes, table));
  await copyFile(join(root, "runtime/eager/kernel-bytes.d.ts"), join(folder, "kernel-bytes.d.ts"));
  return bytes.length;
}

const moduleText = (bytes: Uint8Array, table: unknown): string =>
  `// Written by the build from the operators' records; do not edit.
export const kernelBytes = "${Buffer.from(bytes).toString("base64")}";
export const kernelTable = ${JSON.stringify(table)};
`;
