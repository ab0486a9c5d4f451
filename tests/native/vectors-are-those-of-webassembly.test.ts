// The vectors of glim-simd.h and the numbers of glim-wasm.h are our own: every instruction that the compiler emits
// must be there, and give in C what it gives in Node, for zeros of both signs, NaN, infinities and all that saturates.

import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { afterAll, expect, it } from "vitest";
import { translate } from "#glim/cli/c/translate.js";
import { canBuild, makeFolder, removeFolders } from "./native.ts";

afterAll(removeFolders);

const root = path.resolve(import.meta.dirname, "../..");

interface Instruction {
  readonly name: string;
  /** What it computes of the vectors `$a`, `$b` and `$c`, or of what lies at their addresses. */
  readonly text: string;
  readonly gives: "v128" | "i32" | "i64" | "f32" | "f64";
  /** How its result is to be read: a NaN is a NaN. */
  readonly lanes: "f32" | "f64" | "bits";
}

const [a, b, c] = ["$a", "$b", "$c"].map((at) => `(v128.load (local.get ${at}))`);
const count = "(i32.load (local.get $b))";
function lanesOf(name: string): Instruction["lanes"] {
  const float = /^(f32|f64)x\d\.(?!eq|ne|lt|le|gt|ge)/.exec(name);
  return float === null ? "bits" : float[1] === "f32" ? "f32" : "f64";
}

/** How many vectors each takes; those that take something else are below. */
const arity: Readonly<Record<number, RegExp>> = {
  1: /\.(abs|neg|sqrt|floor|ceil|trunc|nearest|not|convert_\w+|trunc_sat_\w+|extend_\w+|promote_\w+|demote_\w+)$/,
  2: /\.(add|sub|mul|div|min|max|min_s|max_s|pmin|pmax|eq|ne|[lg][te](_[su])?|and|andnot|or|xor)$/,
  3: /\.bitselect$/,
};

const others: Readonly<Record<string, string>> = {
  "f32x4.splat": "(f32x4.splat (f32.load (local.get $a)))",
  "i32x4.splat": "(i32x4.splat (i32.load (local.get $a)))",
  "f64x2.splat": "(f64x2.splat (f64.load (local.get $a)))",
  "i64x2.splat": "(i64x2.splat (i64.load (local.get $a)))",
  "i64x2.shl": `(i64x2.shl ${a} ${count})`,
  "i64x2.shr_s": `(i64x2.shr_s ${a} ${count})`,
  "i64x2.shr_u": `(i64x2.shr_u ${a} ${count})`,
  "i64x2.extract_lane": `(i64x2.splat (i64x2.extract_lane 1 ${a}))`,
  "f64x2.extract_lane": `(f64x2.splat (f64x2.extract_lane 1 ${a}))`,
  "i64x2.replace_lane": `(i64x2.replace_lane 1 ${a} (i64.load (local.get $b)))`,
  "f64x2.replace_lane": `(f64x2.replace_lane 0 ${a} (f64.load (local.get $b)))`,
  "v128.load64_splat": "(v128.load64_splat offset=4 (local.get $a))",
  "i32x4.shl": `(i32x4.shl ${a} ${count})`,
  "i32x4.shr_s": `(i32x4.shr_s ${a} ${count})`,
  "i32x4.shr_u": `(i32x4.shr_u ${a} ${count})`,
  "i32x4.extract_lane": `(i32x4.splat (i32x4.extract_lane 3 ${a}))`,
  "f32x4.extract_lane": `(f32x4.splat (f32x4.extract_lane 2 ${a}))`,
  "i32x4.replace_lane": `(i32x4.replace_lane 1 ${a} ${count})`,
  "f32x4.replace_lane": `(f32x4.replace_lane 2 ${a} (f32.load (local.get $b)))`,
  "i8x16.shuffle": `(i8x16.shuffle 0 17 2 19 31 30 6 7 8 16 10 11 5 4 3 18 ${a} ${b})`,
  "v128.const": "(v128.const i32x4 1 -2 0x80000000 4)",
  "v128.load": a!,
  "v128.load32_splat": "(v128.load32_splat offset=4 (local.get $a))",
  "v128.load32_zero": "(v128.load32_zero offset=8 (local.get $a))",
  // What is stored is read again.
  "v128.store": `(v128.store (local.get $out) ${a}) (v128.load (local.get $out))`,
  "v128.store32_lane": `(v128.store32_lane 0 (local.get $out) ${a}) (v128.load (local.get $out))`,
};

