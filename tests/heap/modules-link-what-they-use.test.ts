// A model that uses strings carries those functions of the heap that it calls, and no others. What it
// computes itself is the same instructions either way.

import { describe, expect, test } from "vitest";
import type { HeapFunction } from "#glim/compiler/loop/heap.js";
import { heapFunctions, heapGlobals, heapLinks } from "#glim/compiler/loop/heap.js";
import type { LoopModule } from "#glim/compiler/loop/ir.js";
import { parseLoop, printLoop } from "#glim/compiler/loop/text.js";
import { verifyLoop } from "#glim/compiler/loop/verify.js";
import { EmitError, emitModule } from "#glim/compiler/wasm/emit-module.js";
import { codeSection, readFunctions, readSections } from "#glim/compiler/wasm/read-sections.js";
import { heapBytes } from "./heap.ts";

const library = heapBytes();
const emit = (module: LoopModule, names = false) => emitModule(module, { library, names });

const sizeOfCode = (bytes: Uint8Array): number =>
  readSections(bytes).find((s) => s.id === codeSection)?.content.length ?? 0;

/** A module that exports functions of the heap and does nothing itself. */
function linking(...names: readonly HeapFunction[]): LoopModule {
  const exports = new Map(names.map((name) => [name, `heap.${name}`]));
  return { funcs: [], data: [], globals: [], table: [], links: heapLinks([], exports) };
}

/** Reads "Hello, " from its data, and says when it ran out of memory. */
const greeter = `link
  @heap.heapInit (i32)
  @heap.strConcat (i32, i32) -> i32
  @heap.strNew (i32) -> i32
  $heap.heapFailure
  export "new" = @heap.strNew
  export "failure" = $heap.heapFailure
data @hello size 32 =
  "ffffffff200000000700000000000000480065006c006c006f002c0020000000"
data @space size 1000
global $greeted = 0
table @count

func @count () {
  $greeted = $greeted + 1
}

func @init export "init" (%base: i32) {
  call @heap.heapInit(%base)
}

func @greet export "greet" (%name: i32) -> i32 {
  call table[0] () ()
  return call.i32 @heap.strConcat(@hello, %name)
}

func @scale export "scale" (%to: i32, %n: i32) {
  for %i = 0 to %n step 4 {
    store.f32 %to[%i] = load4.f32 %to[%i] * 2:v4f32
  }
}

func @greeted export "greeted" () -> i32 {
  return $greeted
}
`;

describe("a linked module", () => {
  test("runs with the heap in its own memory, and imports nothing", async () => {
    const module = parseLoop(greeter);
    expect(verifyLoop(module)).toEqual([]);
    const { instance, module: compiled } = await WebAssembly.instantiate(await emit(module));
    expect(WebAssembly.Module.imports(compiled)).toEqual([]);
    expect(WebAssembly.Module.exports(compiled).map((e) => `${e.kind} ${e.name}`)).toEqual([
      "function new",
      "global failure",
      "memory memory",
      "function init",
      "function greet",
      "function scale",
      "function greeted",
    ]);
    const { memory } = instance.exports;
    if (!(memory instanceof WebAssembly.Memory)) throw new Error("no memory");
    const call = (name: string, ...args: readonly number[]): number => {
      const f = instance.exports[name];
      if (typeof f !== "function") throw new Error(`no function ${name}`);
      return f(...args);
    };
    expect(memory.buffer.byteLength).toBe(65536);
    call("init", 2000);
    const name = call("new", 20_000);
    new Uint16Array(memory.buffer, name + 16, 20_000).fill(0x6f);
    const greeting = call("greet", name);
    const length = new DataView(memory.buffer).getInt32(greeting + 8, true);
    const units = new Uint16Array(memory.buffer, greeting + 16, length);
    expect(String.fromCharCode(...units)).toBe(`Hello, ${"o".repeat(20_000)}`);
    expect(call("greeted")).toBe(1);
    const { failure } = instance.exports;
    if (!(failure instanceof WebAssembly.Global)) throw new Error("no global");
    expect(() => call("new", -1)).toThrow(WebAssembly.RuntimeError);
    expect(failure.value).toBe(2);
    expect(call("greet", name)).toBeGreaterThan(greeting);
  });

  test("has its own functions as they would be without a library", async () => {
    const { links, ...whole } = parseLoop(greeter);
    expect(links?.functions.size).toBe(3);
    const alone = { ...whole, funcs: whole.funcs.filter((f) => f.name === "scale"), table: [] };
    const codeOf = async (module: LoopModule): Promise<number | undefined> =>
      readFunctions(readSections(await emit(module, true))).find((f) => f.name === "scale")?.size;
    expect(await codeOf({ ...alone, links })).toBe(await codeOf(alone));
  });

  test("names the heap's functions where it names its own", async () => {
    const bytes = await emit(parseLoop(greeter), true);
    const names = readFunctions(readSections(bytes)).map((f) => f.name);
    expect(names).toContain("heap/strings/strConcat");
    expect(names).toContain("greet");
    expect(names).not.toContain("heap/maps/mapNew");
  });

  test("is the same bytes each time", async () => {
    expect(await emit(parseLoop(greeter))).toEqual(await emit(parseLoop(greeter)));
  });
});

