import { readFile } from "node:fs/promises";
import { expect, it } from "vitest";
import { loadSync } from "../gen/colors.js";
import { answer } from "../src/answer.ts";

const file = new URL("../gen/colors.wasm", import.meta.url);
const model = loadSync(await WebAssembly.compile(await readFile(file)));
const ask = (query: string): Response => answer(new Request(`https://example.org/${query}`), model);

it("names a color", async () => {
  expect(await ask("?color=3366cc").text()).toBe("blue\n");
});

it("says what it takes", () => {
  expect(ask("").status).toBe(400);
  expect(ask("?color=sky").status).toBe(400);
});
