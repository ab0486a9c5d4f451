/** npx glim start samples/mnist/verify.ts lenet train-images.gz train-labels t10k-images.gz t10k-labels */

import { fourWays, isNet } from "./four-ways.ts";
import { readDigits } from "./training.ts";

const [name = "lenet", images, labels, testImages, testLabels] = process.argv.slice(2);
if (!isNet(name) || !images || !labels || !testImages || !testLabels) {
  throw new Error(
    "give a model (lenet or mlp) and four idx files: images and labels, of training and test",
  );
}
const digits = await readDigits(images, labels);
const test = await readDigits(testImages, testLabels);
const found = new Set<string>();
for await (const way of fourWays(name, digits, test, { epochs: 3, seed: 1 })) {
  found.add(way.sha256);
  const share = `${(100 * way.accuracy).toFixed(2)} % of the test digits`;
  console.log(`${way.sha256.slice(0, 16)}  ${share}, ${way.seconds.toFixed(0)} s: ${way.name}`);
}
if (found.size > 1) throw new Error("the weights differ");
console.log("all four ended with the same weights");