describe("links as text and law", () => {
  test("what is printed is parsed back", () => {
    const module = parseLoop(greeter);
    expect(module.links).toEqual({
      functions: new Map([
        ["heap.heapInit", { params: [{ type: "i32" }], result: undefined }],
        ["heap.strConcat", { params: [{ type: "i32" }, { type: "i32" }], result: "i32" }],
        ["heap.strNew", { params: [{ type: "i32" }], result: "i32" }],
      ]),
      globals: new Set(["heap.heapFailure"]),
      exports: new Map([
        ["new", "heap.strNew"],
        ["failure", "heap.heapFailure"],
      ]),
    });
    expect(parseLoop(printLoop(module))).toEqual(module);
    const all = linking("alloc", "strSlice", "mapPutNum");
    expect(parseLoop(printLoop(all))).toEqual(all);
    const nothing = parseLoop("link");
    expect(nothing.links?.functions.size).toBe(0);
    expect(parseLoop(printLoop(nothing))).toEqual(nothing);
  });

  test("heapLinks finds what functions use", () => {
    const { funcs, links } = parseLoop(greeter);
    expect(heapLinks(funcs, links?.exports)).toEqual(links);
    expect(heapLinks(funcs)).toEqual({
      functions: new Map(
        ["heap.heapInit", "heap.strConcat"].map((name) => [name, heapFunctions.get(name)]),
      ),
      globals: new Set(),
      exports: new Map(),
    });
    expect(heapLinks(funcs.filter((f) => f.name === "scale"))).toBeUndefined();
  });

  const wrong: readonly (readonly [string, string, string])[] = [
    ["a call with other types", "@heap.strNew(1:f64)", "argument 1 of @heap.strNew"],
    ["a call with too few", "@heap.strConcat(0)", "@heap.strConcat takes 2 arguments, not 1"],
    ["what is not linked", "@heap.strTrim(0)", "there is no function @heap.strTrim"],
  ];
  for (const [what, call, message] of wrong)
    test(`the verifier finds ${what}`, () => {
      const module = parseLoop(`${greeter}\nfunc @f () {\n  call ${call}\n}`);
      expect(verifyLoop(module).join("\n")).toContain(message);
    });

  test("the verifier finds names that clash and exports of nothing", () => {
    const module = parseLoop(`link
      @heap.alloc (i32) -> i32
      $heap.mapAdded
      export "memory" = @heap.alloc
      export "f" = $heap.gone
    global $heap.mapAdded = 0
    table @heap.alloc
    func @heap.alloc () {}`);
    expect(verifyLoop({ ...module, funcs: [] })).toContain(
      "table: there is no function @heap.alloc",
    );
    expect(verifyLoop(module)).toEqual([
      "two functions are named heap.alloc",
      "two exports are named memory",
      "exports: heap.gone is not linked",
      "two globals are named heap.mapAdded",
    ]);
  });
});

