/** The reference kernel of each measured one: what it is made from, by the names of the program's weights. */

import { hoistConstants } from "../../dist/compiler/passes/loop/hoist-constants.js";
import { emitModule } from "../../dist/compiler/wasm/emit-module.js";
import { conv, depthwise, gemm, gemv } from "./products.mjs";
import { geluChain, layerNorm, softmax, sum } from "./rows.mjs";

const square = (n) => (w) => gemm({ m: n, k: n, n }, w(`w${n}`));

export const ceilings = {
  gemm64: square(64),
  gemm256: square(256),
  gemm512: square(512),
  gemm1024: square(1024),
  gemv1024: (w) => gemv({ k: 1024, n: 1024 }, w("w1024")),
  conv3x3: (w) =>
    conv({ inputs: 64, outputs: 64, kernel: 3, size: 56 }, w("square.weight"), w("square.bias")),
  conv1x1: (w) =>
    conv(
      { inputs: 24, outputs: 144, kernel: 1, size: 56 },
      w("pointwise.weight"),
      w("pointwise.bias"),
    ),
  dwconv3x3: (w) =>
    depthwise({ channels: 144, size: 56 }, w("depthwise.weight"), w("depthwise.bias")),
  softmax: () => softmax({ rows: 128, length: 1000 }),
  layernorm: (w) =>
    layerNorm({ rows: 128, length: 768, eps: 1e-5 }, w("norm.weight"), w("norm.bias")),
  eltwise: (w) => geluChain({ rows: 1024, length: 1024 }, w("scale"), w("shift"), w("gain")),
  sum1m: () => sum({ length: 1048576 }),
};

const align = (bytes) => Math.ceil(bytes / 64) * 64;

/** An instance of a kernel: where its input and output lie, and how it is run. */
export async function instantiate({ constants, sizes, functions }) {
  const addresses = {};
  let end = 64;
  const place = (name, length) => {
    addresses[name] = end;
    // Vectors at the end of a row may read on.
    end += align(4 * length + 64);
  };
  for (const [name, length] of Object.entries(sizes)) place(name, length);
  for (const [name, { length }] of Object.entries(constants)) place(name, length);
  const funcs = functions(addresses).map((f) => hoistConstants.run(f));
  const data = [{ name: "all", bytes: undefined, size: end }];
  const bytes = await emitModule({ funcs, data, globals: [], table: [] });
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes));
  const view = (name, length) => new Float32Array(exports.memory.buffer, addresses[name], length);
  for (const [name, values] of Object.entries(constants)) view(name, values.length).set(values);
  return {
    input: view("input", sizes.input),
    output: view("output", sizes.output),
    run: exports.run,
  };
}
