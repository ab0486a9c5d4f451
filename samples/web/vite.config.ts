/** Builds the page. The story part needs the weights of stories260K, which this repository does not have. */

import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import glim, { type ModelOptions } from "glim/vite";
import { defineConfig } from "vite";
import { readTokens } from "./src/read-tokens.ts";

const root = import.meta.dirname;

/** Has stories260K.safetensors and tok512.bin, from llama2.c. */
const stories = path.resolve(process.env.STORIES ?? path.join(root, "../llama"));
const weights = path.join(stories, "stories260K.safetensors");
const tokens = path.join(stories, "tok512.bin");
const hasStory = existsSync(weights) && existsSync(tokens);

const models: ModelOptions["models"] = {
  digits: { file: "models/digits.ts", train: true },
  ...(hasStory ? { llama: { file: "../llama/llama.ts", weights, externalWeights: true } } : {}),
};

export default defineConfig({
  root,
  base: "./",
  plugins: [glim({ models })],
  define: {
    HAS_STORY: JSON.stringify(hasStory),
    STORY_TOKENS: JSON.stringify(hasStory ? readTokens(readFileSync(tokens)) : []),
  },
  build: { modulePreload: { polyfill: false } },
});
