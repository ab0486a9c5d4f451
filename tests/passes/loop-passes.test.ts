// A pass is what its fixtures show: text before, and text after. GLIM_BLESS=1 rewrites the latter.

import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type { LoopModule } from "#glim/compiler/loop/ir.js";
import { parseLoop, printLoop } from "#glim/compiler/loop/text.js";
import { verifyLoop } from "#glim/compiler/loop/verify.js";
import { hoistConstants } from "#glim/compiler/passes/loop/hoist-constants.js";
import type { LoopPass } from "#glim/compiler/passes/loop/pass.js";
import { reduceAddresses } from "#glim/compiler/passes/loop/reduce-addresses.js";
import { removeUnusedLocals } from "#glim/compiler/passes/loop/remove-unused-locals.js";
import { splitDoubles } from "#glim/compiler/passes/loop/split-doubles.js";
import { unrollLoops } from "#glim/compiler/passes/loop/unroll-loops.js";

const run = (pass: LoopPass, module: LoopModule): LoopModule => ({
  ...module,
  funcs: module.funcs.map(pass.run),
});

describe.each([hoistConstants, reduceAddresses, removeUnusedLocals, splitDoubles, unrollLoops])(
  "$name",
  (pass) => {
    const folder = new URL(`../fixtures/passes/${pass.name}/`, import.meta.url);
    const separator = `---- after ${pass.name}\n`;

    test.each(readdirSync(folder))("%s", (name) => {
      const file = new URL(name, folder);
      const [before, after] = readFileSync(file, "utf8").split(separator);
      const module = parseLoop(before!);
      expect(verifyLoop(module)).toEqual([]);
      const result = run(pass, module);
      expect(verifyLoop(result)).toEqual([]);
      const text = printLoop(result);
      if (process.env.GLIM_BLESS === "1")
        writeFileSync(file, `${printLoop(module)}${separator}${text}`);
      else expect(text).toBe(after);
    });
  },
);
