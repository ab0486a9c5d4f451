/**
 * Classifies real digits with the compiled LeNet: what an app does with `glim compile`'s files.
 *
 *   npx glim compile samples/mnist/lenet.ts -o samples/mnist/out
 *   node samples/mnist/classify.mjs
 */

import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { load } from "./out/lenet.js";

const beside = (file) => new URL(file, import.meta.url);
const model = await load();

// idx files: a header of 16 bytes before the pixels, of 8 before the labels.
const pixels = gunzipSync(readFileSync(beside("./t10k-1000-images.idx.gz"))).subarray(16);
const labels = readFileSync(beside("./t10k-1000-labels.idx")).subarray(8);
const images = Float32Array.from(pixels, (p) => p / 255);

const { data: probabilities } = model.classify(images);
const digitOf = (n) => {
  const row = probabilities.subarray(10 * n, 10 * n + 10);
  return row.indexOf(Math.max(...row));
};

/** Two rows of pixels become one line of half blocks. */
const ink = (x) => (x > 0.6 ? 2 : x > 0.2 ? 1 : 0);
const blocks = [" ", "▄", "▀", "█"];
const line = (n, y) =>
  Array.from({ length: 28 }, (_, x) => {
    const at = (row) => ink(images[n * 784 + row * 28 + x]) > 0;
    return blocks[(at(y) ? 2 : 0) + (at(y + 1) ? 1 : 0)];
  }).join("");

const shown = [0, 1, 2];
for (let y = 2; y < 26; y += 2) console.log(shown.map((n) => line(n, y)).join(""));
console.log(
  shown
    .map((n) => {
      const percent = (100 * probabilities[10 * n + digitOf(n)]).toFixed(1);
      return `${" ".repeat(8)}${digitOf(n)} (${percent} %)`.padEnd(28);
    })
    .join(""),
);
const hits = labels.reduce((sum, label, n) => sum + (digitOf(n) === label ? 1 : 0), 0);
console.log(`\n${hits} of ${labels.length} real digits recognised.`);
