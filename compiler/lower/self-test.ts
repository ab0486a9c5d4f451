/** `glim_selftest`: probes whether a host keeps the numeric contract. 0, or what it breaks. */

import { address, binary, bits, compare, constant, FuncBuilder, i32, load } from "../loop/build.ts";
import type { LoopExpr, LoopFunc } from "../loop/ir.ts";

export const selfTestFailures = [
  "",
  "the host fuses multiplication and addition",
  "the host flushes subnormal numbers to zero",
  "the host does not round to nearest even",
] as const;

const f32 = (value: number): LoopExpr => constant("f32", value);

export const probeName = "probe";

/** The numbers come through 16 bytes of memory, so that engines do not compute the answers beforehand. */
export function selfTest(): LoopFunc {
  const b = new FuncBuilder();
  const scratch = address(probeName);
  const hidden = (slot: number, value: number): LoopExpr => {
    const at = { element: "f32" as const, base: scratch, index: i32(slot) };
    b.store(at, f32(value));
    return b.let("h", load(at));
  };
  const fail = (bad: LoopExpr, code: number): void =>
    b.if(bad, () => b.emit({ s: "return", value: i32(code) }));
  // (1 + 2⁻¹²)² − (1 + 2⁻¹¹) is 0 when the product is rounded first, 2⁻²⁴ when fused.
  const x = hidden(0, 1 + 2 ** -12);
  const y = hidden(1, -(1 + 2 ** -11));
  fail(compare("ne", binary("add", binary("mul", x, x), y), f32(0)), 1);
  // The least normal number halved is a subnormal one.
  const least = hidden(2, 2 ** -126);
  const half = bits(binary("mul", least, hidden(3, 0.5)), "i32");
  fail(compare("ne", half, i32(0x00400000)), 2);
  // 1 + 2⁻²⁴ is half-way between two numbers: the even one is 1.
  fail(compare("ne", binary("add", hidden(0, 1), hidden(1, 2 ** -24)), f32(1)), 3);
  b.emit({ s: "return", value: i32(0) });
  return b.finish("glim_selftest", { exported: "glim_selftest", result: "i32" });
}
