// The playground is the compiler where there is no Node: what it shows must be what the command line does, and what is
// wrong with a program must stand where it is wrong.

import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { createRequire } from "node:module";
import os from "node:os";
import path from "node:path";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { findBrowser } from "../browser.ts";

const root = path.resolve(import.meta.dirname, "../..");
const folder = mkdtempSync(path.join(os.tmpdir(), "glim-playground-"));
const types: Readonly<Record<string, string>> = {
  ".html": "text/html",
  ".css": "text/css",
  ".js": "text/javascript",
};
let server: Server;
let origin = "";

beforeAll(async () => {
  const script = path.join(root, "site/playground/build.mjs");
  const { status, stderr } = spawnSync(process.execPath, [script, folder], { encoding: "utf8" });
  expect(status, stderr).toBe(0);
  server = createServer((request, response) => {
    const name = path.basename(request.url === "/" ? "index.html" : (request.url ?? ""));
    response.setHeader("Content-Type", types[path.extname(name)] ?? "application/octet-stream");
    response.end(readFileSync(path.join(folder, name)));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  origin = `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}/`;
}, 120_000);
afterAll(() => {
  server.close();
  rmSync(folder, { recursive: true });
});

it("has no error of type", () => {
  const tsc = createRequire(import.meta.url).resolve("typescript/bin/tsc");
  const args = [tsc, "-p", path.join(root, "site/playground")];
  expect(spawnSync(process.execPath, args, { encoding: "utf8" }).stdout).toBe("");
});

/** In a page: `starts` is how often the compiler has become ready. */
const countStarts = `
  globalThis.starts = 0;
  globalThis.Worker = class extends Worker {
    constructor(...args) {
      super(...args);
      this.addEventListener("message", ({ data }) => {
        if ("ready" in data) globalThis.starts += 1;
      });
    }
  };`;

const browser = await findBrowser();
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

describe.skipIf(browser === undefined).each([
  [360, 740],
  [1440, 900],
])("in Chromium, %i pixels wide", (width, height) => {
  let page: Page;
  const problems: string[] = [];
  beforeAll(async () => {
    page = await browser!.newPage({ viewport: { width, height } });
    page.on("pageerror", (error) => problems.push(error.message));
    await page.clock.install();
    await page.addInitScript(countStarts);
    await page.goto(origin);
    await page.locator(".panel section").waitFor({ timeout: 50_000 });
  });
  afterAll(() => page.close());

  const state = () => page.locator(".state").textContent();
  const panel = () => page.locator(".panel").textContent();
  const write = (text: string) => page.getByLabel("Program", { exact: true }).fill(text);
  const settled = (text: RegExp | string) => expect.poll(state, { timeout: 20_000 }).toMatch(text);
  const choose = async (name: string, due: RegExp | string = /^Compiled/): Promise<void> => {
    await page.getByLabel("Example").selectOption(name);
    await settled(due);
  };
  const show = (name: string) => page.getByRole("tab", { name, exact: true }).click();

  it("an example runs, with the bits of eager mode", async () => {
    expect(await panel()).toContain("normalize(x: f32[B, 3])");
    expect(await panel()).toContain("[0.25, 0.333333343, 0.416666657]");
    expect(await panel()).toContain("Eager mode gives the same bits.");
  });

  it.each([
    ["A layer", "classify(x: f32[B, 4])"],
    ["Texts and maps", "count(text: value)"],
    ["A gradient", "slope(x: f32[3])"],
    ["Loops and state", "add(n: number)"],
  ])("so does %s", async (name, signature) => {
    await choose(name);
    expect(await panel()).toContain(signature);
    expect(await panel()).toMatch(/Eager mode gives the same bits\.$/);
    expect(await page.locator(".problems li").count()).toBe(0);
  });

  it("arguments can be given, and what does not fit is said", async () => {
    await choose("A tensor program");
    const args = page.getByLabel("Arguments, as JSON");
    expect(await args.inputValue()).toBe("[[[0,1,2],[3,4,5]]]");
    await args.fill("[[[1, 1, 2]]]");
    await args.press("Enter");
    await expect.poll(panel).toContain("[0.25, 0.25, 0.5]");
    await args.fill("[[[1, 1]]]");
    await args.press("Enter");
    await expect
      .poll(panel)
      .toContain("GlimError: x: 2 elements of shape [1,2] do not fit f32[B,3]");
  });

  it("graphs, loops and WebAssembly can be read", async () => {
    await show("Source graph");
    expect(await panel()).toMatch(/entry func @normalize\(%x: f32\[B,3\]\)/);
    await show("Graph");
    expect(await panel()).toContain("kernel");
    await show("Loops");
    expect(await panel()).toMatch(/func @normalize\b.* export "normalize"/);
    await show("wat");
    expect(await panel()).toMatch(/^\(module[\s\S]*f32x4\.div/);
    await show("Result");
  });

  it("errors stand at their lines, are underlined, and say a way out", async () => {
    await choose("Two errors", "2 errors.");
    const items = await page.locator(".problems li").allTextContents();
    expect(items[0]).toMatch(/^line 4 GLIM\d+ .*tensor/);
    expect(items[1]).toMatch(/^line 5 GLIM3001 matmul: dot: inner sizes 3 and 4 differ/);
    expect(await page.locator(".marks mark").allTextContents()).toEqual(["x.sum()", "x.matmul(w)"]);
    await page.getByRole("button", { name: "line 5" }).click();
    expect(await page.evaluate("getSelection().toString()")).toBe("x.matmul(w)");
  });

  it("what is typed is compiled, with errors of syntax and of runs", async () => {
    const found = () => page.locator(".problems").textContent();
    await write("export const = 1;");
    await settled(/^\d errors?\.$/);
    expect(await found()).toMatch(/^line 1 GLIM/);
    await write('throw new Error("no model today");');
    await settled("1 error.");
    expect(await found()).toMatch(/no model today/);
    const doubled = "export const f = script((n: number) => n * 2);";
    await write(`import { script } from "glim";\n${doubled}`);
    await settled(/^Compiled/);
    expect(await panel()).toMatch(/f\(n: number\).*4Eager mode/s);
  });

  it.each([
    ["outside of functions", "for (;;) {}"],
    [
      "where it is called",
      "export const f = script((n: number) => { while (n > 0) n += 0; return n; });",
    ],
  ])("a program without end %s is stopped, and not started again", async (_, text) => {
    const starts = Number(await page.evaluate("starts"));
    await write(`import { script } from "glim";\n${text}`);
    await page.clock.runFor(500);
    await settled("Compiling …");
    await page.clock.runFor(20_000);
    await settled(/^Stopped: no end after 20 seconds\.$/);
    expect(await panel()).toBe("");
    await expect.poll(() => page.evaluate("starts"), { timeout: 20_000 }).toBe(starts + 1);
    await page.clock.runFor(500);
    expect(await state()).toMatch(/^Stopped/);
    await choose("A gradient");
    expect(await panel()).toContain("slope(x: f32[3])");
  });

  it("what is written while another program has no end is compiled after it", async () => {
    const text = 'import { script } from "glim";\n';
    await write(`${text}for (;;) {}`);
    await page.clock.runFor(500);
    await settled("Compiling …");
    await write(`${text}export const g = script((n: number) => n * 3);`);
    await page.clock.runFor(20_000);
    await settled(/^Compiled/);
    expect(await panel()).toContain("g(n: number)");
  });

  it("fits the width, and assistive technology finds its way", async () => {
    const overflow = await page.evaluate(
      "document.documentElement.scrollWidth - document.documentElement.clientWidth",
    );
    expect(overflow).toBe(0);
    const found: unknown = await page.evaluate(
      `${axe}; axe.run().then((r) => r.violations.map((v) => v.id))`,
    );
    expect(found).toEqual([]);
    expect(problems).toEqual([]);
  });
});
