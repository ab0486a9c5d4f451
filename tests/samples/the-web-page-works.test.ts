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
import { type Tensor, tensor, zeros } from "glim";
import type { Page } from "playwright-core";
import { build } from "vite";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { net } from "../../samples/personalize/personalize.ts";
import * as models from "../../samples/web/models/digits.ts";
import { digestTable, kindsOfPatterns, patterns } from "../../samples/web/src/digest.ts";
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

it("knows the digests that Node computes, eagerly", () => {
  const images = tensor(patterns()).reshape([16, 784]);
  const digestOf = (t: Tensor): string =>
    createHash("sha256").update(new Uint8Array(t.toTypedArray().buffer)).digest("hex");
  const [features, kinds] = [models.features(images), tensor(kindsOfPatterns())];
  const before = [digestOf(models.logits(images)), digestOf(models.classify(images))];
  for (const p of net.head.parameters()) p.assign(zeros([...p.shape]));
  for (let i = 0; i < 20; i++) models.learn(features as never, kinds as never, 0.05);
  expect([...before, digestOf(models.predict(images))]).toEqual(Object.values(digestTable));
});

const browser = await findBrowser();
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

describe.skipIf(browser === undefined)("while it loads", () => {
  it("can be drawn on before the model has come", async () => {
    const page = await browser!.newPage();
    let arrive = (): void => {};
    const waiting = new Promise<void>((resolve) => {
      arrive = resolve;
    });
    await page.route("**/*.wasm", async (route) => {
      await waiting;
      await route.continue();
    });
    await page.goto(origin);
    await page.locator("#example").selectOption("4");
    expect(await page.locator("#guess").textContent()).toBe("Loading the model…");
    const ink = await page.evaluate(
      `document.querySelector("#pad").getContext("2d").getImageData(165, 100, 1, 1).data[0]`,
    );
    expect(ink).toBe(0);
    arrive();
    const guess = () => page.locator("#guess").textContent();
    await expect.poll(guess, { timeout: 10_000 }).toBe("This looks like a 4.");
    await page.close();
  });

  it("asks for three files, and moves nothing on the screen", async () => {
    const page = await browser!.newPage();
    await page.goto(origin);
    await page.locator("#digests tr").nth(2).waitFor();
    const found: unknown = await page.evaluate(
      `({
      names: performance.getEntriesByType("resource")
        .map((e) => e.name.replace(/^.*\\/|-[\\w-]+(?=\\.\\w+$)/g, ""))
        .filter((name) => !/^(story|llama)/.test(name)).sort(),
      shift: await new Promise((resolve) => {
        let sum = 0;
        new PerformanceObserver((list) => {
          for (const e of list.getEntries()) sum += e.value;
        }).observe({ type: "layout-shift", buffered: true });
        setTimeout(() => resolve(sum), 100);
      }),
    })`
        .replace(/^/, "(async () => ")
        .concat(")()"),
    );
    expect(found).toEqual({
      names: ["digits.wasm", "index.css", "index.js"],
      shift: expect.closeTo(0, 1),
    });
    await page.close();
  });
});

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
    await page
      .locator("#digests tr")
      .nth(hasStory ? 3 : 2)
      .waitFor();
  });
  afterAll(() => page.context().close());

  const guess = (): Promise<string | null> => page.locator("#guess").textContent();

  it("computes the same bits", async () => {
    expect(await page.locator("#digest").textContent()).toBe("Each bit is as it must be.");
    const shown = await page.locator("#digests td:nth-child(2) code").allTextContents();
    const due = Object.values(digestTable).map((digest) => digest.slice(0, 16));
    expect(shown).toEqual(expect.arrayContaining(due));
    expect(shown).toHaveLength(hasStory ? 4 : 3);
    expect(await page.locator("#facts").textContent()).toMatch(
      /LeNet-5, digits and signs\d+ KB\d+.*ms/,
    );
  });

  it("names what is drawn with keys, and forgets it", async () => {
    await page.locator("#pad").focus();
    await page.keyboard.press("Space");
    for (let i = 0; i < 16; i++) await page.keyboard.press("ArrowDown");
    await expect.poll(guess).toBe("This looks like a 1.");
    await page.keyboard.press("Delete");
    await expect.poll(guess).toBe("Nothing is drawn yet.");
  });

  type Point = readonly [x: number, y: number];
  const draw = async (pad: string, [first, ...others]: readonly Point[]): Promise<void> => {
    await page.locator(pad).scrollIntoViewIfNeeded();
    const box = (await page.locator(pad).boundingBox())!;
    const moveTo = ([x, y]: Point) =>
      page.mouse.move(box.x + (x * box.width) / 280, box.y + (y * box.height) / 280, { steps: 8 });
    await moveTo(first!);
    await page.mouse.down();
    for (const point of others) await moveTo(point);
    await page.mouse.up();
  };
  const seven: readonly Point[] = [
    [80, 60],
    [200, 60],
    [130, 230],
  ];

  it("names what is drawn with a pointer", async () => {
    await draw("#pad", seven);
    await expect.poll(guess).toBe("This looks like a 7.");
  });

  it("learns signs from drawings, by the names that the user gives, and forgets them", async () => {
    const lesson = (): Promise<string | null> => page.locator("#lesson").textContent();
    const circle = Array.from({ length: 13 }, (_, i): Point => {
      const angle = (i * Math.PI) / 6;
      return [140 + 80 * Math.cos(angle), 140 + 80 * Math.sin(angle)];
    });
    await page.locator("#signs input").nth(1).fill("ring");
    const isThis = (i: number) => page.locator("#signs button").nth(i).click();
    await isThis(0);
    expect(await lesson()).toBe("Draw something first.");
    await draw("#sign-pad", seven);
    await isThis(0);
    await draw("#sign-pad", circle);
    await isThis(1);
    await expect.poll(lesson).toMatch(/^Learned from 2 in .*; loss [\d.e-]+\./);
    await draw("#sign-pad", circle);
    await expect.poll(lesson).toBe("This looks like: ring.");
    await page.locator("#clear-sign").click();
    await draw("#sign-pad", seven);
    await expect.poll(lesson).toBe("This looks like: star.");
    await page.locator("#forget").click();
    expect(await page.locator("#signs button").nth(0).textContent()).toBe("It is this");
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
