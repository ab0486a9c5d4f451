/** What is measured: for each program its file, its input, its work, and the network that peers run. */

const gemm = (n, rows = n) => ({
  file: "kernels.ts",
  input: { shape: [rows, n] },
  output: [rows, n],
  flops: 2 * rows * n * n,
  network: (g, x) => g.op("MatMul", [x, g.weight(`w${n}`)]),
});

const conv = (name, { inputs, outputs, kernel, groups = 1 }) => ({
  file: "kernels.ts",
  input: { shape: [1, inputs, 56, 56] },
  output: [1, outputs, 56, 56],
  flops: 2 * 56 * 56 * outputs * kernel * kernel * (inputs / groups),
  network: (g, x) => g.conv(x, name, { pad: (kernel - 1) / 2, groups }),
});

const image = { shape: [1, 3, 224, 224] };

/** `bytes`: what must be read and written at least. `flops`: multiplications and additions of contractions. */
export const kernels = {
  gemm64: gemm(64),
  gemm256: gemm(256),
  gemm512: gemm(512),
  gemm1024: gemm(1024),
  gemv1024: { ...gemm(1024, 1), bytes: 4 * 1024 * 1024 },
  conv3x3: conv("square", { inputs: 64, outputs: 64, kernel: 3 }),
  conv1x1: conv("pointwise", { inputs: 24, outputs: 144, kernel: 1 }),
  dwconv3x3: conv("depthwise", { inputs: 144, outputs: 144, kernel: 3, groups: 144 }),
  softmax: {
    file: "kernels.ts",
    input: { shape: [128, 1000] },
    output: [128, 1000],
    bytes: 8 * 128 * 1000,
    network: (g, x) => g.op("Softmax", [x], { axis: -1 }),
  },
  layernorm: {
    file: "kernels.ts",
    input: { shape: [128, 768] },
    output: [128, 768],
    bytes: 8 * 128 * 768,
    network: (g, x) => g.layerNorm(x, "norm"),
  },
  eltwise: {
    file: "kernels.ts",
    input: { shape: [1024, 1024] },
    output: [1024, 1024],
    bytes: 8 * 1024 * 1024,
    network: (g, x) => {
      const inner = g.op("Add", [g.op("Mul", [x, g.weight("scale")]), g.weight("shift")]);
      return g.op("Mul", [g.gelu(inner), g.weight("gain")]);
    },
  },
  sum1m: {
    file: "kernels.ts",
    input: { shape: [1048576] },
    output: [],
    bytes: 4 * 1048576,
    network: (g, x) => g.op("ReduceSum", [x, g.integers([0])], { keepdims: 0 }),
  },
};

const lenet = (g, x) => {
  const images = g.reshape(x, [1, 1, 28, 28]);
  const first = g.maxPool(g.relu(g.conv(images, "net.conv1", { pad: 2 })), 2);
  const second = g.maxPool(g.relu(g.conv(first, "net.conv2")), 2);
  const flat = g.op("Flatten", [second], { axis: 1 });
  return ["fc1", "fc2"].reduce((h, fc) => g.relu(g.linear(h, `net.${fc}`)), flat);
};

const squeezenet = (g, x) => {
  const at = (i) => `net.features.stages.${i}`;
  const layer = (y, name, options) => g.relu(g.conv(y, name, options));
  const fire = (y, name) => {
    const h = layer(y, `${name}.squeeze`);
    const parts = [layer(h, `${name}.expand1x1`), layer(h, `${name}.expand3x3`, { pad: 1 })];
    return g.op("Concat", parts, { axis: 1 });
  };
  const pool = (y) => g.maxPool(y, 3, { stride: 2, ceil: 1 });
  let h = layer(x, at(0), { stride: 2 });
  for (let i = 2; i < 13; i++) h = [2, 5, 8].includes(i) ? pool(h) : fire(h, at(i));
  return g.globalMean(layer(h, "net.classifier.stages.1"));
};

/** Of each stage: expansion, outputs, blocks, the first block's stride. */
const stages = [
  [1, 16, 1, 1],
  [6, 24, 2, 2],
  [6, 32, 3, 2],
  [6, 64, 4, 2],
  [6, 96, 3, 1],
  [6, 160, 3, 2],
  [6, 320, 1, 1],
];

const mobilenet = (g, x) => {
  const block = (y, name, options) =>
    g.relu6(g.convNorm(y, `${name}.stages.0`, `${name}.stages.1`, options));
  let h = block(x, "net.features.stages.0", { stride: 2, pad: 1 });
  let [inputs, n] = [32, 1];
  for (const [expansion, outputs, count, first] of stages) {
    for (let i = 0; i < count; i++, n++) {
      const at = (part) => `net.features.stages.${n}.conv.stages.${part}`;
      const stride = i === 0 ? first : 1;
      const last = expansion === 1 ? 0 : 1;
      let y = expansion === 1 ? h : block(h, at(0));
      y = block(y, at(last), { stride, pad: 1, groups: inputs * expansion });
      y = g.convNorm(y, at(last + 1), at(last + 2));
      h = stride === 1 && inputs === outputs ? g.op("Add", [h, y]) : y;
      inputs = outputs;
    }
  }
  return g.linear(g.globalMean(block(h, "net.features.stages.18")), "net.classifier.stages.1");
};