function vectorInstruction(name: string): Instruction {
  const found = Object.entries(arity).find(([, names]) => names.test(name));
  const operands = [a, b, c].slice(0, Number(found?.[0] ?? 0)).join(" ");
  const text = found ? `(${name} ${operands})` : others[name];
  if (text === undefined) throw new Error(`nothing here says how ${name} is called`);
  return { name, text, gives: "v128", lanes: lanesOf(name) };
}

/** The vector instructions that sources of the compiler name. */
const folder = path.join(root, "compiler/wasm");
const emitted = readdirSync(folder)
  .map((file) => readFileSync(path.join(folder, file), "utf8"))
  .flatMap((text) => [...text.matchAll(/\bm\.((?:[if]\d+x\d+|v128)\.\w+)/g)].map((m) => m[1]!));

const scalars: readonly Instruction[] = (["f32", "f64"] as const).flatMap((type) => {
  const [x, y] = ["$a", "$b"].map((at) => `(${type}.load (local.get ${at}))`);
  const unary = ["abs", "neg", "sqrt", "floor", "ceil", "trunc", "nearest"];
  const make = (name: string, text: string): Instruction => ({
    name: `${type}.${name}`,
    text,
    gives: type,
    lanes: type,
  });
  return [
    ...unary.map((op) => make(op, `(${type}.${op} ${x})`)),
    ...["min", "max", "copysign", "div"].map((op) => make(op, `(${type}.${op} ${x} ${y})`)),
    ...(["i32", "i64"] as const).flatMap((to) =>
      ["s", "u"].map((sign): Instruction => {
        const name = `${to}.trunc_sat_${type}_${sign}`;
        return { name, text: `(${name} ${x})`, gives: to, lanes: "bits" };
      }),
    ),
  ];
});

const bitCounts: readonly Instruction[] = (["i32", "i64"] as const).flatMap((type) =>
  ["clz", "ctz", "popcnt"].map((op): Instruction => {
    const text = `(${type}.${op} (${type}.load (local.get $a)))`;
    return { name: `${type}.${op}`, text, gives: type, lanes: "bits" };
  }),
);

const instructions = [
  ...[...new Set(emitted)].sort().map(vectorInstruction),
  ...scalars,
  ...bitCounts,
];

/** Words that are special as floats, as parts of doubles, or as numbers; an odd count, so that pairs differ. */
const words = [
  ...[0, 0x80000000, 0x3f800000, 0xbf800000, 0x3f000000, 0x40200000, 0x40600000, 0xc0200000],
  ...[0x7f800000, 0xff800000, 0x7fc00000, 1, 0x80000001, 0x007fffff, 0x7f7fffff, 0x4f000000],
  ...[0xcf000000, 0x4effffff, 0xcf000001, 0x7fffffff, 0xffffffff, 31, 33, 0x41dfffff, 0x41efffff],
  ...[0xc1e00000, 0xffc00000, 0x43e00000, 0x43f00000, 0xbff00000, 0x3ff80000],
];
/** Vectors begin at every word, so that each word comes into each lane. */
const inputBytes = 4 * (words.length + 4);
const outAt = 1024;

const spellFunction = ({ text, gives }: Instruction, i: number): string => `
  (func (export "op${i}") (param $a i32) (param $b i32) (param $c i32) (param $out i32)
    (local $result ${gives})
    ${text} (local.set $result)
    (${gives}.store (local.get $out) (local.get $result)))`;

const data = [...words, ...words.slice(0, 4)]
  .flatMap((w) => [w, w >>> 8, w >>> 16, w >>> 24])
  .map((byte) => `\\${(byte & 255).toString(16).padStart(2, "0")}`)
  .join("");
const module = `(module (memory (export "memory") 1) (data (i32.const 0) "${data}")
  ${instructions.map(spellFunction).join("")})`;

/** Every pair of operands; the third is behind the second. */
const pairs = words.flatMap((_, i) =>
  words.map((_, j): readonly [number, number, number] => [4 * i, 4 * j, 4 * ((j + 5) % 31)]),
);

