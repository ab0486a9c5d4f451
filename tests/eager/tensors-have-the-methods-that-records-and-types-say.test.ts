// Methods come from records and the standard library, types are written by hand: a gap is a lie to users.
import { fileURLToPath } from "node:url";
import type { AnyTensor, DType } from "glim";
import * as glim from "glim";
import ts from "typescript";
import { expect, it } from "vitest";
import type { Op, ParameterSpec } from "#glim/compiler/ops/op.js";
import { ops } from "#glim/compiler/ops/registry.js";
import { methodMark, operatorMark } from "#glim/runtime/eager/marks.js";
import { EagerTensor } from "#glim/runtime/eager/tensor.js";
import type { LibraryMethods } from "#glim/stdlib/methods.js";

type Library = keyof LibraryMethods<DType>;

/**
 * Every member of the type that is not the library's: without one of them this does not compile, as
 * `stdlib/methods.ts` does not without one of the library's. 1: a method.
 */
const typed = {
  ...{ erfc: 1, erfinv: 1 },
  ...{
    exp2: 1,
    expm1: 1,
    log2: 1,
    log10: 1,
    log1p: 1,
    sin: 1,
    cos: 1,
    tan: 1,
    asin: 1,
    acos: 1,
    atan: 1,
    atan2: 1,
    sinh: 1,
    cosh: 1,
    asinh: 1,
    acosh: 1,
    atanh: 1,
    fmod: 1,
    remainder: 1,
    bitAnd: 1,
    bitOr: 1,
    bitXor: 1,
    bitNot: 1,
    shiftLeft: 1,
    shiftRight: 1,
    trunc: 1,
  },
  ...{
    argsort: 1,
    cumargmax: 1,
    cumargmin: 1,
    cummax: 1,
    cummin: 1,
    cumprod: 1,
    cumsum: 1,
  },
  ...{ abs: 1, add: 1, argmax: 1, argmin: 1, ceil: 1, div: 1, dtype: 0, eq: 1, erf: 1, exp: 1 },
  ...{
    expand: 1,
    flip: 1,
    floor: 1,
    gather: 1,
    ge: 1,
    gt: 1,
    indexAdd: 1,
    item: 1,
    le: 1,
  },
  ...{ length: 0, log: 1, logicalAnd: 1, logicalNot: 1, logicalOr: 1, lt: 1 },
  ...{ max: 1, maximum: 1, mean: 1, min: 1, minimum: 1, mul: 1, narrow: 1, ne: 1 },
  ...{ neg: 1, permute: 1, pipe: 1, pow: 1, prod: 1, rank: 0, reshape: 1 },
  ...{
    round: 1,
    scatter: 1,
    scatterAdd: 1,
    shape: 0,
    sigmoid: 1,
    sign: 1,
    sqrt: 1,
  },
  ...{ sub: 1, sum: 1, take: 1, tanh: 1, to: 1, toList: 1, toString: 1, toTypedArray: 1 },
} satisfies Record<Exclude<keyof AnyTensor, "sizes$" | Library>, 0 | 1>;

const isMethod = (op: Op): boolean => op.exposed === "method" || op.exposed === "both";
const methods = ops.filter(isMethod);

it("each member of the type is there", () => {
  const x: object = glim.tensor([1, 2]);
  for (const [name, isCalled] of Object.entries(typed)) {
    const member: unknown = Reflect.get(x, name);
    expect(typeof member === "function", name).toBe(isCalled === 1);
    expect(member, name).not.toBeUndefined();
  }
});

it("each record that is a method is one, and the type knows it", () => {
  for (const { name } of methods) {
    expect(typeof Reflect.get(EagerTensor.prototype, name), name).toBe("function");
    expect(Object.keys(typed)).toContain(name);
  }
});

it("each record that is a function is exported, and marked for the compiler", () => {
  for (const { name, exposed } of ops) {
    const exported: unknown = Reflect.get(glim, name);
    const marked = typeof exported === "function" && Reflect.get(exported, operatorMark) === name;
    expect(marked, name).toBe(exposed === "function" || exposed === "both");
  }
});

/** The library's methods stand in a record that has their types' names. */
const isLibrary = (name: string): boolean => {
  const method: unknown = Reflect.get(EagerTensor.prototype, name);
  return typeof method === "function" && Reflect.get(method, methodMark) !== undefined;
};

it("tensors have no method that the type does not know", () => {
  const unknown = Object.getOwnPropertyNames(EagerTensor.prototype).filter(
    (name) => !(name in typed) && !["constructor", "address"].includes(name) && !isLibrary(name),
  );
  expect(unknown).toEqual([]);
});

interface TypedParameter {
  readonly name: string;
  readonly optional: boolean;
}

/** The parameters of each method of the declared interface. */
function declaredParameters(): ReadonlyMap<string, readonly TypedParameter[]> {
  const file = fileURLToPath(new URL("../../runtime/eager/tensor-types.ts", import.meta.url));
  const source = ts.createSourceFile(file, ts.sys.readFile(file) ?? "", ts.ScriptTarget.Latest);
  const found = new Map<string, readonly TypedParameter[]>();
  for (const statement of source.statements) {
    if (!ts.isInterfaceDeclaration(statement) || statement.name.text !== "TensorMembers") continue;
    for (const member of statement.members.filter(ts.isMethodSignature)) {
      const own = member.parameters.filter((p) => p.name.getText(source) !== "this");
      found.set(
        member.name.getText(source),
        own.map((p) => ({
          name: p.name.getText(source),
          optional: p.questionToken !== undefined,
        })),
      );
    }
  }
  return found;
}

const declared = declaredParameters();

it.each(methods.map((op) => [op.name, op] as const))("%s takes what its record says", (_, op) => {
  const operands = op.operands.slice(1).map(() => ({ optional: false }));
  const own = op.parameters.map(({ optional }: ParameterSpec) => ({ optional }));
  const positional = operands.toSpliced(op.parametersAfter - 1, 0, ...own);
  const options = op.options.length > 0 ? [{ optional: op.options.every((o) => o.optional) }] : [];
  const found = declared.get(op.name) ?? [];
  expect(found.map(({ optional }) => ({ optional }))).toEqual([...positional, ...options]);
  const names = op.parameters.map((p) => p.name);
  expect(found.map((p) => p.name)).toEqual(expect.arrayContaining(names));
});
