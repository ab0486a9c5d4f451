// The verifier is the only guard before binaryen, which aborts on what it does not expect.

import fc from "fast-check";
import { expect, test } from "vitest";
import { verifyLoop } from "#glim/compiler/loop/verify.js";
import { emitModule } from "#glim/compiler/wasm/emit-module.js";
import { lawfulModule, shrinkFor } from "../loop/lawful-module.ts";

test("random lawful modules become valid modules", async () => {
  await fc.assert(
    fc.asyncProperty(lawfulModule, async (module) => {
      expect(verifyLoop(module)).toEqual([]);
      const compiled = await WebAssembly.compile(await emitModule(module));
      const exported = module.funcs.flatMap((f) => f.exported ?? []);
      expect(WebAssembly.Module.exports(compiled).map((e) => e.name)).toEqual([
        "memory",
        ...exported,
      ]);
    }),
    { numRuns: 300, ...shrinkFor },
  );
});
