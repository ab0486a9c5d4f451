/** npx glim start samples/shakespeare/train.ts text.txt 2000 */

import { readFile } from "node:fs/promises";
import { Rng, save, tensor } from "glim";
import { compile } from "glim/compiler";
import { RunLog } from "glim/data";
import { draw, net, sizes, step } from "./gpt.ts";
import { decode, drawBatch, encode } from "./training.ts";

const [file, count = "2000"] = process.argv.slice(2);
if (file === undefined) throw new Error("give a text file, and how many steps to make");
const text = encode(await readFile(file, "utf8"));
const fast = await compile(step);
const rng = new Rng(0);
const log = new RunLog("shakespeare.jsonl");
let started = performance.now();
for (let i = 1; i <= Number(count); i++) {
  const { ids, next } = drawBatch(text, rng, 12, sizes.context);
  const loss = Number(fast(ids, next).item());
  log.write({ step: i, loss });
  if (i % 100 !== 0) continue;
  const each = (performance.now() - started) / 100;
  console.log(`step ${i}: loss ${loss.toFixed(3)}, ${each.toFixed(0)} ms a step`);
  started = performance.now();
}
await save("shakespeare.safetensors", net);

const told = [...encode("\n")];
for (let i = 0; i < 300; i++) {
  const last = Int32Array.from(told.slice(-sizes.context));
  told.push(Number(draw(tensor(last, [1, last.length]))));
}
console.log(decode(told));
