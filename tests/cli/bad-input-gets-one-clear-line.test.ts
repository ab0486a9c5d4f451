// Most first encounters with a tool are mistakes: each gets what, where and what to do, an exit code that
// scripts can rely on, never a stack trace, and leaves nothing behind.

import { readFile } from "node:fs/promises";
import path from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { parseSafetensors, writeSafetensors } from "#glim/runtime/files/safetensors.js";
import { type Files, glim, glimHere, listing, testFolder } from "./glim.ts";

const head = 'import { nn, script, type Tensor } from "glim";\n';
const good = `${head}export const f = script((x: Tensor<["B", 3]>) => x.mul(2));\n`;
const withWeights = `${head}
const layer = new nn.Linear(3, 2);
export const f = script((x: Tensor<["B", 3]>) => layer.forward(x));
`;

/** Runs a command that must fail, and checks what all failures have in common. */
const failure = (files: Files, code: 1 | 2, ...args: readonly string[]): Promise<string> =>
  failureOf(glimHere, files, code, args);

async function failureOf(
  run: typeof glim,
  files: Files,
  code: 1 | 2,
  args: readonly string[],
): Promise<string> {
  const folder = await testFolder(files);
  const before = await listing(folder);
  const outcome = await run(folder, ...args);
  expect(outcome.stderr).not.toMatch(/^\s+at /m);
  expect(outcome.stdout).toBe("");
  expect(await listing(folder)).toEqual(before);
  expect({ code: outcome.code, stderr: outcome.stderr }).toMatchObject({ code });
  return outcome.stderr;
}

const compile = (files: Files, ...options: readonly string[]): Promise<string> =>
  failure(files, 1, "compile", "model.ts", "-o", "out", ...options);

describe("the model file", () => {
  it("is missing, or a folder", async () => {
    expect(await compile({})).toMatch(/^error\[GLIM2002\]: model\.ts does not exist\n/);
    expect(await compile({ "model.ts/a": "" })).toMatch(
      /^error\[GLIM2005\]: model\.ts: this is not a file\n/,
    );
  });

  it("is not TypeScript", async () => {
    const said = await failure({ "model.py": "x" }, 1, "compile", "model.py", "-o", "out");
    expect(said).toMatch(/^error\[GLIM2003\]: model\.py is not a TypeScript file\n/);
    expect(said).toContain("fix: Give a .ts or .mts file.");
  });

  it("is malformed", async () => {
    expect(await compile({ "model.ts": "const x = = 1;" })).toMatch(
      /^error\[GLIM2005\]: Expression expected\.\n {2}--> model\.ts:1:11\n/,
    );
  });

  it("has an error of type", async () => {
    const said = await compile({ "model.ts": `${good}export const n: number = "three";\n` });
    expect(said).toMatch(
      /^error\[GLIM2001\]: TS2322: Type 'string' is not assignable to type 'number'\.\n {2}--> model\.ts:3:14\n/,
    );
  });

  it("throws while it is loaded: that is said with the type error that may be its cause", async () => {
    const text = `${good}const o: { a?: { b: number } } = {};\nexport const y = o.a.b;\n`;
    const said = await compile({ "model.ts": text });
    expect(said).toMatch(/^error\[GLIM2001\]: TS18048/);
    expect(said).toMatch(/error\[GLIM2004\]: the model threw while it was loaded: TypeError: /);
    expect(said).toContain("--> model.ts:4:22");
  });

  it("imports what there is not", async () => {
    const said = await compile({ "model.ts": `import "./other.ts";\n${good}` });
    expect(said).toMatch(/^error\[GLIM2005\]: Could not resolve "\.\/other\.ts"\n/);
  });

  it("exports no entry point", async () => {
    expect(await compile({ "model.ts": "export const x = 1;" })).toMatch(
      /^error\[GLIM2006\]: model\.ts exports no entry point\n/,
    );
  });

  it("has an entry point that is not the one asked for", async () => {
    const text = good.replace("const f", "const classify");
    const said = await compile({ "model.ts": text }, "--entry", "clasify");
    expect(said).toMatch(/^error\[GLIM2007\]: there is no entry point clasify\n/);
    expect(said).toContain("fix: Did you mean classify?");
  });

  it("has an entry parameter without a type", async () => {
    const said = await compile({ "model.ts": `${head}export const f = script((x) => x);` });
    expect(said).toMatch(/^error\[GLIM2008\]: the parameter `x` of an entry point has no type\n/);
    expect(said).toContain("--> model.ts:2:26");
  });

  it("has an entry point whose name the module needs itself", async () => {
    for (const name of ["memory", "state", "then", "__proto__"]) {
      const said = await compile({ "model.ts": good.replace("const f", `const ${name}`) });
      expect(said).toMatch(`error[GLIM2020]: an entry point cannot be called ${name}\n`);
    }
    const two = `${good}\nexport { f as f_prepare, f as f_in };`;
    const said = await compile({ "model.ts": two });
    expect(said).toContain("cannot be called f_prepare\n");
    expect(said).toContain("cannot be called f_in\n");
  });

  it("leaves the subset: all of it is said at once", async () => {
    const text = `${head}export const f = script((x: Tensor<["B", 3]>) => {
  if (x > 1) return x;
  return x.matmull(x);
});`;
    const said = await compile({ "model.ts": text });
    expect(said).toContain("error[GLIM1103]: `>` does not work on tensors");
    expect(said).toContain("fix: Did you mean `matmul`?");
    expect(await failure({ "model.ts": text }, 1, "check", "model.ts")).toBe(said);
  });

  it("fails later, when nobody waits for it", async () => {
    const text = `${good}setTimeout(() => { throw new Error("late"); }, 0);\nsetInterval(() => {}, 100);`;
    const args = ["compile", "model.ts", "-o", "out"];
    expect(await failureOf(glim, { "model.ts": text }, 1, args)).toMatch(
      /^error\[GLIM2004\]: the model threw while it was loaded: Error: late\n/,
    );
  });
});

