/**
 * Programs of numbers and lists: the compiled module against the JavaScript engine's own run of the same
 * TypeScript, interleaved: medians and their ratio.
 *
 *   npm run build && node bench/numbers.mjs [program …]
 */

import { readFileSync } from "node:fs";
import ts from "typescript";
import { compileFile } from "../dist/cli/compiler.js";

const file = new URL("numbers/programs.ts", import.meta.url);
/** What each program is given, so that it makes about 10^7 steps. */
const given = {
  remainders: [10_000_000],
  knownBounds: [1],
  collatz: [90_000],
  sieve: [3_000_000],
  nested: [4500],
  fibonacci: [33],
  newton: [1_000_000],
  lists: [1_000_000],
  records: [5_000_000],
  shortLists: [3_000_000],
  texts: [2_000_000],
};
const rounds = 15;
const warmUp = 4;

const source = readFileSync(file, "utf8").replace(/^import .*$/m, "const script = (f) => f;");
const { outputText } = ts.transpileModule(source, { compilerOptions: { target: "esnext" } });
const importText = (text) => import(`data:text/javascript,${encodeURIComponent(text)}`);
const plain = await importText(outputText);
const artefact = await compileFile(file.pathname);
const compiled = await (await importText(artefact.js)).load(artefact.wasm);

const median = (times) => [...times].sort((a, b) => a - b)[times.length >> 1];
const time = (run) => {
  const start = performance.now();
  run();
  return performance.now() - start;
};

console.log(`medians of ${rounds} interleaved rounds, Node ${process.version}`);
console.log("program           glim ms    V8 ms   glim / V8");
const chosen = process.argv.slice(2);
for (const [name, args] of Object.entries(given)) {
  if (chosen.length > 0 && !chosen.includes(name)) continue;
  const ours = () => compiled[name](...args);
  const theirs = () => plain[name](...args);
  for (let i = 0; i < warmUp; i++) {
    const [a, b] = [ours(), theirs()];
    if (!Object.is(a, b)) throw new Error(`${name}: ${a} is not ${b}`);
    // Better code is made in the background.
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  const times = Array.from({ length: rounds }, () => [time(ours), time(theirs)]);
  const [a, b] = [median(times.map((t) => t[0])), median(times.map((t) => t[1]))];
  const cells = [
    a.toFixed(1).padStart(9),
    b.toFixed(1).padStart(8),
    (a / b).toFixed(2).padStart(9),
  ];
  console.log(`${name.padEnd(16)}${cells.join(" ")}`);
}
