/** Turns dimensions into Loop IR, given the locals that hold the named sizes. */

import { binary, i32, plus, times } from "../../loop/build.ts";
import type { LoopExpr } from "../../loop/ir.ts";
import type { Dim } from "../../ops/dim.ts";

/** The i32 value of each named size. */
export type Sizes = ReadonlyMap<string, LoopExpr>;

export function sizeExpr(d: Dim, sizes: Sizes): LoopExpr {
  if (typeof d === "number") return i32(d);
  let sum = i32(0);
  for (const { coefficient, atoms } of d.terms) {
    let value = i32(1);
    for (const atom of atoms) {
      value = times(
        value,
        atom.kind === "floor"
          ? floorQuotient(sizeExpr(atom.numerator, sizes), atom.divisor)
          : sizeOf(atom.name, sizes),
      );
    }
    sum = plus(sum, times(value, coefficient));
  }
  return sum;
}

function sizeOf(name: string, sizes: Sizes): LoopExpr {
  const size = sizes.get(name);
  if (!size) throw new Error(`the size ${name} is not known here`);
  return size;
}

/** ⌊a / divisor⌋, also for negative a: a strided convolution larger than its input makes one. */
function floorQuotient(a: LoopExpr, divisor: number): LoopExpr {
  const shift = Math.log2(divisor);
  if (Number.isInteger(shift)) return binary("shrS", a, i32(shift));
  // The quotient truncates; adding a multiple of the divisor first keeps the dividend positive.
  const lift = Math.floor(0x3fffffff / divisor);
  return plus(binary("div", plus(a, lift * divisor), i32(divisor)), -lift);
}
