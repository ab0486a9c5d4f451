// What a program keeps in texts, lists, maps and records must be what the plain run keeps, call for call, also
// after calls that fail, and without memory that grows.

import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { loadModel } from "#glim/cli/loader/load-model.js";
import { bindModel, type Exports } from "#glim/runtime/bind.js";
import type { Model } from "#glim/runtime/load.js";
import { openSync } from "#glim/runtime/package/open.js";
import { interpreter } from "../../package/compare-package.ts";
import { compileBothWays } from "../../package/package-source.ts";

const file = fileURLToPath(new URL("../../fixtures/kept/model.ts", import.meta.url));
const { compiled: made, packed } = await compileBothWays(file);
const module = new WebAssembly.Module(new Uint8Array(made.wasm));
interface Started {
  readonly model: Model;
  readonly memory: WebAssembly.Memory;
}

/** With the memory, which a model does not show. */
function compiled(): Started {
  const { exports } = new WebAssembly.Instance(module);
  const [section] = WebAssembly.Module.customSections(module, "glim");
  const model = bindModel(JSON.parse(new TextDecoder().decode(section)), exports as Exports);
  return { model, memory: exports.memory as WebAssembly.Memory };
}

function interpreted(): Started {
  let memory: WebAssembly.Memory | undefined;
  const Instance = WebAssembly.Instance;
  try {
    WebAssembly.Instance = class extends Instance {
      constructor(of: WebAssembly.Module) {
        super(of);
        memory = this.exports.memory as WebAssembly.Memory;
      }
    };
    const model = openSync(packed, interpreter);
    return { model, memory: memory! };
  } finally {
    WebAssembly.Instance = Instance;
  }
}

type Call = readonly [name: string, ...args: unknown[]];

const small = fc.integer({ min: 0, max: 5 });
const word = fc.constantFrom("a", "b", "e", "long word", "");
const calls: fc.Arbitrary<Call> = fc.oneof(
  fc.tuple(fc.constantFrom("show", "counted", "recall", "blend")),
  fc.tuple(fc.constantFrom("add", "join"), word),
  fc.tuple(
    fc.constantFrom("visit", "pick", "hit", "grow", "remember", "fail", "circle", "tune"),
    small,
  ),
  fc.tuple(fc.constant("alter"), small, small),
);

/** The text of a failure without the place, which only compiled code knows. */
const outcome = (run: () => unknown): unknown => {
  try {
    return run();
  } catch (error) {
    return error instanceof Error ? "failed" : error;
  }
};

async function plainRun(): Promise<(call: Call) => unknown> {
  const { exports } = await loadModel(file);
  return ([name, ...args]) =>
    outcome(() => {
      const entry = exports[name];
      return typeof entry === "function" ? Reflect.apply(entry, undefined, args) : undefined;
    });
}

const callOf =
  (model: Model) =>
  ([name, ...args]: Call): unknown =>
    outcome(() => model[name]!(...args));

describe.each([
  ["compiled", compiled],
  ["interpreted", interpreted],
] as const)("%s", (_, start) => {
  test("sequences of calls give what they give in a plain run", { timeout: 120_000 }, async () => {
    for (const sequence of fc.sample(fc.array(calls, { minLength: 40, maxLength: 80 }), {
      seed: 7,
      numRuns: 12,
    })) {
      const [plain, found] = [await plainRun(), callOf(start().model)];
      for (const [i, call] of sequence.entries()) {
        expect(found(call), `call ${i}: ${call.join(" ")}`).toEqual(plain(call));
      }
    }
  });

  test("tensors are kept with their bits", () => {
    const model = start().model;
    for (const x of [1, 2, 3, 4, 5]) model.keepFrame!(Float32Array.of(x, x / 3));
    const expected = [2, 3, 4, 5].reduce(
      ([a, b], x) => [a! + 2 * x, Math.fround(b! + Math.fround(2 * Math.fround(x / 3)))],
      [0, 0],
    );
    expect(model.blend!()).toEqual(expected);
  });

  test("tensors of a call's own sizes lie beside it", () => {
    const model = start().model;
    for (let n = 1; n < 400; n += 7) {
      expect(model.center!(new Float32Array(n).fill(3), `note ${n}`)).toEqual([0]);
      model.add!(`after ${n}`);
    }
    expect(model.state.get("log.last")).toBe("after 393");
    expect(model.show!()).toBe("log!!!!!: after 386, note 393, after 393; after 393");
  });

  describe("hosts", () => {
    test("read it, set it, save it and begin anew", () => {
      const model = start().model;
      const first = model.state.save();
      expect(first["log.title"]).toBe("log");
      model.add!("one");
      model.visit!(4);
      expect(model.state.get("log.entries")).toEqual(["one"]);
      expect(model.state.get("visited")).toEqual(new Set([4]));
      const saved = Object.fromEntries(
        Object.entries(model.state.save()).filter(([name]) => name !== "players"),
      );
      model.state.set("log.entries", ["two", "three"]);
      model.state.set("memo.list", null);
      expect(model.show!()).toBe("log!: two, three; one");
      model.state.load(saved);
      expect(model.show!()).toBe("log!: one; one");
      model.state.reset();
      expect(model.state.save()).toEqual(first);
      expect(() => model.state.set("players", [])).toThrow("private");
      expect(() => model.state.set("log.entries", [3])).toThrow("expected String");
    });

    test("of constant maps see nothing: they are no state", () => {
      expect(start().model.state.names).not.toContain("vowels");
    });
  });

  describe("memory", () => {
    /** How much memory grows between the 500th call and the last. */
    const growth = (repeat: (model: Model, i: number) => void): number => {
      const { model, memory } = start();
      const bytes = (): number => memory.buffer.byteLength;
      let before = 0;
      for (let i = 0; i < 20_000; i++) {
        if (i === 5000) before = bytes();
        repeat(model, i);
      }
      return bytes() - before;
    };

    test("does not grow with calls that fail", () => {
      const grown = growth((model, i) => {
        expect(outcome(() => model.fail!(3 + (i % 2)))).toBe("failed");
        model.state.set("log.entries", []);
      });
      expect(grown).toBe(0);
    });

    test("does not grow with circles", () => {
      expect(growth((model, i) => model.circle!(i % 40))).toBe(0);
    });
  });
});
