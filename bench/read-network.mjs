/** Reads what prepare.mjs writes of a network. */

import { readFileSync } from "node:fs";
import path from "node:path";

/** The nodes, and the weights by name. */
export function readNetwork(folder) {
  const { nodes, weights } = JSON.parse(readFileSync(path.join(folder, "network.json"), "utf8"));
  const { buffer, byteOffset } = readFileSync(path.join(folder, "weights.bin"));
  const entries = weights.map(({ name, shape, type, at, length }) => {
    const bytes = buffer.slice(byteOffset + at, byteOffset + at + length);
    const data = type === "f32" ? new Float32Array(bytes) : new BigInt64Array(bytes);
    return [name, { shape, data }];
  });
  return { nodes, weights: new Map(entries) };
}
