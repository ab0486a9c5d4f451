// Writes dist/worker.js and, beside it, the module that it imports: workers compile what they deploy.

import { build } from "esbuild";
import glim from "glim/esbuild";

await build({
  entryPoints: ["src/worker.ts"],
  bundle: true,
  format: "esm",
  outdir: "dist",
  loader: { ".wasm": "copy" },
  plugins: [glim({ models: ["models/colors.ts"] })],
});
