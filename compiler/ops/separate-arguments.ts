/** Sorts the arguments of a call into operands, parameters and options. */

import { isList, showArgument } from "./arguments.ts";
import type { CallHost } from "./call.ts";
import { closestName } from "./closest-name.ts";
import { DimExpr } from "./dim.ts";
import type { Argument, Op } from "./op.ts";
import type { Rule } from "./types.ts";

export interface SeparatedArguments {
  /** Tensors, numbers or booleans, not yet looked at; the variadic list is spread out. */
  readonly operands: readonly unknown[];
  readonly parameters: Readonly<Record<string, Argument>>;
}

type Options = { readonly [key: string]: Argument };

const isOptions = (v: Argument): v is Options =>
  typeof v === "object" && v !== null && !isList(v) && !(v instanceof DimExpr);

export function separateArguments<V>(
  host: CallHost<V>,
  op: Op,
  args: readonly unknown[],
  rule: Rule,
): SeparatedArguments {
  const operands: unknown[] = [];
  const parameters: Record<string, Argument> = {};
  const places = op.operands.length + op.parameters.length;
  let options: Options | undefined;
  for (let at = 0; at < places; at++) {
    const parameter = op.parameters[at - op.parametersAfter];
    if (parameter === undefined || at < op.parametersAfter) {
      const operandAt = at < op.parametersAfter ? at : at - op.parameters.length;
      addOperand(op, operandAt, args[at], operands, rule);
      continue;
    }
    if (at >= args.length) continue;
    const value = host.toArgument(args[at], parameter);
    if (op.options.length > 0 && at === args.length - 1 && isOptions(value)) options = value;
    else if (value !== undefined) parameters[parameter.name] = value;
  }
  if (args.length > places) {
    const last = host.toArgument(args[places]);
    const fits = op.options.length > 0 && args.length === places + 1;
    if (!fits || (last !== undefined && !isOptions(last))) refuseSurplus(op, args, last, rule);
    if (last !== undefined) options = last;
  }
  if (options !== undefined) addOptions(op, options, parameters, rule);
  for (const { name, optional } of op.parameters) {
    if (!optional && parameters[name] === undefined) refuseMissing(op, name, rule);
  }
  return { operands, parameters };
}

function addOperand(op: Op, at: number, value: unknown, into: unknown[], rule: Rule): void {
  const { name } = op.operands[at]!;
  if (value === undefined) refuseMissing(op, name, rule);
  if (!op.variadic || at !== op.operands.length - 1) {
    into.push(value);
    return;
  }
  if (!Array.isArray(value)) rule.fail("argument", `${op.name}: ${name} must be a list of tensors`);
  else if (value.length === 0) rule.fail("argument", `${op.name}: ${name} is an empty list`);
  else into.push(...value);
}

function addOptions(op: Op, options: Options, into: Record<string, Argument>, rule: Rule): void {
  for (const [name, value] of Object.entries(options)) {
    if (!op.options.some((o) => o.name === name)) refuseOption(op, name, rule);
    if (value !== undefined) into[name] = value;
  }
  for (const { name, optional } of op.options) {
    if (!optional && into[name] === undefined) refuseMissing(op, name, rule);
  }
}

const refuseMissing = (op: Op, name: string, rule: Rule): never =>
  rule.fail("argument", `${op.name}: the argument ${name} is missing; write ${signatureOf(op)}`);

function refuseOption(op: Op, name: string, rule: Rule): never {
  const names = op.options.map((o) => o.name);
  if (op.parameters.some((p) => p.name === name)) {
    return rule.fail("argument", `${op.name}: ${name} is not an option; write ${signatureOf(op)}`);
  }
  const meant = closestName(name, names);
  return rule.fail(
    "argument",
    `${op.name} has no option ${name}; ${meant ? `did you mean ${meant}?` : `its options are ${names.join(", ")}`}`,
  );
}

function refuseSurplus(op: Op, args: readonly unknown[], last: Argument, rule: Rule): never {
  const places = op.operands.length + op.parameters.length;
  const surplus = isOptions(last) || isList(last) ? "" : ` (${showArgument(last)})`;
  return rule.fail(
    "argument",
    `${op.name}: argument ${places + 1}${surplus} of ${args.length} is one too many; write ${signatureOf(op)}`,
  );
}

/** `gather(x, dim, index)`, `sum(x, dim?, { keepDim? })`: how a call is written. */
export function signatureOf(op: Op): string {
  const operands = op.operands.map((o, i) =>
    op.variadic && i === op.operands.length - 1 ? `[${o.name}, …]` : o.name,
  );
  const mark = (p: { readonly name: string; readonly optional: boolean }): string =>
    p.optional ? `${p.name}?` : p.name;
  const words = operands.toSpliced(op.parametersAfter, 0, ...op.parameters.map(mark));
  if (op.options.length > 0) words.push(`{ ${op.options.map(mark).join(", ")} }`);
  return op.exposed === "method"
    ? `${words[0]}.${op.name}(${words.slice(1).join(", ")})`
    : `${op.name}(${words.join(", ")})`;
}
