/**
 * Graph IR as text: `parseGraph(printGraph(m))` is `m`, but for source spans, and for hints, which
 * become the names that were printed.
 *
 * ```
 * module mnist
 * size B 1..64
 * const @fc.weight : f32[10,784] = fnv64:0123456789abcdef
 * state @calls : f64 = 0
 *
 * doc "Logits of a batch."
 * entry func @logits(%images: f32[B,784]) -> f32[B,10] {
 *   %w = const @fc.weight : f32[10,784]
 *   %0 = permute %w axes=[1,0] : f32[784,10]
 *   %1 = dot %images %0 : f32[B,10]
 *   return %1
 * }
 * ```
 *
 * A node is `results = operation leading-attribute operands key=value : types`, then its regions:
 * `if %c : T { … yield %x } else { … yield %y }`,
 * `loop L0 (%i = %zero : f64) : T { … continue L0 %j }`, `kernel (%a = %x : T) : T { … yield %r }`.
 * A layout follows its type directly, `f32[B,6,14,14]{0,2,3,1}`. `;` begins a comment.
 */

export { parseGraph } from "./parse.ts";
export { type PrintPlace, printGraph } from "./print.ts";
export { GraphSyntaxError } from "./scanner.ts";
