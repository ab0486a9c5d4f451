/** npx glim start samples/mnist/train.ts lenet train-images.gz train-labels t10k-images.gz t10k-labels */

import { save, seed } from "glim";
import { compile } from "glim/compiler";
import { LeNet } from "./lenet.ts";
import { Mlp } from "./mlp.ts";
import { readDigits, train } from "./training.ts";

const [name = "lenet", images, labels, testImages, testLabels] = process.argv.slice(2);
if (!images || !labels || !testImages || !testLabels) {
  throw new Error(
    "give a model (lenet or mlp) and four idx files: images and labels, of training and test",
  );
}
seed(1);
const net = name === "mlp" ? new Mlp() : new LeNet();
const started = performance.now();
const accuracy = await train(
  net,
  await readDigits(images, labels),
  await readDigits(testImages, testLabels),
  { epochs: 3, seed: 1, compile, checkpoint: `${name}.ckpt`, log: `${name}.jsonl` },
);
const seconds = (performance.now() - started) / 1000;
console.log(`${(100 * accuracy).toFixed(2)} % of the test digits, after ${seconds.toFixed(0)} s`);
await save(`${name}.trained.safetensors`, net);
