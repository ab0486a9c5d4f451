/**
 * Whether cost grows as work grows: time per image over the batch, per token over the length, per operation over the size
 * of a product; time to compile over the number of layers.
 *
 *   node bench/scaling.mjs [--shared] [--only batch,tokens,gemm,layers,compile] [--json FILE]
 */

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { compileFile } from "../dist/cli/compiler.js";
import { median, startPeer } from "./measure.mjs";

const { values: options } = parseArgs({
  options: {
    shared: { type: "boolean", default: false },
    only: { type: "string", default: "batch,tokens,gemm,layers,compile" },
    json: { type: "string" },
  },
});
const chosen = options.only.split(",");
const folder = mkdtempSync(path.join(os.tmpdir(), "glim-scaling-"));
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
const program = (name) => fileURLToPath(new URL(`programs/${name}`, import.meta.url));
const found = {};

/** Seconds from now on; of the processor, on machines that others use as well. */
function stopwatch() {
  const [began, cpu] = [performance.now(), process.cpuUsage()];
  return () => {
    const { user, system } = process.cpuUsage(cpu);
    return options.shared ? (user + system) / 1e6 : (performance.now() - began) / 1000;
  };
}

async function compileTo(file, entry, input) {
  const at = path.join(folder, entry);
  const seconds = stopwatch();
  const { wasm, js } = await compileFile(file, { entries: [entry] });
  const taken = seconds();
  mkdirSync(at, { recursive: true });
  writeFileSync(path.join(at, "glim.wasm"), wasm);
  writeFileSync(path.join(at, "glim.js"), js);
  writeFileSync(path.join(at, "program.json"), JSON.stringify({ name: entry, entry, input }));
  return { at, seconds: taken, bytes: wasm.length };
}

/** Milliseconds of each of the entries, in turn: the median of rounds. */
async function timesOf(cases) {
  const running = [];
  for (const { at } of cases) {
    const peer = await startPeer("glim", at);
    if (peer.error) throw new Error(peer.error);
    await peer.run(300, { runs: 2 });
    running.push({ peer, times: [] });
  }
  for (let i = 0; i < 7; i++) {
    for (const { peer, times } of running) {
      const round = await peer.run(60, { isShared: options.shared });
      times.push(round.milliseconds);
    }
  }
  for (const { peer } of running) peer.stop();
  return running.map(({ times }) => median(times));
}

/** Entries of growing work; `flops` and `per` of each. */
async function grow(title, unit, cases) {
  const compiled = [];
  for (const c of cases) compiled.push(await compileTo(c.file, c.entry, c.input));
  const times = await timesOf(compiled);
  console.log(`\n${title}`);
  console.log(
    `${"".padEnd(12)}${["ms", `ms per ${unit}`, "GFLOP/s"].map((h) => h.padStart(14)).join("")}`,
  );
  found[title] = cases.map((c, i) => {
    const row = {
      size: c.size,
      ms: times[i],
      each: times[i] / c.size,
      gflops: c.flops / times[i] / 1e6,
    };
    const cells = [row.ms, row.each, row.gflops].map((x) => x.toPrecision(4).padStart(14));
    console.log(`${c.entry.padEnd(12)}${cells.join("")}`);
    return row;
  });
}

if (chosen.includes("batch")) {
  const batches = [
    ["mobilenet_v2", 1],
    ["batch8", 8],
    ["batch32", 32],
  ];
  await grow(
    "MobileNetV2 by the batch",
    "image",
    batches.map(([entry, size]) => ({
      file: program("mobilenet_v2.ts"),
      entry,
      size,
      flops: 601.55e6 * size,
      input: { shape: [size, 3, 224, 224] },
    })),
  );
}

if (chosen.includes("tokens")) {
  /** Six layers of width 384: the products with weights, and those of attention, which grow with the square. */
  const flops = (length) =>
    6 * (2 * length * 384 * 384 * 12 + 4 * length * length * 384) + 2 * length * 384 * 256;
  const lengths = [
    ["tokens64", 64],
    ["gpt_mini", 128],
    ["tokens512", 512],
  ];
  await grow(
    "gpt_mini by the length",
    "token",
    lengths.map(([entry, size]) => ({
      file: program("gpt_mini.ts"),
      entry,
      size,
      flops: flops(size),
      input: { shape: [size], below: 256 },
    })),
  );
}

if (chosen.includes("gemm")) {
  const sizes = [64, 128, 256, 512, 1024, 2048];
  const file = path.join(folder, "products.ts");
  const source = [
    'import { Rng, script, type Tensor } from "glim";',
    "const rng = new Rng(1);",
    ...sizes.flatMap((n) => [
      `const w${n} = rng.uniform([${n}, ${n}], -0.1, 0.1);`,
      `export const gemm${n} = script((x: Tensor<[${n}, ${n}]>) => x.matmul(w${n}));`,
    ]),
  ];
  writeFileSync(file, source.join("\n"));
  await grow(
    "products of n × n matrices",
    "row",
    sizes.map((n) => ({
      file,
      entry: `gemm${n}`,
      size: n,
      flops: 2 * n ** 3,
      input: { shape: [n, n] },
    })),
  );
}

/** A chain of layers, no two of one size after another, so that each is a kernel of its own to look at. */
const chain = (layers) => `
import { nn, script, type Tensor } from "glim";
const widths = Array.from({ length: ${layers} + 1 }, (_, i) => 8 + ((5 * i) % 9));
const layers = widths.slice(1).map((width, i) => new nn.Linear(widths[i]!, width));
export const run = script((x: Tensor<["B", 8]>) => {
  let h: Tensor = x;
  for (const layer of layers) h = layer.forward(h).relu();
  return h;
});
`;

if (chosen.includes("layers")) {
  console.log(
    `\ncompiling chains of layers\n${["layers", "seconds", "ms per layer"].map((h) => h.padStart(14)).join("")}`,
  );
  found.layers = [];
  for (const layers of [10, 30, 100, 300, 1000]) {
    const file = path.join(folder, `chain${layers}.ts`);
    writeFileSync(file, chain(layers));
    const times = [];
    for (let i = 0; i < (layers > 100 ? 2 : 3); i++) {
      const taken = stopwatch();
      await compileFile(file);
      times.push(taken());
    }
    const seconds = Math.min(...times);
    found.layers.push({ layers, seconds });
    const cells = [layers, seconds.toFixed(2), ((1000 * seconds) / layers).toFixed(2)];
    console.log(cells.map((c) => String(c).padStart(14)).join(""));
  }
}

if (chosen.includes("compile")) {
  console.log("\ncompiling programs, in a process that has compiled before");
  found.compile = {};
  for (const name of ["lenet5", "resnet18", "mobilenet_v2", "gpt_mini"]) {
    const { seconds, bytes } = await compileTo(program(`${name}.ts`), name, {});
    found.compile[name] = seconds;
    console.log(
      `${name.padEnd(14)}${seconds.toFixed(2).padStart(8)} s${String(bytes).padStart(12)} bytes`,
    );
  }
}

if (options.json) writeFileSync(options.json, `${JSON.stringify(found, null, 1)}\n`);
process.exit(0);
