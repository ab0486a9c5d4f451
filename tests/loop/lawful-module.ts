/** Random lawful Loop IR: names defined before use, types agreeing, every construct. */

import fc from "fast-check";
import type {
  BinaryOp,
  CompareOp,
  Element,
  LoopExpr,
  LoopFunc,
  LoopModule,
  LoopParam,
  LoopStmt,
  LoopType,
  UnaryOp,
} from "#glim/compiler/loop/ir.js";
import {
  accessTypes,
  binaryTypes,
  compareTypes,
  conversions,
  fourOf,
  isVector,
  isWide,
  lanesOf,
  reinterpretations,
  unaryTypes,
} from "#glim/compiler/loop/operation-types.js";

const scalars = ["i32", "i64", "f32", "f64"] as const;
const vectors = ["v4f32", "v4i32", "v4f64", "v4i64", "v2f64", "v2i64"] as const;
const types = [...scalars, ...vectors] as const;
/** What functions take and give. */
const passed = types.filter((type) => !isWide(type));
const names = fc.constantFrom("x", "y.1", "a b", "-", "%", "@f", "end", "0", "é", 'q"\\', "nan");
const labels = fc.constantFrom("next", "done", "for", "a b", "7");

/** Draws one thing after another, so that what is drawn may depend on what was. */
type Draw = <T>(arbitrary: fc.Arbitrary<T>) => T;

interface Scope {
  readonly draw: Draw;
  readonly locals: ReadonlyMap<string, LoopType>;
  readonly loopVariables: ReadonlySet<string>;
  readonly labels: readonly { readonly name: string; readonly isLoop: boolean }[];
  readonly funcs: readonly Signature[];
  readonly result: LoopType | undefined;
}

interface Signature {
  readonly name: string;
  readonly params: readonly LoopParam[];
  readonly result: LoopType | undefined;
}

const i32Value = fc.oneof(fc.integer({ min: -3, max: 9 }), fc.integer());
const floatValue = fc.oneof(
  fc.constantFrom(0, -0, 1, -1, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY),
  fc.double(),
);

function constant({ draw }: Scope, type: LoopType): LoopExpr {
  const scalar = scalarOf(type);
  if (scalar === "i64")
    return { k: "const", type, value: draw(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })) };
  return { k: "const", type, value: draw(scalar === "i32" ? i32Value : floatValue) };
}

const opsFor = <Op extends string>(
  table: Readonly<Record<Op, readonly LoopType[]>>,
  type: LoopType,
): Op[] => (Object.keys(table) as Op[]).filter((op) => table[op].includes(type));

function expr(scope: Scope, type: LoopType, depth: number): LoopExpr {
  const { draw } = scope;
  const known = [...scope.locals].filter(([, t]) => t === type).map(([name]) => name);
  const leaf = (): LoopExpr =>
    known.length > 0 && draw(fc.boolean())
      ? { k: "local", type, name: draw(fc.constantFrom(...known)) }
      : constant(scope, type);
  if (depth === 0) return leaf();
  const sub = (t: LoopType): LoopExpr => expr(scope, t, depth - 1);
  const choices: (() => LoopExpr)[] = [
    leaf,
    () => ({
      k: "unary",
      type,
      op: draw(fc.constantFrom(...opsFor<UnaryOp>(unaryTypes, type))),
      a: sub(type),
    }),
    () => binary(scope, type, sub),
    () => binary(scope, type, sub),
    () => ({
      k: "select",
      type,
      c: sub(isVector(type) ? "v4i32" : "i32"),
      a: sub(type),
      b: sub(type),
    }),
    () => reading(scope, type, sub),
  ];
  const from = conversions.filter(([, to]) => to === type).map(([t]) => t);
  const other = reinterpretations.filter(([, to]) => to === type).map(([t]) => t);
  if (from.length > 0)
    choices.push(() => ({ k: "convert", type, a: sub(draw(fc.constantFrom(...from))) }));
  choices.push(() => ({ k: "bits", type, a: sub(draw(fc.constantFrom(...other))) }));
  const callable = scope.funcs.filter((f) => f.result === type);
  if (callable.length > 0)
    choices.push(() => {
      const callee = draw(fc.constantFrom(...callable));
      return { k: "call", type, callee: callee.name, args: callee.params.map((p) => sub(p.type)) };
    });
  if (type === "i32" || type === "v4i32") choices.push(() => compared(scope, type, sub));
  if (type === "i32")
    choices.push(() =>
      draw(
        fc.constantFrom<LoopExpr>(
          { k: "global", type, name: "g" },
          { k: "address", type, name: "data" },
          { k: "memorySize", type },
        ),
      ),
    );
  if (type === "i32") choices.push(() => ({ k: "memoryGrow", type, pages: sub("i32") }));
  if (!isVector(type))
    choices.push(() => {
      const of = draw(fc.constantFrom(...vectors.filter((v) => lanesOf[v].type === type)));
      return { k: "lane", type, a: sub(of), lane: draw(fc.nat(lanesOf[of].count - 1)) };
    });
  if (isVector(type)) choices.push(() => ({ k: "splat", type, a: sub(lanesOf[type].type) }));
  if (isVector(type) && lanesOf[type].count === 4) {
    const lane = fc.nat(7);
    choices.push(() => ({
      k: "shuffle",
      type: fourOf[lanesOf[type].type],
      a: sub(type),
      b: sub(type),
      lanes: draw(fc.tuple(lane, lane, lane, lane)),
    }));
  }
  return draw(fc.constantFrom(...choices))();
}

