// A model runs for days: what a round of a loop makes must be freed in that round.

import { expect, it } from "vitest";
import { parseGraph } from "#glim/compiler/graph/text.js";
import { openSync } from "#glim/runtime/package/open.js";
import { interpreter, packageGraph } from "./compare-package.ts";

const program = `module rounds
type @Pair = record {text: str, values: @Numbers}
type @Numbers = list f64

entry func @make(%n: f64, %x: f32[4096]) -> f64 {
  %zero = number 0 : f64
  %one = number 1 : f64
  %sum = loop rounds (%i = %zero : f64, %total = %zero : f64) : f64 {
    %more = scalar lt %i %n : bool
    if %more {
      %list = new %i %one : @Numbers
      list.push %list %i
      %t = text "a" : str
      %u = texts concat %t %t : str
      %pair = new %u %list : @Pair
      %back = field.get %pair leaf=1 : @Numbers
      %length = list.length %back : f64
      %y = add %x %x : f32[4096]
      %s = splat %length : f32[]
      %z = add %y %s : f32[4096]
      %next = scalar add %i %one : f64
      %rest = scalar add %total %length : f64
      continue rounds %next %rest
    } else {
      break rounds %total
    }
    throw "unreachable"
  }
  return %sum
}
`;

it("the memory after 20,000 rounds is that after 100", () => {
  let memory: WebAssembly.Memory | undefined;
  const Instance = WebAssembly.Instance;
  try {
    WebAssembly.Instance = class extends Instance {
      constructor(of: WebAssembly.Module) {
        super(of);
        memory = this.exports.memory as WebAssembly.Memory;
      }
    };
    const model = openSync(packageGraph(parseGraph(program)), interpreter);
    const x = new Float32Array(4096);
    expect(model.make!(100, x)).toBe(300);
    const before = memory!.buffer.byteLength;
    expect(model.make!(20_000, x)).toBe(60_000);
    expect(memory!.buffer.byteLength).toBe(before);
  } finally {
    WebAssembly.Instance = Instance;
  }
});
