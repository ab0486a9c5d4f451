/** Makes what the peers run of a program: the compiled module and the ONNX model with its weights. */

import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { compileFile } from "../dist/cli/compiler.js";
import { dataSection, readSections } from "../dist/compiler/wasm/read-sections.js";
import { Network } from "./network.mjs";
import { writeOnnx } from "./write-onnx.mjs";

/** Writes glim.wasm, glim.js, model.onnx and program.json into the folder. */
export async function prepare(name, program, folder) {
  const file = fileURLToPath(new URL(`programs/${program.file}`, import.meta.url));
  const start = performance.now();
  let source;
  const artefact = await compileFile(file, {
    entries: [name],
    watch: (stage) => {
      source ??= stage.module;
    },
  });
  const seconds = (performance.now() - start) / 1000;
  mkdirSync(folder, { recursive: true });
  const write = (to, content) => writeFileSync(path.join(folder, to), content);
  write("glim.wasm", artefact.wasm);
  write("glim.js", artefact.js);
  const { input, output } = program;
  const network = networkOf(program, source.constants);
  write("model.onnx", onnxOf(program, network));
  // jax-js knows no GlobalAveragePool.
  const isGlobal = ({ op }) => op === "GlobalAveragePool";
  if (network.nodes.some(isGlobal)) {
    const attributes = { axes: [2, 3], keepdims: 1 };
    const mean = (node) => (isGlobal(node) ? { ...node, op: "ReduceMean", attributes } : node);
    write("model.mean.onnx", onnxOf(program, { ...network, nodes: network.nodes.map(mean) }));
  }
  const { nodes, weights, bytes } = packed(network);
  write("network.json", JSON.stringify({ nodes, weights }));
  write("weights.bin", bytes);
  write("program.json", JSON.stringify({ name, entry: name, input, output }));
  const data = readSections(artefact.wasm).find(({ id }) => id === dataSection);
  return { seconds, codeBytes: artefact.wasm.length - (data?.size ?? 0) };
}

export function networkOf(program, constants) {
  const weights = [...constants].map(([name, { type, data }]) => [
    name,
    { shape: type.shape, data },
  ]);
  const g = new Network(new Map(weights));
  const y = program.network(g, "input");
  const last = g.nodes.at(-1);
  last.outputs = last.outputs.map((name) => (name === y ? "output" : name));
  return g;
}

/** The weights one after the other, and where each lies. */
function packed({ nodes, used }) {
  let end = 0;
  const weights = [...used].map(([name, { shape, data }]) => {
    const at = end;
    end += data.byteLength;
    const type = data instanceof Float32Array ? "f32" : "i64";
    return { name, shape, type, at, length: data.byteLength };
  });
  const bytes = Buffer.concat(
    [...used.values()].map(({ data }) =>
      Buffer.from(data.buffer, data.byteOffset, data.byteLength),
    ),
  );
  return { nodes, weights, bytes };
}

function onnxOf(program, { nodes, used }) {
  const { shape, below } = program.input;
  return writeOnnx({
    nodes,
    weights: used,
    input: { name: "input", shape, dtype: below === undefined ? "f32" : "i32" },
    output: { name: "output", shape: program.output },
  });
}
