/** JavaScript's operators on values that may not be known. */

import type ts from "typescript";
import { tsc } from "../../compiler/frontend/typescript.ts";
import {
  isPrimitive,
  NativeFunction,
  StaticClass,
  StaticObject,
  StaticTensor,
  unclear,
} from "./static-values.ts";

type Operation = (a: never, b: never) => unknown;

const kinds = tsc.SyntaxKind;
const operations: ReadonlyMap<ts.SyntaxKind, Operation> = new Map<ts.SyntaxKind, Operation>([
  [kinds.PlusToken, (a: number, b: number) => a + b],
  [kinds.MinusToken, (a: number, b: number) => a - b],
  [kinds.AsteriskToken, (a: number, b: number) => a * b],
  [kinds.SlashToken, (a: number, b: number) => a / b],
  [kinds.PercentToken, (a: number, b: number) => a % b],
  [kinds.AsteriskAsteriskToken, (a: number, b: number) => a ** b],
  [kinds.AmpersandToken, (a: number, b: number) => a & b],
  [kinds.BarToken, (a: number, b: number) => a | b],
  [kinds.CaretToken, (a: number, b: number) => a ^ b],
  [kinds.LessThanLessThanToken, (a: number, b: number) => a << b],
  [kinds.GreaterThanGreaterThanToken, (a: number, b: number) => a >> b],
  [kinds.GreaterThanGreaterThanGreaterThanToken, (a: number, b: number) => a >>> b],
  [kinds.LessThanToken, (a: number, b: number) => a < b],
  [kinds.LessThanEqualsToken, (a: number, b: number) => a <= b],
  [kinds.GreaterThanToken, (a: number, b: number) => a > b],
  [kinds.GreaterThanEqualsToken, (a: number, b: number) => a >= b],
]);

export function binary(kind: ts.SyntaxKind, a: unknown, b: unknown): unknown {
  if (a === unclear || b === unclear) return unclear;
  switch (kind) {
    case kinds.EqualsEqualsEqualsToken:
      return a === b;
    case kinds.ExclamationEqualsEqualsToken:
      return a !== b;
    case kinds.InKeyword:
      return hasProperty(b, a) ?? unclear;
    case kinds.InstanceOfKeyword:
      return isInstance(a, b) ?? unclear;
    default:
      break;
  }
  const operation = operations.get(kind);
  const isComputed = operation !== undefined && isPlain(a) && isPlain(b) && typeof a === typeof b;
  const isJoined = kind === kinds.PlusToken && isPlain(a) && isPlain(b);
  return isComputed || isJoined ? Reflect.apply(operation ?? join, undefined, [a, b]) : unclear;
}

const join = (a: never, b: never): string => `${a}${b}`;

/** Numbers and texts, which the operators compute with as they stand. */
const isPlain = (v: unknown): boolean => isPrimitive(v) && typeof v !== "bigint";

export function unary(operator: ts.SyntaxKind, v: unknown): unknown {
  if (v === unclear) return unclear;
  switch (operator) {
    case kinds.ExclamationToken:
      return !v;
    case kinds.MinusToken:
      return typeof v === "number" ? -v : unclear;
    case kinds.PlusToken:
      return isPlain(v) ? Number(v) : unclear;
    case kinds.TildeToken:
      return typeof v === "number" ? ~v : unclear;
    default:
      return unclear;
  }
}

/** `value instanceof type`; undefined where that is not known. */
export function isInstance(value: unknown, type: unknown): boolean | undefined {
  if (isPrimitive(value)) return false;
  if (type instanceof NativeFunction) return type.has?.(value);
  if (type instanceof StaticClass) {
    if (!(value instanceof StaticObject)) return false;
    for (const at of value.type?.line() ?? []) {
      if (at === false) return undefined;
      if (at === type) return true;
    }
    return false;
  }
  const isCollection = type === Array || type === Map || type === Set;
  if (isCollection && typeof type === "function") return value instanceof type;
  return undefined;
}

/** `key in object`; undefined where that is not known. */
function hasProperty(object: unknown, key: unknown): boolean | undefined {
  if (typeof key !== "string" && typeof key !== "symbol") return undefined;
  // What a list has beside its elements is known, whatever they are.
  if (Array.isArray(object) && typeof key === "symbol") return Reflect.has(object, key);
  if (object instanceof StaticTensor && typeof key === "symbol") return false;
  if (!(object instanceof StaticObject)) return undefined;
  if (object.fields.has(key) || object.accessors.has(key)) return true;
  for (const type of object.type?.line() ?? []) {
    if (type === false) return undefined;
    if (type.members.has(key)) return true;
  }
  return false;
}
