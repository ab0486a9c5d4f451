/** jax-js: the whole step, with Adam, in one `jit` on its WebAssembly backend. */

import * as jax from "@jax-js/jax";

const { numpy: np, lax, nn, tree } = jax;

export async function open(images, labels) {
  await jax.init("wasm");
  jax.defaultDevice("wasm");
  const w = (shape, fan) => {
    const size = shape.reduce((a, b) => a * b, 1);
    const data = Float32Array.from({ length: size }, () => (Math.random() * 2 - 1) / fan ** 0.5);
    return np.array(data).reshape(shape);
  };
  let params = {
    w1: w([6, 1, 5, 5], 25),
    b1: np.zeros([6, 1, 1]),
    w2: w([16, 6, 5, 5], 150),
    b2: np.zeros([16, 1, 1]),
    w3: w([400, 120], 400),
    b3: np.zeros([120]),
    w4: w([120, 84], 120),
    b4: np.zeros([84]),
    w5: w([84, 10], 84),
    b5: np.zeros([10]),
  };
  const x = np.array(images).reshape([64, 1, 28, 28]);
  const y = nn.oneHot(np.array(labels, { dtype: np.int32 }), 10);
  const pool = (h) => {
    const [n, c, height, width] = h.shape;
    return np.max(h.reshape([n, c, height / 2, 2, width / 2, 2]), [3, 5]);
  };
  const lossOf = (p, x, y) => {
    let h = pool(nn.relu(lax.conv(x, p.w1, [1, 1], "SAME").add(p.b1)));
    h = pool(nn.relu(lax.conv(h, p.w2, [1, 1], "VALID").add(p.b2))).reshape([64, 400]);
    h = nn.relu(np.matmul(h, p.w3).add(p.b3));
    h = nn.relu(np.matmul(h, p.w4).add(p.b4));
    h = np.matmul(h, p.w5).add(p.b5);
    return nn
      .logSoftmax(h)
      .mul(y)
      .sum()
      .mul(-1 / 64);
  };
  const zeros = () => tree.map((t) => np.zeros(t.shape), tree.ref(params));
  let [m, v] = [zeros(), zeros()];
  const update = jax.jit((p, m, v, rate, x, y) => {
    const [loss, g] = jax.valueAndGrad(lossOf)(tree.ref(p), x, y);
    const m2 = tree.map((a, b) => a.mul(0.9).add(b.mul(0.1)), m, tree.ref(g));
    const v2 = tree.map((a, b) => a.mul(0.999).add(b.ref.mul(b).mul(0.001)), v, g);
    const p2 = tree.map(
      (a, mean, square) => a.sub(mean.mul(rate.ref).div(np.sqrt(square).add(1e-8))),
      p,
      tree.ref(m2),
      tree.ref(v2),
    );
    rate.dispose();
    return [loss, p2, m2, v2];
  });
  let count = 0;
  const step = async () => {
    count++;
    const rate = np.array((1e-3 * Math.sqrt(1 - 0.999 ** count)) / (1 - 0.9 ** count));
    let loss;
    [loss, params, m, v] = update(params, m, v, rate, x.ref, y.ref);
    await jax.blockUntilReady(tree.ref(params));
    return loss.js();
  };
  return { step, about: "jax-js, wasm" };
}
