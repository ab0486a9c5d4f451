import { defineConfig } from "vitest/config";

// Tests import the built package (`#glim/…` is `dist/…`): what is tested is what ships.
export default defineConfig({
  root: new URL("..", import.meta.url).pathname,
  test: {
    include: ["tests/**/*.test.ts"],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    pool: "forks",
    // One for each of the two processors that CI has: by default one would idle.
    maxWorkers: 2,
    // Node loads it itself, so that a test and a model that the test loads share one `Tensor`.
    server: { deps: { external: [/\/dist\//] } },
  },
});