type Sub = (type: LoopType) => LoopExpr;

function binary({ draw }: Scope, type: LoopType, sub: Sub): LoopExpr {
  const op = draw(fc.constantFrom(...opsFor<BinaryOp>(binaryTypes, type)));
  const isVectorShift = isVector(type) && ["shl", "shrS", "shrU"].includes(op);
  const a = sub(type);
  return { k: "binary", type, op, a, b: sub(isVectorShift && draw(fc.boolean()) ? "i32" : type) };
}

function compared({ draw }: Scope, type: "i32" | "v4i32", sub: Sub): LoopExpr {
  const of = draw(fc.constantFrom(...types.filter((t) => isVector(t) === (type === "v4i32"))));
  const op = draw(fc.constantFrom(...opsFor<CompareOp>(compareTypes, of)));
  return { k: "compare", type, op, a: sub(of), b: sub(of) };
}

const scalarOf = (type: LoopType): LoopType => (isVector(type) ? lanesOf[type].type : type);

const offsets = fc.constantFrom(0, 0, 1, 7, -2, 1000);

function reading({ draw }: Scope, type: LoopType, sub: Sub): LoopExpr {
  const element = draw(fc.constantFrom(...opsFor<Element>(accessTypes, type)));
  return {
    k: "load",
    type,
    element,
    base: sub("i32"),
    index: sub("i32"),
    offset: draw(offsets),
    splat: isVector(type) && draw(fc.boolean()),
  };
}

/** Statements, and the scope after them; `undefined` where control does not come. */
function body(scope: Scope, depth: number): LoopStmt[] {
  const { draw } = scope;
  const statements: LoopStmt[] = [];
  let inner = scope;
  const count = draw(fc.nat(4));
  for (let n = 0; n < count; n++) {
    const [s, after] = statement(inner, depth);
    statements.push(s);
    inner = after;
    if (["break", "continue", "return", "trap"].includes(s.s)) break;
  }
  return statements;
}

