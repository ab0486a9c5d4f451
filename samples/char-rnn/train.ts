/** node samples/char-rnn/train.ts names: a folder with a file of names for each language */

import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { save, seed } from "glim";
import { alphabet, CharRnn } from "./char-rnn.ts";
import { accuracy, type Names, train } from "./training.ts";

const folder = process.argv[2];
if (folder === undefined) throw new Error("give the folder of the names");
const names: Record<string, readonly string[]> = {};
for (const file of (await readdir(folder)).filter((name) => name.endsWith(".txt")).sort()) {
  const text = await readFile(path.join(folder, file), "utf8");
  names[path.parse(file).name] = text.trim().split("\n");
}
seed(0);
const net = new CharRnn(alphabet.length, 128, Object.keys(names).length);
for (let round = 0; round < 20; round++) {
  const losses = train(net, names, { steps: 5000, seed: round });
  const mean = losses.reduce((a, b) => a + b) / losses.length;
  console.log(`${5000 * (round + 1)} names, loss ${mean.toFixed(4)}`);
}
console.log(`${(100 * accuracy(net, names as Names)).toFixed(1)} % of all names`);
await save("char-rnn.safetensors", net);
