// The promise of same bits is kept on the samples: what the compiled module gives, at any batch size.

import { resolve } from "node:path";
import { expect, it } from "vitest";
import { compileFile, packageFile } from "#glim/cli/compiler.js";
import { loadSync } from "#glim/runtime/load.js";
import { openSync } from "#glim/runtime/package/open.js";
import { bitsOf } from "../compiled/bits.ts";
import { sampleDigits } from "../samples/digits.ts";
import { interpreter } from "./compare-package.ts";

const images = sampleDigits().images.toTypedArray();

it.each(["mlp", "lenet"])("%s", { timeout: 60_000 }, async (name) => {
  const file = resolve(import.meta.dirname, `../../samples/mnist/${name}.ts`);
  const compiled = loadSync(new WebAssembly.Module((await compileFile(file)).wasm as BufferSource));
  const opened = openSync((await packageFile(file)).bytes, interpreter);
  for (const entry of ["logits", "classify"]) {
    for (const size of [1, 7, 64]) {
      const x = images.slice(0, size * 784);
      const [wanted, found] = [compiled, opened].map((m) => m[entry]!(x) as { data: Float32Array });
      expect(bitsOf(found!.data), `${entry} of ${size}`).toEqual(bitsOf(wanted!.data));
    }
  }
});
