/** Calls of a model made twice, compiled and in the interpreter: both must come to the same bits. */

import { expect } from "vitest";

interface Outcome {
  readonly value?: unknown;
  readonly error?: unknown;
}

const outcomeOf = (call: () => unknown): Outcome => {
  try {
    return { value: call() };
  } catch (error) {
    return { error };
  }
};

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : "");

/** Whether both are the same to the bit; all NaNs are one. */
export function isSame(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== "object" || a === null || typeof b !== "object" || b === null) return false;
  if (ArrayBuffer.isView(a)) return isSameArray(a, b);
  if (a instanceof Map || a instanceof Set) {
    return (b instanceof Map || b instanceof Set) && isSame([...a], [...b]);
  }
  const [own, other] = [Object.entries(a), Object.entries(b)];
  return (
    own.length === other.length &&
    own.every(([key, x], i) => other[i]![0] === key && isSame(x, other[i]![1]))
  );
}

function isSameArray(a: ArrayBufferView, b: object): boolean {
  if (!ArrayBuffer.isView(b) || a.constructor !== b.constructor) return false;
  if (a.byteLength !== b.byteLength) return false;
  const bytes = ({ buffer, byteOffset, byteLength }: ArrayBufferView): Buffer =>
    Buffer.from(buffer, byteOffset, byteLength);
  if (bytes(a).equals(bytes(b))) return true;
  if (!(a instanceof Float32Array && b instanceof Float32Array)) return false;
  return a.every((x, i) => Object.is(x, b[i]));
}

/** The entries of `model`, which fail where those of `opened` come to something else. */
export function comparing<M extends object>(model: M, opened: object): M {
  const entries = Object.entries(model).map(([name, own]) => {
    const other: unknown = Reflect.get(opened, name);
    if (typeof own !== "function" || typeof other !== "function") return [name, own] as const;
    const call = (...args: readonly unknown[]): unknown => {
      const wanted = outcomeOf(() => Reflect.apply(own, undefined, args));
      const found = outcomeOf(() => Reflect.apply(other, undefined, args));
      if ("error" in wanted) {
        expect(messageOf(found.error), `${name} in the interpreter`).toBe(messageOf(wanted.error));
        throw wanted.error;
      }
      // The comparison that shows what differs is slow where tensors are large.
      if (!isSame(found.value, wanted.value)) {
        expect(found, `${name} in the interpreter`).toEqual(wanted);
        expect.fail(`${name}: the interpreter gives other bits`);
      }
      return wanted.value;
    };
    return [name, call] as const;
  });
  return Object.assign({}, model, Object.fromEntries(entries));
}