describe("weights", () => {
  let file: Uint8Array;
  beforeAll(() => {
    const f32 = (...shape: readonly number[]) => ({
      dtype: "f32" as const,
      shape,
      data: new Uint8Array(4 * shape.reduce((n, d) => n * d, 1)),
    });
    file = writeSafetensors([
      ["weight", f32(2, 3)],
      ["bias", f32(2)],
    ]);
  });

  const compileWith = (weights: Uint8Array): Promise<string> =>
    compile({ "model.ts": withWeights, "w.safetensors": weights }, "--weights", "w.safetensors");

  it("do not exist", async () => {
    const said = await compile({ "model.ts": withWeights }, "--weights", "w.safetensors");
    expect(said).toMatch(/^error\[GLIM2016\]: w\.safetensors: there is no such file\n/);
  });

  it("are cut off, or overlap", async () => {
    expect(await compileWith(file.subarray(0, -4))).toMatch(
      /^error\[GLIM2016\]: w\.safetensors: the file ends after \d+ bytes, its header promises \d+: it was cut off/,
    );
    const text = new TextDecoder("latin1").decode(file);
    const overlapping = text.replace("[0,8]", "[0,9]");
    expect(overlapping).not.toBe(text);
    expect(await compileWith(Buffer.from(overlapping, "latin1"))).toMatch(
      /^error\[GLIM2016\]: w\.safetensors: tensor/,
    );
  });

  it("have missing and surplus keys and wrong shapes: all are listed", async () => {
    const tensors = new Map(parseSafetensors(file).tensors);
    const bias = tensors.get("bias")!;
    tensors.delete("bias");
    const wrong = writeSafetensors([
      ["weight", { ...tensors.get("weight")!, shape: [3, 2] }],
      ["scale", bias],
    ]);
    const said = await compileWith(wrong);
    expect(said).toContain("w.safetensors: missing weights: bias; surplus weights: scale\n");
    expect(said).toContain(
      "w.safetensors: the weight weight is f32[3,2], and the model wants f32[2,3]\n",
    );
  });

  it("have no module to go to", async () => {
    const said = await compile(
      { "model.ts": good, "w.safetensors": file },
      "--weights",
      "w.safetensors",
    );
    expect(said).toMatch(/w\.safetensors: the entry points use no nn\.Module to put them in\n/);
  });
});

describe("the place to write to", () => {
  const more = "\n\n`glim explain GLIM2019` says more, with examples.\n";

  it("is a file, or below one, or cannot be made", async () => {
    const files = { "model.ts": good, taken: "text" };
    const to = (output: string): Promise<string> =>
      failure(files, 1, "compile", "model.ts", "-o", output);
    expect(await to("taken")).toBe(
      `error[GLIM2019]: cannot write taken: it is a file, not a directory${more}`,
    );
    expect(await to("taken/out")).toBe(
      `error[GLIM2019]: cannot write taken/out: a part of the path is a file, not a directory${more}`,
    );
    if (process.platform === "linux") {
      expect(await to("/proc/glim/out")).toBe(
        `error[GLIM2019]: cannot write /proc/glim: nothing can be made there${more}`,
      );
    }
  });

  it("has a folder where a file is due: what is there stays", async () => {
    const old = { "out/model.wasm": "old", "out/model.d.ts/inner": "kept" };
    expect(await compile({ "model.ts": good, ...old })).toBe(
      `error[GLIM2019]: cannot write out/model.d.ts: it is a directory${more}`,
    );
  });

  it("is beside the source, where TypeScript would take one for the other", async () => {
    const said = await failure({ "model.ts": good }, 2, "compile", "model.ts", "-o", ".");
    expect(said).toBe(
      "error: model.js would stand beside model.ts, and TypeScript takes one for the other; choose another folder, or another --name\n",
    );
  });
});

