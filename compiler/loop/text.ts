/**
 * Loop IR as text, and back: `parseLoop(printLoop(x))` is deeply equal to every lawful `x`.
 *
 *     data @w size 8 = "0000803f00000040"    global $calls = 0    table @dot @sum
 *
 *     link                                    // what a linked library gives
 *       @heap.strConcat (i32, i32) -> i32
 *       $heap.heapFailure
 *       export "failure" = $heap.heapFailure
 *     import @glim.enter (i32)                // what the host gives
 *
 *     func @dot export "dot" (%a: i32, %n: i32) -> f32 {
 *       %s = 0:v4f32                            // a bare number is an i32
 *       for %i = 0 to %n step 4 nonempty {
 *         %s = %s + load4.f32 %a[%i + 2] * splat.f32 @w[1]
 *       }
 *       return lane(%s, 0)
 *     }
 *
 *     switch %n {                             // the case of this number, from 0; else nothing
 *       case {
 *         return
 *       }
 *     }
 *
 * `%` names a local, `@` a function or the address of a data object, `$` a global. `load` reads one
 * element, `load4` four neighbours, `splat.f32 p[i]` one into all lanes (`load2`, `splat2`: into two
 * lanes of 64 bits); the number added last inside the brackets is the access's constant offset, so an
 * index that itself ends so stands in parentheses. Types that operands determine are not written.
 */

export { parseLoop } from "./parse.ts";
export { printFunc, printLoop } from "./print.ts";
