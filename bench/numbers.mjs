/**
 * Programs of numbers, lists, objects and texts: the compiled module against the JavaScript engine's own run of
 * the same TypeScript, interleaved: medians of the processor's time and their ratio. The engine's collector runs beside
 * the program, so its time counts, too.
 *
 *   npm run build && node bench/numbers.mjs [program …]
 */

import { readFileSync } from "node:fs";
import ts from "typescript";
import { compileFile } from "../dist/cli/compiler.js";

/** What each program is given, so that it makes about 10^7 steps. */
const given = {
  programs: {
    remainders: 10_000_000,
    knownBounds: 1,
    collatz: 90_000,
    sieve: 3_000_000,
    nested: 4500,
    fibonacci: 33,
    newton: 1_000_000,
    lists: 1_000_000,
    records: 5_000_000,
    shortLists: 3_000_000,
  },
  objects: {
    counting: 2_000_000,
    growingMap: 500_000,
    builtKeys: 1_000_000,
    sets: 2_000_000,
    vectors: 5_000_000,
    shapes: 5_000_000,
    trees: 18,
    functions: 2000,
    closures: 10_000_000,
    queue: 10,
    stack: 5_000_000,
    sorting: 100,
    tables: 10_000_000,
    pairs: 5000,
    kinds: 50_000,
  },
  texts: {
    templates: 1_000_000,
    appending: 3_000_000,
    letters: 2_000_000,
    lines: 300_000,
    chains: 1_000_000,
    fields: 3_000_000,
    joining: 10_000,
    scanning: 5000,
    codes: 5000,
    words: 5000,
    splitting: 5000,
    searching: 500_000,
    reversing: 300_000,
    printing: 1_000_000,
    decimals: 300_000,
  },
};
const rounds = Number(process.env.ROUNDS ?? 9);
const warmUp = 4;

const importText = (text) => import(`data:text/javascript,${encodeURIComponent(text)}`);

async function open(name) {
  const file = new URL(`numbers/${name}.ts`, import.meta.url);
  const source = readFileSync(file, "utf8").replace(/^import .*$/m, "const script = (f) => f;");
  const { outputText } = ts.transpileModule(source, { compilerOptions: { target: "esnext" } });
  const artefact = await compileFile(file.pathname);
  const compiled = await (await importText(artefact.js)).load(artefact.wasm);
  return { compiled, plain: await importText(outputText) };
}

const median = (times) => [...times].sort((a, b) => a - b)[times.length >> 1];
const milliseconds = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};
const time = (run) => {
  const start = milliseconds();
  run();
  return milliseconds() - start;
};

console.log(`medians of ${rounds} interleaved rounds, Node ${process.version}`);
console.log("program           glim ms    V8 ms   glim / V8");
const chosen = process.argv.slice(2);
for (const [name, programs] of Object.entries(given)) {
  const wanted = Object.entries(programs).filter(
    ([program]) => chosen.length === 0 || chosen.includes(program),
  );
  if (wanted.length === 0) continue;
  const { compiled, plain } = await open(name);
  for (const [program, n] of wanted) {
    const ours = () => compiled[program](n);
    const theirs = () => plain[program](n);
    for (let i = 0; i < warmUp; i++) {
      const [a, b] = [ours(), theirs()];
      if (!Object.is(a, b)) throw new Error(`${program}: ${a} is not ${b}`);
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
    console.log(`${program.padEnd(16)}${cells.join(" ")}`);
  }
}
