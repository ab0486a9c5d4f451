/** Single operations at the sizes that the benchmark measures; each is an entry point. */

import { nn, Rng, script, type Tensor } from "glim";

const rng = new Rng(1);

/** A weight whose products with normal inputs are about normal. */
function scaled(n: number): Tensor {
  const bound = Math.sqrt(3 / n);
  return rng.uniform([n, n], -bound, bound);
}

const [w64, w256, w512, w1024] = [64, 256, 512, 1024].map(scaled);

export const gemm64 = script((x: Tensor<[64, 64]>) => x.matmul(w64!));
export const gemm256 = script((x: Tensor<[256, 256]>) => x.matmul(w256!));
export const gemm512 = script((x: Tensor<[512, 512]>) => x.matmul(w512!));
export const gemm1024 = script((x: Tensor<[1024, 1024]>) => x.matmul(w1024!));
export const gemv1024 = script((x: Tensor<[1, 1024]>) => x.matmul(w1024!));

const square = new nn.Conv2d(64, 64, 3, { padding: 1 });
const depthwise = new nn.Conv2d(144, 144, 3, { padding: 1, groups: 144 });
const pointwise = new nn.Conv2d(24, 144, 1);

export const conv3x3 = script((x: Tensor<[1, 64, 56, 56]>) => square.forward(x));
export const dwconv3x3 = script((x: Tensor<[1, 144, 56, 56]>) => depthwise.forward(x));
export const conv1x1 = script((x: Tensor<[1, 24, 56, 56]>) => pointwise.forward(x));

const norm = new nn.LayerNorm(768);
norm.loadStateDict(
  new Map([
    ["weight", rng.normal([768]).mul(0.1).add(1)],
    ["bias", rng.normal([768]).mul(0.1)],
  ]),
);
const [scale, shift, gain] = [1, 2, 3].map(() => rng.normal([1024]));

export const softmax = script((x: Tensor<[128, 1000]>) => x.softmax(-1));
export const layernorm = script((x: Tensor<[128, 768]>) => norm.forward(x));
export const eltwise = script((x: Tensor<[1024, 1024]>) =>
  x.mul(scale!).add(shift!).gelu().mul(gain!),
);
export const sum1m = script((x: Tensor<[1048576]>) => x.sum());
