/**
 * Compiled LeNet against onnxruntime-web, single thread, interleaved: medians and their ratio.
 *
 *   npm run bench            # installs the peer, then measures
 */

import { readFileSync } from "node:fs";
import { gunzipSync, gzipSync } from "node:zlib";
import { compileFile } from "../dist/cli/compiler.js";
import { loadSafetensors } from "../dist/stdlib/index.js";
import { lenetOnnx } from "./lenet.mjs";

const here = (file) => new URL(file, import.meta.url);
const batch = Number(process.argv[2] ?? 64);
const rounds = 300;

async function glimRunner(images) {
  const artefact = await compileFile(here("../samples/mnist/lenet.ts").pathname);
  const { load } = await import(`data:text/javascript,${encodeURIComponent(artefact.js)}`);
  const model = await load(artefact.wasm);
  return { run: () => model.logits(images).data, files: [artefact.wasm, artefact.js] };
}

async function peerRunner(images, weights) {
  const ort = await import("onnxruntime-web");
  ort.env.wasm.numThreads = 1;
  ort.env.logLevel = "error";
  const session = await ort.InferenceSession.create(lenetOnnx(weights), {
    executionProviders: ["wasm"],
    graphOptimizationLevel: "all",
  });
  const input = new ort.Tensor("float32", images, [batch, 1, 28, 28]);
  return { run: async () => (await session.run({ images: input })).logits.data };
}

const median = (times) => [...times].sort((a, b) => a - b)[times.length >> 1];

const pixels = gunzipSync(readFileSync(here("../samples/mnist/t10k-1000-images.idx.gz")));
const images = Float32Array.from(pixels.subarray(pixels.length - 784000), (p) => p / 255);
const input = images.slice(0, batch * 784);
const weights = new Map();
for (const [name, t] of await loadSafetensors(here("../samples/mnist/lenet.safetensors"))) {
  weights.set(name, { shape: [...t.shape], data: t.toTypedArray() });
}

const glim = await glimRunner(input);
const peer = await peerRunner(input, weights);
const [ours, theirs] = [glim.run(), await peer.run()];
const error = ours.reduce((worst, x, i) => Math.max(worst, Math.abs(x - theirs[i])), 0);
if (error > 1e-3) throw new Error(`the results differ by ${error}`);
for (let i = 0; i < 100; i++) {
  glim.run();
  await peer.run();
}
const times = { glim: [], peer: [] };
for (let i = 0; i < rounds; i++) {
  let start = performance.now();
  glim.run();
  times.glim.push(performance.now() - start);
  start = performance.now();
  await peer.run();
  times.peer.push(performance.now() - start);
}
const [a, b] = [median(times.glim), median(times.peer)];
console.log(
  `LeNet-5, batch ${batch}, one thread, ${rounds} interleaved rounds, Node ${process.version}`,
);
console.log(`  glim             ${a.toFixed(3)} ms (median)`);
console.log(`  onnxruntime-web  ${b.toFixed(3)} ms (median)`);
console.log(
  `  ratio            ${(b / a).toFixed(2)}×   greatest difference of logits ${error.toExponential(1)}`,
);

const kilobytes = (files) => {
  const raw = files.reduce((sum, f) => sum + f.length, 0);
  const packed = files.reduce((sum, f) => sum + gzipSync(f).length, 0);
  return `${(raw / 1000).toFixed(1)} KB (${(packed / 1000).toFixed(1)} KB gzipped)`;
};
const runtime = ["ort.wasm.min.mjs", "ort-wasm-simd-threaded.mjs", "ort-wasm-simd-threaded.wasm"];
const peerFiles = runtime.map((f) =>
  readFileSync(here(`./node_modules/onnxruntime-web/dist/${f}`)),
);
console.log(`  glim ships       ${kilobytes(glim.files)}: the program with its weights`);
console.log(`  onnxruntime-web   ${kilobytes(peerFiles)}, without the model`);
process.exit(0);
