/** Finds a Chromium to show pages in; tests that need one are left out, with the reason, where there is none. */

import { existsSync } from "node:fs";
import { type Browser, chromium } from "playwright-core";
import { afterAll } from "vitest";

const places = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

/** Undefined where none is installed; `CHROMIUM` names one elsewhere. Closed after the file's tests. */
export async function findBrowser(): Promise<Browser | undefined> {
  const executablePath = [process.env.CHROMIUM, ...places].find((p) => p && existsSync(p));
  if (executablePath === undefined) {
    console.warn("left out: tests in a browser, because no Chromium is installed");
    return undefined;
  }
  const browser = await chromium.launch({
    executablePath,
    args: [
      ...["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"],
      ...["--disable-background-networking", "--disable-component-update", "--disable-sync"],
    ],
  });
  afterAll(() => browser.close());
  return browser;
}