const resnet = (g, x) => {
  const layer = (y, conv, norm, options) => g.convNorm(y, conv, norm, options);
  const block = (y, name, stride) => {
    const down = `${name}.downsample.stages`;
    const skip = g.hasWeight(`${down}.0.weight`)
      ? layer(y, `${down}.0`, `${down}.1`, { stride })
      : y;
    const h = g.relu(layer(y, `${name}.conv1`, `${name}.bn1`, { stride, pad: 1 }));
    return g.relu(g.op("Add", [layer(h, `${name}.conv2`, `${name}.bn2`, { pad: 1 }), skip]));
  };
  let h = g.relu(layer(x, "net.conv1", "net.bn1", { stride: 2, pad: 3 }));
  h = g.maxPool(h, 3, { stride: 2, pad: 1 });
  for (const stage of [1, 2, 3, 4]) {
    for (const i of [0, 1]) {
      h = block(h, `net.layer${stage}.stages.${i}`, stage > 1 && i === 0 ? 2 : 1);
    }
  }
  return g.linear(g.globalMean(h), "net.fc");
};

const gpt = (length) => (g, x) => {
  const width = 384;
  const positions = g.weights.get("net.wpe.weight").data.slice(0, length * width);
  const masked = Float32Array.from({ length: length * length }, (_, i) =>
    i % length > Math.floor(i / length) ? -1e9 : 0,
  );
  const mask = g.constant([length, length], masked);
  const words = g.op("Gather", [g.weight("net.wte.weight"), x], { axis: 0 });
  let h = g.op("Add", [words, g.constant([length, width], positions)]);
  for (let i = 0; i < 6; i++) {
    const at = (part) => `net.h.${i}.${part}`;
    const all = g.linear(g.layerNorm(h, at("ln1")), at("attn.cAttn"));
    const seen = g.attention(all, { length, width, heads: 6, mask });
    h = g.op("Add", [h, g.linear(seen, at("attn.cProj"))]);
    const inner = g.geluTanh(g.linear(g.layerNorm(h, at("ln2")), at("mlp.cFc")));
    h = g.op("Add", [h, g.linear(inner, at("mlp.cProj"))]);
  }
  return g.linear(g.layerNorm(h, "net.lnF"), "net.wte");
};

const encoder = (g, x) => {
  const [length, width] = [128, 384];
  const words = g.op("Gather", [g.weight("net.wte.weight"), x], { axis: 0 });
  let h = g.layerNorm(g.op("Add", [words, g.weight("net.wpe")]), "net.ln");
  for (let i = 0; i < 6; i++) {
    const at = (part) => `net.blocks.${i}.${part}`;
    const seen = g.attention(g.linear(h, at("qkv")), { length, width, heads: 12 });
    h = g.layerNorm(g.op("Add", [h, g.linear(seen, at("proj"))]), at("ln1"));
    const inner = g.gelu(g.linear(h, at("fc1")));
    h = g.layerNorm(g.op("Add", [h, g.linear(inner, at("fc2"))]), at("ln2"));
  }
  return g.op("ReduceMean", [h], { axes: [0], keepdims: 0 });
};

export const models = {
  mlp: {
    file: "mlp.ts",
    input: { shape: [1, 784] },
    output: [1, 10],
    network: (g, x) => {
      const h = [0, 2].reduce((y, i) => g.relu(g.linear(y, `net.stages.${i}`)), x);
      return g.linear(h, "net.stages.4");
    },
  },
  lenet5: {
    file: "lenet5.ts",
    input: { shape: [1, 784] },
    output: [1, 10],
    network: (g, x) => g.linear(lenet(g, x), "net.fc3"),
  },
  squeezenet1_1: {
    file: "squeezenet1_1.ts",
    input: image,
    output: [1, 1000],
    network: squeezenet,
  },
  mobilenet_v2: { file: "mobilenet_v2.ts", input: image, output: [1, 1000], network: mobilenet },
  resnet18: { file: "resnet18.ts", input: image, output: [1, 1000], network: resnet },
  charlstm: {
    file: "charlstm.ts",
    input: { shape: [64, 1], below: 128 },
    output: [64, 1, 128],
    network: (g, x) => {
      const words = g.op("Gather", [g.weight("net.emb.weight"), x], { axis: 0 });
      const h = [0, 1].reduce(
        (y, i) => g.recurrent("LSTM", y, `net.lstm.directions.${i}`, { size: 256 }),
        words,
      );
      const rows = g.linear(g.reshape(h, [64, 256]), "net.out");
      return g.reshape(rows, [64, 1, 128]);
    },
  },
  charrnn: {
    file: "charrnn.ts",
    input: { shape: [16, 1, 57] },
    output: [1, 18],
    network: (g, x) => {
      const hidden = g.recurrent("RNN", x, "rnn.directions.0", { size: 128, last: true });
      const h = g.op("Squeeze", [hidden, g.integers([0])]);
      return g.op("LogSoftmax", [g.linear(h, "h2o")], { axis: -1 });
    },
  },
  gpt_mini: {
    file: "gpt_mini.ts",
    input: { shape: [128], below: 256 },
    output: [128, 256],
    network: gpt(128),
  },
  encoder_mini: {
    file: "encoder_mini.ts",
    input: { shape: [128], below: 8192 },
    output: [384],
    network: encoder,
  },
};

export const suite = { ...kernels, ...models };
