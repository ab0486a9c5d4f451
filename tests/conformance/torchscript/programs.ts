/** The programs of TorchScript's kind that both accept, each under its own name. */

import {
  assert,
  grad,
  math,
  nn,
  script,
  stopGradient,
  type Tensor,
  tensor,
  valueAndGrad,
  zeros,
} from "glim";

export const if_else_merge = script((x: Tensor<[]>) => {
  let y: Tensor;
  if (x.sum().item() > 0) y = x.mul(2);
  else y = x.sub(1);
  return y;
});

export const while_nest_if = script((a: number, b: number) => {
  let k = 0;
  while (a < 10) {
    a = a + 1;
    b = b + 1;
    if (a > b) k = -a;
    else k = -b;
  }
  return k + 1;
});

export const while_true_break = script(() => {
  let i = 0;
  while (true) {
    i += 1;
    if (i === 3) break;
  }
  return i;
});

export const early_return_nested = script((n: number) => {
  if (n < 0) return -100;
  for (let i = 0; i < n; i++) if (i * i > 6) return i;
  return n;
});

export const exit_only_by_raise_merge = script((n: number) => {
  let a: number;
  if (n === 1) a = 1;
  else throw new Error("Hi");
  return a;
});

export const short_circuit = script((xs: number[]) => xs.length > 0 && xs[0] === 3);

export const chained_compare = script((x: number) => 0 < x && x < 10);

export const ternary_refine = script((x: number | null) => (x !== null ? x : 2));

export const tuple_loop_unrolled = script(() => {
  let s = 0;
  for (const v of [1, 2.5, 3]) s = s + v;
  return s;
});

export const zip_enumerate = script((a: number[], b: number[]) => {
  let s = 0;
  for (let i = 0; i < Math.min(a.length, b.length); i++) s += i * 100 + a[i]! * b[i]!;
  return s;
});

export const loop_carried_type_error = script((x: Tensor<[]>) => {
  let y: Tensor | number = x;
  for (let i = 0; i < 2; i++) y = i;
  return typeof y === "number" ? y : -1;
});

export const optional_refine_and = script((x: number | null, y: number | null) => {
  if (x !== null && y !== null) return x + y;
  return -1;
});

export const optional_refine_by_assert = script((x: number | null, y: number | null) => {
  assert(x !== null && y !== null);
  return x + y;
});

class MaybeBias extends nn.Module {
  readonly b: Tensor | null = null;
  forward(x: Tensor) {
    if (this.b !== null) return x.add(this.b);
    return x;
  }
}
const maybeBias = new MaybeBias();
export const optional_attr_not_refined = script((x: Tensor<[1]>) => maybeBias.forward(x));

export const any_isinstance = script((x: number | string) => {
  if (typeof x === "string") return x;
  return "foo";
});

export const union_refine = script((x: number | string) => {
  if (typeof x === "number") return x + 1;
  return x.length;
});

export const union_bad_arg = script((x: number | string) => (typeof x === "number" ? 0 : 0));

export const empty_list_is_tensor_list = script(() => {
  const a: number[] = [];
  a.push(1);
  return a;
});

export const dict_ops = script((d: Map<string, number>) => {
  const e = new Map<string, number>();
  for (const [k, v] of d) e.set(k, v * 10);
  e.set("z", 5);
  if (!e.has("q")) e.set("q", 8);
  const x = e.get("a")!;
  e.delete("a");
  return {
    0: [...e.keys()],
    1: [...e.values()],
    2: e.has("b"),
    3: e.get("nope") ?? -1,
    4: x,
    5: e.size,
  };
});

export const dict_missing_key = script((d: Map<string, number>) => d.get("b")!);

interface Pt {
  x: number;
  y: number;
}
export const named_tuple = script((n: number) => {
  const p: Pt = { x: n, y: 2.5 };
  const q: Pt = { x: 1, y: 0.5 };
  return { 0: p.x + 1, 1: p.y, 2: q };
});

export const sorted_key_rejected = script((xs: number[]) => xs.toSorted((a, b) => b - a));

export const kwonly_default_rejected = script((a: number, { k = 5 }: { k?: number } = {}) => a + k);

export const dict_expansion_rejected = script(() => {
  const d = { a: 1 };
  return { ...d };
});

export const tuple_index_must_be_const = script((i: number) => {
  const t = [1, 2, 3];
  return t[i]!;
});

export const string_ops = script((s: string) => ({
  0: s.toLowerCase(),
  1: s.toUpperCase().split(", "),
  2: s.indexOf("World"),
  3: s.replaceAll("l", "L"),
  4: s.slice(1, 4),
  5: s.at(-1)!,
  6: s.length,
  7: ["a", "b"].join("x"),
  8: s.startsWith("He"),
  9: `${1} ${"z"}`,
}));

export const f_string = script((n: number, k: string) => `${k}=${n + 1}!`);

export const div_zero = script((a: number, b: number) => {
  assert(b !== 0, "division by 0");
  return Math.floor(a / b);
});

export const int64_wrap = script((a: number) => ({ 0: a * 2 - 1, 1: a + 1 }));

