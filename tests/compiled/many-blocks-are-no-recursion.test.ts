// A network of many blocks calls one method on many objects. Taken for a recursion, its tensors would lie on the heap in
// one form, which costs copies and conversions between all layers, and refuses a second shape.

import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { compileFile } from "#glim/cli/compiler.js";
import type { Module } from "#glim/compiler/graph/ir.js";
import { forEachNode } from "#glim/compiler/graph/walk.js";

const file = fileURLToPath(new URL("../fixtures/layers/blocks-in-a-row.ts", import.meta.url));

it("keeps nothing on the heap for blocks in blocks, and takes any batch", async () => {
  const sources: Module[] = [];
  await compileFile(file, {
    watch: ({ pass, module }) => {
      if (pass === "source") sources.push(module);
    },
  });
  const ops = new Set<string>();
  for (const f of sources[0]?.funcs ?? []) forEachNode(f.body, ({ op }) => ops.add(op));
  expect(ops).toContain("dot");
  expect(ops).not.toContain("box");
});