describe("the command", () => {
  const misuse = (...args: readonly string[]): Promise<string> =>
    failure({ "model.ts": good }, 2, ...args);

  it.each([
    [["comple", "model.ts"], "error: unknown command 'comple' (Did you mean compile?)\n"],
    [["compile", "model.ts"], "error: required option '-o, --output <dir>' not specified\n"],
    [["compile", "-o", "out"], "error: missing required argument 'file'\n"],
    [
      ["compile", "model.ts", "-o", "out", "--nam", "x"],
      "error: unknown option '--nam' (Did you mean --name?)\n",
    ],
    [
      ["compile", "model.ts", "-o", "out", "--optimize", "3"],
      "error: option '--optimize <0|1|2>' argument '3' is invalid. It is 0, 1 or 2.\n",
    ],
    [
      ["compile", "model.ts", "-o", "out", "--name", "a/b"],
      "error: option '--name <name>' argument 'a/b' is invalid. It has letters, digits, dots, dashes and underscores.\n",
    ],
    [
      ["compile", "model.ts", "-o", "out", "--skip", "inline-calls"],
      "error: the pass inline-calls cannot be left out\n",
    ],
    [
      ["run", "x.wasm", "--input", "images"],
      "error: option '--input <name=file>' argument 'images' is invalid. It is written NAME=VALUE.\n",
    ],
    [["inspect", "x.wasm", "--size", "B"], /It is written NAME=SIZE, as in B=64\.\n$/],
    [["dump", "model.ts", "--skip", "fold"], /^error: there is no pass fold; those that can be/],
    [["dump", "model.ts", "--after", "fold"], /^error: --after fold: no such pass ran; those that/],
  ])("%j", async (args, said) => {
    const text = await misuse(...args);
    if (typeof said === "string") expect(text).toBe(said);
    else expect(text).toMatch(said);
  });

  it("says the same as data with --json", async () => {
    const folder = await testFolder();
    const { code, stdout, stderr } = await glimHere(folder, "check", "--json");
    expect({ code, stderr }).toEqual({ code: 2, stderr: "" });
    expect(JSON.parse(stdout)).toEqual({
      ok: false,
      misuse: "missing required argument 'file'",
    });
    const missing = await glimHere(folder, "check", "model.ts", "--json");
    expect(missing.code).toBe(1);
    expect(JSON.parse(missing.stdout)).toMatchObject({
      ok: false,
      diagnostics: [{ code: "GLIM2002", message: "model.ts does not exist", at: null }],
    });
  });
});

it("what a model prints does not mix with the JSON", async () => {
  const folder = await testFolder({ "model.ts": `${good}console.log("loaded");` });
  const { stdout, stderr } = await glim(folder, "check", "--run", "model.ts", "--json");
  expect(JSON.parse(stdout)).toEqual({
    ok: true,
    files: [{ file: "model.ts", entries: ["f"], isComplete: true }],
    diagnostics: [],
  });
  expect(stderr).toBe("loaded\n");
});

it("checking runs nothing unless it is asked to", async () => {
  const text = `${good}throw new Error("this ran");`;
  const folder = await testFolder({ "model.ts": text });
  expect((await glimHere(folder, "check", "model.ts")).stdout).toBe("model.ts: f: no errors\n");
  expect((await glim(folder, "check", "--run", "model.ts")).stderr).toContain("this ran");
});

it("help and version are no misuse", async () => {
  const folder = await testFolder();
  const { version } = JSON.parse(
    await readFile(path.resolve(import.meta.dirname, "../../package.json"), "utf8"),
  );
  expect(await glim(folder, "--version")).toEqual({ code: 0, stdout: `${version}\n`, stderr: "" });
  const help = await glim(folder, "compile", "--help");
  expect(help.code).toBe(0);
  expect(help.stdout).toContain("--weights <file>");
});