function runHere(wasm: Uint8Array<ArrayBuffer>): Buffer {
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(wasm));
  const { memory, ...functions } = exports as Record<string, (...at: number[]) => void>;
  const { buffer } = Object(memory) as { buffer: ArrayBuffer };
  const out = new Uint8Array(buffer, outAt, 16);
  const results = instructions.flatMap((_, i) =>
    pairs.map((at) => {
      out.fill(0);
      functions[`op${i}`]!(...at, outAt);
      return out.slice();
    }),
  );
  return Buffer.concat(results);
}

function runInC(folder: string, wasm: Uint8Array): Buffer {
  const { code, instance, instantiate, exports } = translate(wasm, "vectors");
  const calls = instructions.map((_, i) => `  each(&m, ${exports.get(`op${i}`)!.symbol});`);
  const main = `#include <stdio.h>
#include "glim-wasm.h"
${code}
static void each(${instance} *m, void (*f)(${instance} *, u32, u32, u32, u32)) {
  u8 *out = m->w2c_memory.data + ${outAt};
  for (u32 i = 0; i < ${words.length}; i++)
    for (u32 j = 0; j < ${words.length}; j++) {
      memset(out, 0, 16);
      f(m, 4 * i, 4 * j, 4 * ((j + 5) % 31), ${outAt});
      fwrite(out, 1, 16, stdout);
    }
}
int main(void) {
  static ${instance} m;
  ${instantiate}(&m);
${calls.join("\n")}
}
`;
  writeFileSync(path.join(folder, "main.c"), main);
  const runtime = path.join(root, "runtime/c");
  const arch = process.arch === "x64" ? ["-march=x86-64-v2"] : [];
  const flags = [
    "-std=c11",
    "-O2",
    ...arch,
    "-ffp-contract=off",
    "-fno-math-errno",
    "-fno-trapping-math",
  ];
  const sources = ["main.c", path.join(runtime, "glim-wasm.c")];
  execFileSync("cc", [...flags, `-I${runtime}`, ...sources, "-lm", "-o", "main"], { cwd: folder });
  return execFileSync(path.join(folder, "main"), { maxBuffer: 2 ** 28 });
}

/** The bytes in hex; every NaN is one. */
function read(result: Buffer, lanes: Instruction["lanes"]): string {
  const bytes = Uint8Array.from(result);
  if (lanes !== "bits") {
    const floats =
      lanes === "f32" ? new Float32Array(bytes.buffer) : new Float64Array(bytes.buffer);
    return Array.from(floats, (x) =>
      Number.isNaN(x) ? "NaN" : Object.is(x, -0) ? "-0" : x,
    ).join();
  }
  return result.toString("hex");
}

function assemble(folder: string, name: string, text: string): Uint8Array<ArrayBuffer> {
  writeFileSync(path.join(folder, `${name}.wat`), text);
  const wat2wasm = createRequire(import.meta.url).resolve("wabt/bin/wat2wasm");
  const args = [wat2wasm, `${name}.wat`, "-o", `${name}.wasm`];
  execFileSync(process.execPath, args, { cwd: folder });
  return Uint8Array.from(readFileSync(path.join(folder, `${name}.wasm`)));
}

it.skipIf(!canBuild)("a module without any vector is translated, too", () => {
  const text = '(module (func (export "f") (param f64) (result f64) (local.get 0)))';
  const { code, exports } = translate(assemble(makeFolder(), "plain", text), "plain");
  expect(exports.get("f")?.symbol).toBe("w2c_plain_f");
  expect(code).toContain("f64 w2c_plain_f(w2c_plain* instance, f64 ");
  expect(code, "wasm2c's own definitions").not.toContain("wasm_fabs");
});

it.skipIf(!canBuild)("each instruction gives the same in C", { timeout: 120_000 }, () => {
  expect(instructions.length).toBeGreaterThan(80);
  expect(inputBytes).toBeLessThan(outAt);
  const folder = makeFolder();
  const wasm = assemble(folder, "vectors", module);
  const [wanted, found] = [runHere(wasm), runInC(folder, wasm)];
  expect(found.length).toBe(wanted.length);
  instructions.forEach(({ name, lanes }, i) => {
    const differ = pairs.flatMap(([x, y], k) => {
      const at = 16 * (i * pairs.length + k);
      const [due, is] = [wanted, found].map((all) => read(all.subarray(at, at + 16), lanes));
      return due === is
        ? []
        : [`${words[x / 4]!.toString(16)} ${words[y / 4]!.toString(16)}: ${due} ${is}`];
    });
    expect(differ.slice(0, 3), name).toEqual([]);
  });
});
