// While a model is being written, the page must show what it does now, or what is wrong with it.

import path from "node:path";
import { createServer, type ViteDevServer } from "vite";
import { expect, it, onTestFinished, vi } from "vitest";
import glim from "#glim/cli/bundler/vite.js";
import { findBrowser } from "../browser.ts";
import { brokenModel, makeProject, model, type Project } from "./project.ts";

async function serve({ folder, options }: Project): Promise<ViteDevServer> {
  const server = await createServer({
    root: folder,
    configFile: false,
    logLevel: "silent",
    plugins: [glim(options)],
    server: { host: "127.0.0.1", port: 0 },
  });
  onTestFinished(() => server.close());
  await server.listen();
  return server;
}

const script = "/gen/scale.js";

it("compiles again when a file changes that the model is made of, and tells the page", async () => {
  const project = await makeProject();
  const server = await serve(project);
  expect((await server.transformRequest("/main.js"))?.code).toContain(script);
  await server.transformRequest(script);
  const sent = vi.spyOn(server.environments.client.hot, "send");
  await project.write("models/shift.ts", "export const shift = 100;");
  await vi.waitFor(() => expect(sent).toHaveBeenCalled(), 20_000);
  const url = new URL(`file://${path.join(project.folder, script)}`);
  const { load } = await import(url.href);
  expect((await load()).scale(Float32Array.of(1)).data).toEqual(Float32Array.of(102));
});

it("says what is wrong to whoever asks for the model, until it is right", async () => {
  const project = await makeProject();
  await project.write("models/scale.ts", brokenModel);
  const server = await serve(project);
  await server.transformRequest("/main.js");
  const answer = () => server.transformRequest(script).then((r) => r?.code ?? "", String);
  expect(await answer()).toMatch(/GLIM\d+.*matmull/);
  await project.write("models/scale.ts", model(3));
  await vi.waitFor(async () => expect(await answer()).toContain("scale.wasm"), 20_000);
});

const browser = await findBrowser();
it.skipIf(browser === undefined)(
  "in a real page: its errors lie over the page and go away",
  async () => {
    const project = await makeProject();
    const server = await serve(project);
    const page = await browser!.newPage();
    onTestFinished(() => page.close());
    await page.goto(server.resolvedUrls!.local[0]!);
    const run = (): Promise<unknown> => page.evaluate("globalThis.run?.()");
    await vi.waitFor(async () => expect(await run()).toEqual([3, 5, 7]), 10_000);
    await project.write("models/scale.ts", brokenModel);
    const overlay = page.locator("vite-error-overlay");
    await overlay.waitFor({ timeout: 20_000 });
    expect(await overlay.evaluate((e) => e.shadowRoot?.textContent)).toMatch(/GLIM\d+.*matmull/s);
    await project.write("models/scale.ts", model(10));
    await vi.waitFor(async () => expect(await run()).toEqual([11, 21, 31]), 20_000);
    expect(await overlay.count()).toBe(0);
  },
);
