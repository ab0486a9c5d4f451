/** Owns which names tensors have as methods, and what to suggest for those that they do not have. */

import * as tensors from "../diagnostics/catalog/tensors.ts";
import type { Message } from "../diagnostics/diagnostic.ts";
import { closestName } from "../ops/closest-name.ts";
import { opByName, ops } from "../ops/registry.ts";
import type { Context } from "./context.ts";

/** Methods that are neither operators nor in the standard library. */
const ownMethods: readonly string[] = ["item", "pipe", "toList"];

export function isOperatorMethod(name: string): boolean {
  const exposed = opByName(name)?.exposed;
  return exposed === "method" || exposed === "both";
}

export const isTensorMethod = (cx: Context, name: string): boolean =>
  ownMethods.includes(name) ||
  isOperatorMethod(name) ||
  cx.unit.environment.method(name) !== undefined;

/** What is written here for names that PyTorch has and that are spelled quite differently. */
const elsewhere: ReadonlyMap<string, string> = new Map([
  ["view", "Use `x.reshape([…])`."],
  ["view_as", "Use `x.reshape(y.shape)`."],
  ["reshape_as", "Use `x.reshape(y.shape)`."],
  ["size", "Use `x.shape[i]`."],
  ["dim", "Use `x.rank`."],
  ["ndim", "Use `x.rank`."],
  ["numel", "Multiply the sizes of `x.shape`."],
  ["t", "Use `x.transpose(0, 1)`."],
  ["T", "Use `x.transpose(0, 1)`."],
  ["mT", "Use `x.transpose(-2, -1)`."],
  ["float", 'Use `x.to("f32")`.'],
  ["int", 'Use `x.to("i32")`.'],
  ["long", 'Use `x.to("i32")`.'],
  ["bool", 'Use `x.to("bool")`.'],
  ["type", 'Use `x.to("f32")`.'],
  ["contiguous", "Leave it out: tensors are values, and their layout is the compiler's."],
  ["clone", "Leave it out: tensors never change."],
  ["cpu", "Leave it out: there are no devices."],
  ["cuda", "Leave it out: there are no devices."],
  ["dot", "Use `x.matmul(y)`."],
  ["clip", "Use `x.clamp(low, high)`."],
  ["var", "Use `x.variance(dim)`."],
  ["index_select", "Use `x.take(index, dim)`."],
  ["not", "Use `x.logicalNot()`."],
  ["and", "Use `x.logicalAnd(y)`."],
  ["or", "Use `x.logicalOr(y)`."],
]);

const gradientNames: ReadonlySet<string> = new Set([
  "backward",
  "requiresGrad",
  "requires_grad",
  "requires_grad_",
  "grad",
  "zeroGrad",
  "zero_grad",
  "detach",
]);

const eagerOnly: ReadonlyMap<string, string> = new Map([
  ["toTypedArray", "Return the tensor; the host gets its elements as a typed array."],
  ["toString", "Return the tensor and print it in the host."],
]);

/** The message for a name that exists elsewhere, but never in compiled code; undefined for others. */
export function eagerOnlyMessage(name: string): Message | undefined {
  if (gradientNames.has(name)) return tensors.noBackward(name);
  const instead = eagerOnly.get(name);
  return instead === undefined ? undefined : tensors.eagerOnly(name, instead);
}

/** What to write instead of a method or property that tensors do not have; empty if nothing is near. */
export function tensorSuggestion(cx: Context, name: string): string {
  const known = elsewhere.get(name);
  if (known !== undefined) return known;
  if (name.endsWith("_") && isTensorMethod(cx, name.slice(0, -1))) {
    const plain = name.slice(0, -1);
    return `Tensors never change: use \`x = x.${plain}(…)\`.`;
  }
  const names = [
    ...ownMethods,
    ...ops.map((op) => op.name).filter(isOperatorMethod),
    ...cx.unit.environment.methodNames,
  ];
  const meant = closestName(name, names);
  return meant === undefined ? "" : `Did you mean \`${meant}\`?`;
}