function statement(scope: Scope, depth: number): [LoopStmt, Scope] {
  const { draw } = scope;
  const e = (type: LoopType): LoopExpr => expr(scope, type, draw(fc.nat(3)));
  const kinds = [
    "set",
    "set",
    "set",
    "store",
    "setGlobal",
    "call",
    "callIndirect",
    "copyBytes",
    "fillBytes",
    "return",
    "trap",
  ] as const;
  const nested = ["for", "if", "switch", "loop", "block"] as const;
  const jumps = ["break", "continue"] as const;
  const kind = draw(
    fc.constantFrom(
      ...kinds,
      ...(depth > 0 ? nested : []),
      ...(scope.labels.length > 0 ? jumps : []),
    ),
  );
  switch (kind) {
    case "set": {
      const name = draw(names.filter((n) => !scope.loopVariables.has(n)));
      const type = scope.locals.get(name) ?? typeOfName(name);
      const s: LoopStmt = { s: "set", name, value: e(type) };
      return [s, { ...scope, locals: new Map([...scope.locals, [name, type]]) }];
    }
    case "setGlobal":
      return [{ s: "setGlobal", name: "g", value: e("i32") }, scope];
    case "store": {
      const element = draw(fc.constantFrom<Element>("f32", "f64", "i32", "i64", "u8", "u16"));
      const value = e(draw(fc.constantFrom(...accessTypes[element])));
      return [
        { s: "store", element, base: e("i32"), index: e("i32"), offset: draw(offsets), value },
        scope,
      ];
    }
    case "call": {
      if (scope.funcs.length === 0) return [{ s: "trap" }, scope];
      const callee = draw(fc.constantFrom(...scope.funcs));
      return [{ s: "call", callee: callee.name, args: callee.params.map((p) => e(p.type)) }, scope];
    }
    case "callIndirect": {
      const params = draw(fc.array(fc.constantFrom(...passed), { maxLength: 3 }));
      return [{ s: "callIndirect", target: e("i32"), params, args: params.map(e) }, scope];
    }
    case "copyBytes":
      return [{ s: "copyBytes", to: e("i32"), from: e("i32"), bytes: e("i32") }, scope];
    case "fillBytes":
      return [{ s: "fillBytes", to: e("i32"), value: e("i32"), bytes: e("i32") }, scope];
    case "return":
      return [{ s: "return", value: scope.result && e(scope.result) }, scope];
    case "trap":
      return [{ s: "trap" }, scope];
    case "break":
    case "continue": {
      const possible = scope.labels.filter((l) => kind === "break" || l.isLoop);
      if (possible.length === 0) return [{ s: "trap" }, scope];
      return [{ s: kind, label: draw(fc.constantFrom(...possible)).name }, scope];
    }
    case "for": {
      const name = `i${scope.loopVariables.size}`;
      const inner: Scope = {
        ...scope,
        locals: new Map([...scope.locals, [name, "i32"]]),
        loopVariables: new Set([...scope.loopVariables, name]),
      };
      const [from, to] = [e("i32"), e("i32")];
      const isKnown = from.k === "const" && to.k === "const";
      return [
        {
          s: "for",
          name,
          from,
          to,
          step: draw(fc.integer({ min: 1, max: 9 })),
          atLeastOnce: !isKnown && draw(fc.boolean()),
          body: body(inner, depth - 1),
        },
        scope,
      ];
    }
    case "if":
      return [
        {
          s: "if",
          c: e("i32"),
          whenTrue: body(scope, depth - 1),
          whenFalse: body(scope, depth - 1),
        },
        scope,
      ];
    case "switch": {
      const cases = Array.from({ length: draw(fc.nat(3)) }, () => body(scope, depth - 1));
      return [{ s: "switch", value: e("i32"), cases }, scope];
    }
    case "loop":
    case "block": {
      const label = draw(labels);
      if (scope.labels.some((l) => l.name === label)) return [{ s: "trap" }, scope];
      const inner = {
        ...scope,
        labels: [...scope.labels, { name: label, isLoop: kind === "loop" }],
      };
      return [{ s: kind, label, body: body(inner, depth - 1) }, scope];
    }
  }
}

/** A name has one type wherever it is set, so that a name set on two paths agrees with itself. */
const typeOfName = (name: string): LoopType =>
  types[(name.length * 3 + name.charCodeAt(0)) % types.length] ?? "i32";

function func(draw: Draw, signature: Signature, funcs: readonly Signature[], i: number): LoopFunc {
  const scope: Scope = {
    draw,
    locals: new Map(signature.params.map((p) => [p.name, p.type])),
    loopVariables: new Set(),
    labels: [],
    funcs,
    result: signature.result,
  };
  const statements = body(scope, 3);
  const end: LoopStmt[] = signature.result ? [{ s: "trap" }] : [];
  const exported = draw(fc.boolean()) ? `export ${i}` : undefined;
  return { ...signature, exported, body: [...statements, ...end] };
}

function signature(draw: Draw, i: number): Signature {
  const params = draw(fc.array(fc.constantFrom(...passed), { maxLength: 3 }));
  return {
    name: draw(fc.constantFrom("f", "kernel.", "odd name ")) + i,
    params: params.map((type, n) => ({ name: `p${n}`, type })),
    result: draw(fc.option(fc.constantFrom(...passed), { nil: undefined })),
  };
}

const dataBytes = fc.option(fc.uint8Array({ maxLength: 70 }), { nil: undefined });

export const lawfulModule: fc.Arbitrary<LoopModule> = fc.gen().map((gen) => {
  const draw: Draw = (arbitrary) => gen(() => arbitrary);
  const count = draw(fc.integer({ min: 1, max: 3 }));
  const signatures = Array.from({ length: count }, (_, i) => signature(draw, i));
  const bytes = draw(dataBytes);
  return {
    funcs: signatures.map((s, i) => func(draw, s, signatures, i)),
    data: [
      { name: "data", bytes, size: (bytes?.length ?? 0) + draw(fc.nat(9)) },
      { name: "more data", bytes: undefined, size: 8 },
    ],
    globals: [{ name: "g", initial: draw(i32Value) }],
    table: draw(
      fc.subarray(
        signatures.map((s) => s.name),
        { minLength: 1 },
      ),
    ),
  };
});

/** Shrinking takes small steps, so it stops after a while with what it has. */
export const shrinkFor = { interruptAfterTimeLimit: 20_000 } as const;
