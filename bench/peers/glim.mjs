/** Glim: the compiled module, through the JavaScript that lies beside it. */

import { readFileSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";

export async function open(folder, { entry, input }) {
  const { load } = await import(pathToFileURL(path.join(folder, "glim.js")));
  const model = await load(readFileSync(path.join(folder, "glim.wasm")));
  const run = model[entry];
  return () => {
    const y = run(input.data);
    return typeof y === "number" ? [y] : y.data;
  };
}