describe("linking that cannot be", () => {
  const failure = (module: LoopModule, given: Uint8Array | undefined = library): Promise<unknown> =>
    emitModule(module, { library: given }).catch((error: unknown) => error);

  test("is refused, with the reason", async () => {
    const cases: readonly (readonly [string, string])[] = [
      ["@heap.gone ()", "the library has no heap.gone"],
      ["@heap.mapAdded ()", "the library has no heap.mapAdded"],
      ["$heap.alloc", "the library has no heap.alloc"],
      ["@heap.alloc (f64) -> i32", "the library's heap.alloc has other types"],
      ["@heap.alloc (i32)", "the library's heap.alloc has other types"],
      ['export "f" = @heap.alloc', "heap.alloc is exported but not linked"],
    ];
    for (const [line, message] of cases) {
      const error = await failure(parseLoop(`link ${line}`));
      expect(error).toBeInstanceOf(EmitError);
      expect(String(error)).toContain(message);
    }
    const error = await emitModule(linking("alloc")).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(EmitError);
  });
});

describe("the library", () => {
  const compiled = new WebAssembly.Module(library);

  test("has the functions that the compiler knows, with their types, and no others", async () => {
    const exported = WebAssembly.Module.exports(compiled);
    const named = (kind: string): string[] =>
      exported.filter((e) => e.kind === kind).map((e) => `heap.${e.name}`);
    expect(named("function").sort()).toEqual([...heapFunctions.keys()].sort());
    expect(named("global").sort()).toEqual([...heapGlobals].sort());
    const links = { functions: heapFunctions, globals: heapGlobals, exports: new Map() };
    const module = { funcs: [], data: [], globals: [], table: [], links };
    expect(sizeOfCode(await emit(module))).toBe(0);
  });

  test("imports its memory only, and has no data that would lie among a module's own", () => {
    expect(WebAssembly.Module.imports(compiled)).toEqual([
      { module: "env", name: "memory", kind: "memory" },
    ]);
    expect(readSections(library).map((s) => s.name)).not.toContain("data");
  });
});

/** Bytes of code that a module has that links these functions: growth must be a decision. */
const budgets: readonly (readonly [string, readonly HeapFunction[], number])[] = [
  ["allocator", ["heapInit", "alloc", "free", "retain", "usedBytes"], 800],
  ["strConcat", ["heapInit", "free", "strConcat"], 1000],
  // 500 of them to grow texts in place: `s += c` in a loop takes as long as in V8, not its square.
  ["texts", [...heapNames(/^str(?!ToNum|Split|Join|Chars)/)], 5000],
  // 30 of them because functions of a few instructions are not called but stand where they are used.
  ["texts and lists", ["strSplit", "strJoin", "strChars"], 2100],
  ["lists", [...heapNames(/^list/)], 2000],
  ["numToStr", ["heapInit", "free", "numToStr"], 3500],
  ["numbers to text", [...heapNames(/^num/)], 6000],
  ["strToNum", ["heapInit", "free", "strToNum"], 3500],
  ["texts to numbers", [...heapNames(/^(parse|strToNum)/)], 4500],
  ["maps", [...heapNames(/^map/)], 2500],
];

function heapNames(pattern: RegExp): HeapFunction[] {
  const names = [...heapFunctions.keys()].map((name) => name.slice("heap.".length));
  return names.filter((name): name is HeapFunction => pattern.test(name));
}

test("each family keeps to its budget", async () => {
  const tooLarge = new Map<string, number>();
  for (const [family, names, budget] of budgets) {
    const size = sizeOfCode(await emit(linking(...names)));
    if (size > budget) tooLarge.set(family, size);
  }
  expect(tooLarge).toEqual(new Map());
  expect(library.length).toBeLessThan(32 * 1024);
});
