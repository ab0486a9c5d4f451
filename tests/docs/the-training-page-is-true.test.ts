// People copy the examples of this page: they must run, one after the other, as they stand.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { transformSync } from "esbuild";
import { expect, it } from "vitest";

const page = readFileSync(new URL("../../docs/training.md", import.meta.url), "utf8");
const root = new URL("../..", import.meta.url);

/** The examples as one module: names that several of them import are imported once. */
function programOf(blocks: readonly string[]): string {
  const names = new Map<string, Set<string>>();
  const pattern = /^import \{ (.*) \} from "(.*)";$/gm;
  const rest = blocks.join("\n").replace(pattern, (_, list: string, module: string) => {
    const known = names.get(module) ?? new Set();
    for (const name of list.split(", ")) known.add(name);
    names.set(module, known);
    return "";
  });
  const imports = [...names].map(([module, list]) => `import { ${[...list]} } from "${module}";`);
  return transformSync([...imports, rest].join("\n"), { loader: "ts" }).code;
}

it("its examples run, and print what they say", () => {
  const blocks = [...page.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, code]) => code!);
  expect(blocks.length).toBeGreaterThan(6);
  const folder = mkdtempSync(join(tmpdir(), "glim-training-"));
  const program = programOf(blocks).replace(/"(run\.\w+)"/g, (_, name) =>
    JSON.stringify(join(folder, name)),
  );
  const printed = execFileSync(process.execPath, ["--input-type=module", "-e", program], {
    cwd: root,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
  });
  rmSync(folder, { recursive: true });
  const lines = printed.trim().split("\n");
  expect(Number(lines[0])).toBeLessThan(0.7);
  expect(lines.slice(1)).toEqual([
    "[ 200 ]",
    "[ 200, 8 ]",
    "[ 200 ]",
    "[ 200, 3 ]",
    "2",
    ...Array(3).fill("[ 32, 2 ] [ 32 ] 32"),
    "0.93",
    expect.stringMatching(
      /^GlimError: log: the first NaN is element \[0,0\] of f32\[200,3\] \(.*:\d+:\d+\)$/,
    ),
  ]);
});

it("it names all of optim", async () => {
  const { optim } = await import("glim");
  const missing = Object.keys(optim).filter((name) => !page.includes(name));
  expect(missing).toEqual(["Optimizer"]);
});
