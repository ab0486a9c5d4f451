// What does not fit must stop the program where it is, with a code that stays and words that help.
import {
  type AnyTensor,
  assert,
  cat,
  GlimError,
  nn,
  ones,
  script,
  tensor,
  where,
  zeros,
} from "glim";
import { describe, expect, it } from "vitest";

const x = ones([2, 3]);
const whole = tensor([1, 2, 3], "i32");
const flags = tensor([true, false, true]);
/** What a program without types would write. */
const untyped = (v: unknown): never => v as never;

function refusal(f: () => unknown): GlimError {
  try {
    f();
  } catch (error) {
    if (error instanceof GlimError) return error;
    throw error;
  }
  throw new Error("nothing was refused");
}

type Case = readonly [name: string, code: string, message: RegExp, call: () => unknown];

const cases: readonly Case[] = [
  ["sizes that differ", "GLIM3001", /add: sizes 3 and 2 differ/, () => x.add(ones([2]))],
  ["inner sizes", "GLIM3001", /inner sizes 3 and 4 differ/, () => x.matmul(ones([4, 2]))],
  ["too few elements", "GLIM3001", /6 elements, \[4\] has 4/, () => x.reshape([4])],
  ["a list of rank 2", "GLIM3001", /toList: f32\[2,3\]/, () => x.toList()],
  ["numbers and bools", "GLIM3002", /add does not take bool/, () => flags.add(flags)],
  ["a fraction beside i32", "GLIM3002", /1\.5, which is not an integer/, () => whole.add(1.5)],
  ["a number beside bools", "GLIM3002", /never changes/, () => where(flags, flags, 1)],
  ["an unknown axis", "GLIM3003", /axis 2 is outside a tensor of rank 2/, () => x.sum(2)],
  ["an axis given twice", "GLIM3003", /axis 1 is given twice/, () => x.sum([1, -1])],
  ["an unknown option", "GLIM3004", /keepDim/, () => x.sum(0, untyped({ keepdim: true }))],
  ["one argument too many", "GLIM3004", /one too many/, () => Reflect.apply(x.add, x, [x, 3])],
  ["a missing argument", "GLIM3004", /is missing/, () => Reflect.apply(x.reshape, x, [])],
  ["no tensor at all", "GLIM3004", /must be a tensor/, () => x.add(untyped("2"))],
  ["a list in place of a tensor", "GLIM3004", /tensor\(\)/, () => x.add(untyped([1, 2, 3]))],
  ["a tensor in place of an axis", "GLIM3004", /^sum: a tensor stands/, () => x.sum(untyped(x))],
  ["no tensors to join", "GLIM3004", /empty list/, () => cat([])],
  ["item of several", "GLIM3007", /6 elements, not 1/, () => x.item()],
  ["an index outside", "GLIM5002", /take: index 5 .* size of 2/, () => x.take(tensor([5], "i32"))],
  ["a negative index outside", "GLIM5002", /-3/, () => x.take(tensor([-3], "i32"))],
  ["a failed assertion", "GLIM5000", /^too long$/, () => assert(x.rank > 2, "too long")],
  ["axes of the library", "GLIM3003", /transpose: axis 7 .* rank 2/, () => x.transpose(0, 7)],
  ["more memory than there is", "GLIM5001", /8,589,934,592 bytes/, () => zeros([2 ** 30, 2])],
  ["a cell of another shape", "GLIM3001", /f32\[3\]/, () => new nn.Parameter(x).assign(ones([3]))],
  ["a cell of no tensor", "GLIM3004", /made of a tensor/, () => new nn.Parameter(untyped(3))],
  ["no function in script", "GLIM3004", /expected a function/, () => script(untyped(3))],
  ["dims of no size", "GLIM3004", /dims\.B/, () => script(() => x, { dims: { B: [4, 1] } })],
];

it.each(cases)("%s: %s", (_name, code, message, call) => {
  const error = refusal(call);
  expect(error.code).toBe(code);
  expect(error.message).toMatch(message);
  expect(error.message).not.toContain("\n");
  expect(error.name).toBe("GlimError");
});

describe("operators of JavaScript throw and say what to write", () => {
  const a: unknown = x;
  // What TypeScript refuses, written as a program without types would.
  const attempts: Readonly<Record<string, string>> = {
    "a + 1": "sum",
    "a * a": "product",
    "-a": "negation",
    "a < 0": "comparison",
    "a ** 2": "power",
    "a == 1": "loose equality",
  };
  it.each(Object.keys(attempts))("%s", (text) => {
    const run = new Function("a", `return ${text};`);
    const error = refusal(() => run(a));
    expect(error.code).toBe("GLIM1103");
    expect(error.message).toMatch(/x\.add\(y\)/);
  });
});

it("the stack begins where the program called", () => {
  const { stack } = refusal(() => x.add(ones([2])));
  const frames = stack?.split("\n").filter((line) => line.startsWith("    at ")) ?? [];
  expect(frames[0]).toContain("add");
  expect(frames.slice(0, 3).some((line) => line.includes("calls-that-do-not-fit"))).toBe(true);
});

it("a failed call leaves everything usable", () => {
  const y: AnyTensor<"f32"> = ones([3]);
  for (let i = 0; i < 50; i++) refusal(() => y.take(tensor([9], "i32")));
  refusal(() => zeros([2 ** 30, 2]));
  expect(y.add(1).toList()).toEqual([2, 2, 2]);
});