/** Halves go to the even neighbour in Python, upwards in JavaScript. */
function roundHalfToEven(x: number): number {
  const below = Math.floor(x);
  if (x - below !== 0.5) return Math.round(x);
  return below % 2 === 0 ? below : below + 1;
}

export const float_math = script((x: number) => ({
  0: Math.floor(x),
  1: Math.ceil(x),
  2: roundHalfToEven(x),
  3: Math.trunc(x),
  4: math.exp(x),
  5: 1 / x < 0 ? -1 : 1,
  6: x - 2 * Math.floor(x / 2),
  7: Math.floor(x),
}));

export const tensor_index_mix = script((x: Tensor<[2, 3, 4]>) => ({
  0: x.at("...", null, 0),
  1: x.at(":", "1:", "::2"),
  2: x.at(-1, "...", 0),
  3: x.at(x.gt(20)),
  4: x.at(":", tensor([0, 2], "i32")),
}));

export const setitem_view_alias = script((x: Tensor<[3, 3]>) => {
  let y = x.with(1, x.at(1).add(5));
  y = y.with([":", 0], -1);
  y = y.with([0, "1:"], y.at(0, "1:").mul(2));
  return { 0: y, 1: y.at(1) };
});

export const peephole_no_output_aliasing = script((x: Tensor<[2]>) => {
  const y = x.add(1);
  return { 0: x, 1: y };
});

export const broadcast_and_promotion = script((a: Tensor<[2, 1], "i32">, b: Tensor<[3]>) => ({
  0: a.add(b),
  1: a.mul(2),
  2: a.div(2),
  3: a.div(2).floor().to("i32"),
  4: a.gt(0).logicalAnd(b.gt(1)),
  5: a.to("f32").add(1.5),
}));

class Sub extends nn.Module {
  readonly i: number;
  constructor(i: number) {
    super();
    this.i = i;
  }
  forward(x: Tensor) {
    return x.add(this.i);
  }
}
class Subs extends nn.Module {
  readonly ms = [0, 1, 2, 3].map((i) => new Sub(i));
  forward(x: Tensor) {
    let y = x;
    for (const [i, m] of this.ms.entries()) y = m.forward(y).mul(i + 1);
    return { 0: y, 1: this.ms[2]!.forward(y) };
  }
}
const subs = new Subs();
export const modulelist_loop = script((x: Tensor<[1]>) => subs.forward(x));

class Pruned extends nn.Module {
  readonly use: boolean = false;
  readonly lin: { forward(x: Tensor): Tensor } | null = null;
  forward(x: Tensor) {
    if (this.use) return this.lin!.forward(x);
    return x.add(1);
  }
}
const pruned = new Pruned();
export const final_constant_prunes_branch = script((x: Tensor<[1]>) => pruned.forward(x));

class Counter extends nn.Module {
  n = zeros([], "i32");
  forward() {
    this.n = this.n.add(1);
    return this.n;
  }
}
const counter = new Counter();
export const buffer_mutation_training_flag = script(() => counter.forward());

const Color = { RED: 1, GREEN: 2 } as const;
export const enum_ops = script((x: string) => {
  const r: number[] = [];
  let value = 0;
  for (const [name, v] of Object.entries(Color)) {
    if (name !== x) r.push(v);
    else value = v;
  }
  return { 0: x, 1: value, 2: x === "RED", 3: r };
});

const helper = (x: Tensor): Tensor => x.neg().mul(2);
export const fork_wait = script((x: Tensor<[4]>) => helper(x).add(helper(x)));

export const raise_custom_message = script((n: number) => {
  if (n === 0) throw new Error(`bad ${n}`);
  return n;
});

export const is_scripting_branch = script(() => 1);

/** What `with` calls is called by name. */
class Raised {
  count: number;

  constructor(count: number) {
    this.count = count;
  }

  enter(): number {
    this.count += 0.5;
    return this.count;
  }

  exit(): void {
    this.count -= 0.5;
  }
}

export const with_enter_exit = script((x: Tensor<[2]>) => {
  const raised = new Raised(1);
  const y = x.add(raised.enter());
  raised.exit();
  return y.mul(raised.count);
});

/** Tensors carry no flag: whether a gradient flows shows in the gradient. */
export const no_grad_in_script = script((x: Tensor<[2]>) => {
  const flows = (f: (y: Tensor) => Tensor): boolean => grad(f)(x).abs().max().item() > 0;
  return {
    0: flows((y) => stopGradient(y.mul(2)).sum()),
    1: flows((y) => y.mul(3).sum()),
  };
});

export const grad_through_loop_and_if = script((x: Tensor<[2]>, n: number) => {
  const through = (start: Tensor): Tensor => {
    let y = start;
    for (let i = 0; i < n; i++) {
      if (stopGradient(y).sum().item() > 0) y = y.mul(y.sin()).add(start);
      else y = y.sub(start.mul(start));
    }
    return y.sum();
  };
  const { value, grad: slope } = valueAndGrad(through)(x);
  return { value, slope };
});
