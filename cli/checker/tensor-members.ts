/** What tensors of evaluated programs have: their type, and methods that compute other tensors. */

import { opByName } from "../../compiler/ops/registry.ts";
import type { Machine } from "./machine.ts";
import { type Key, StaticObject, type StaticTensor, unclear } from "./static-values.ts";
import { applyOperator } from "./tensor-operations.ts";

/** A property that is no method; undefined if it is none. */
export function tensorProperty(t: StaticTensor, key: Key): unknown {
  switch (key) {
    case "shape":
      return [...t.shape];
    case "rank":
      return t.shape.length;
    case "dtype":
      return t.dtype;
    case "length":
      return t.shape.reduce((n, size) => n * size, 1);
    default:
      return undefined;
  }
}

export function callTensorMethod(
  m: Machine,
  t: StaticTensor,
  key: Key,
  args: readonly unknown[],
): unknown {
  if (key === "assign") return undefined;
  if (key === "pipe") return args.reduce((x, stage) => callStage(m, stage, x), t);
  if (typeof key !== "string") return unclear;
  const exposed = opByName(key)?.exposed;
  if (exposed === "method" || exposed === "both") return applyOperator(m, key, [t, ...args]);
  const method = m.tensorMethod(key);
  return method === undefined ? unclear : m.call(method, undefined, [t, ...args]);
}

const callStage = (m: Machine, stage: unknown, x: unknown): unknown =>
  stage instanceof StaticObject
    ? m.call(m.member(stage, "forward"), stage, [x])
    : m.call(stage, undefined, [x]);
