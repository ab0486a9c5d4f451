// The page in samples/web is what people see first: it must be small, work with keys alone, on a phone, under a
// strict policy, and show the bits that Node computes.

import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { createRequire } from "node:module";
import os from "node:os";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { tensor } from "glim";
import type { Page } from "playwright-core";
import { build } from "vite";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as lenet from "../../samples/mnist/lenet.ts";
import { expectedDigest, patterns } from "../../samples/web/src/digest.ts";
import { findBrowser } from "../browser.ts";
import { shared } from "../shared-material.ts";

const root = path.resolve(import.meta.dirname, "../../samples/web");
const weights = shared("models/stories260K.safetensors");
const hasStory = weights !== undefined;
let dist = "";
let server: Server;
let origin = "";

beforeAll(async () => {
  dist = mkdtempSync(path.join(os.tmpdir(), "glim-web-"));
  if (weights) process.env.STORIES = path.dirname(weights);
  await build({
    configFile: path.join(root, "vite.config.ts"),
    logLevel: "error",
    build: { outDir: dist, emptyOutDir: true },
  });
  server = createServer((request, response) => {
    const name = request.url === "/" ? "index.html" : (request.url ?? "").slice(1);
    if (!readdirSync(dist, { recursive: true, encoding: "utf8" }).includes(name)) {
      response.writeHead(404).end();
      return;
    }
    response.setHeader("Content-Security-Policy", policy);
    response.setHeader("Content-Type", types[path.extname(name)] ?? "application/octet-stream");
    response.end(readFileSync(path.join(dist, name)));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  origin = `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}/`;
}, 120_000);
afterAll(() => {
  server.close();
  rmSync(dist, { recursive: true });
});

/** As an extension has it. */
const policy = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; img-src data:";
const types: Readonly<Record<string, string>> = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".css": "text/css",
};

it("takes at most 300 KB gzipped for digits, and all of it", () => {
  const files = readdirSync(dist, { recursive: true, encoding: "utf8" })
    .filter((name) => /\.\w+$/.test(name) && !/(llama|story)-/.test(name))
    .map((name) => gzipSync(readFileSync(path.join(dist, name))).length);
  expect(files).toHaveLength(4);
  expect(files.reduce((sum, n) => sum + n)).toBeLessThan(300_000);
});

it("has no error of type", () => {
  const tsc = createRequire(import.meta.url).resolve("typescript/bin/tsc");
  const { stdout } = spawnSync(process.execPath, [tsc, "-p", root], { encoding: "utf8" });
  // The module that tells stories is made where its weights are.
  const known = (line: string): boolean => !hasStory && /\bsrc\/story\.ts\(/.test(line);
  expect(stdout.split("\n").filter((line) => line !== "" && !known(line))).toEqual([]);
});

it("knows the digest that Node computes", () => {
  const scores = lenet.logits(tensor(patterns()).reshape([16, 784])).toTypedArray();
  expect(createHash("sha256").update(new Uint8Array(scores.buffer)).digest("hex")).toBe(
    expectedDigest,
  );
});

const browser = await findBrowser();
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

describe.skipIf(browser === undefined).each([
  [360, 740],
  [1440, 900],
])("in Chromium, %i pixels wide", (width, height) => {
  let page: Page;
  const problems: string[] = [];
  beforeAll(async () => {
    const context = await browser!.newContext({ viewport: { width, height } });
    page = await context.newPage();
    page.on("pageerror", (error) => problems.push(error.message));
    page.on("console", (message) => {
      if (message.type() === "error") problems.push(message.text());
    });
    await page.goto(origin);
    await page.locator("#digest code").waitFor();
  });
  afterAll(() => page.context().close());

  const guess = (): Promise<string | null> => page.locator("#guess").textContent();

  it("computes the same bits", async () => {
    const text = await page.locator("#digest").textContent();
    expect(text).toContain(expectedDigest);
    expect(text).toContain("the same bits as everywhere");
    expect(await page.locator("#facts").textContent()).toMatch(/LeNet-5, digits268 KB\d+.*ms/);
  });

  it("names what is drawn with keys, and forgets it", async () => {
    await page.locator("#pad").focus();
    await page.keyboard.press("Space");
    for (let i = 0; i < 16; i++) await page.keyboard.press("ArrowDown");
    await expect.poll(guess).toBe("This looks like a 1.");
    await page.keyboard.press("Delete");
    await expect.poll(guess).toBe("Nothing is drawn yet.");
  });

  it("names what is drawn with a pointer", async () => {
    const box = (await page.locator("#pad").boundingBox())!;
    const at = (x: number, y: number) =>
      page.mouse.move(box.x + (x * box.width) / 280, box.y + (y * box.height) / 280, { steps: 8 });
    await at(80, 60);
    await page.mouse.down();
    await at(200, 60);
    await at(130, 230);
    await page.mouse.up();
    await expect.poll(guess).toBe("This looks like a 7.");
  });

  it.each([0, 1, 2, 3, 4, 7])("names the example %i", async (digit) => {
    await page.locator("#example").selectOption(String(digit));
    await expect.poll(guess).toBe(`This looks like a ${digit}.`);
  });

  it.runIf(hasStory)("tells a story, which can be stopped", async () => {
    const [tell, story] = [page.locator("#tell"), page.locator("#story")];
    await expect.poll(() => tell.isEnabled()).toBe(true);
    await tell.focus();
    await page.keyboard.press("Enter");
    await expect.poll(() => story.inputValue()).toMatch(/^Once upon a time, there was a little/);
    await page.keyboard.press("Enter");
    await expect.poll(() => tell.textContent()).toBe("Tell");
  });

  it.runIf(!hasStory)("says that there is nothing to tell", async () => {
    expect(await page.locator("#story-state").textContent()).toContain("not part of this build");
  });

  it("fits the width, and assistive technology finds its way", async () => {
    const overflow = await page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    );
    expect(overflow).toBe(0);
    const found: unknown = await page.evaluate(
      `${axe}; axe.run().then((r) => r.violations.map((v) => v.id))`,
    );
    expect(found).toEqual([]);
  });

  it("no error was told to the console", () => {
    expect(problems).toEqual([]);
  });
});
