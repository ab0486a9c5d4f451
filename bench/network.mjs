/**
 * A network as peers see it: a list of ONNX nodes over the weights that Glim's program holds. Layers are what
 * PyTorch's exporter makes of them.
 */

export class Network {
  /** @param weights of the program, by the names that Glim gives them */
  constructor(weights) {
    this.weights = weights;
    this.used = new Map();
    this.nodes = [];
  }

  /** Adds a node; its first result. */
  op(op, inputs, attributes = {}, { result = 0 } = {}) {
    const name = `${op}${this.nodes.length}`;
    const outputs = Array.from({ length: result + 1 }, (_, i) => (i === result ? name : ""));
    this.nodes.push({ op, inputs, outputs, attributes });
    return name;
  }

  /** A node of several results. */
  split(x, sizes, axis) {
    const n = this.nodes.length;
    const outputs = sizes.map((_, i) => `Split${n}_${i}`);
    const inputs = [x, this.integers(sizes)];
    this.nodes.push({ op: "Split", inputs, outputs, attributes: { axis } });
    return outputs;
  }

  weight(name) {
    const found = this.weights.get(name);
    if (found === undefined) throw new Error(`the program has no weight ${name}`);
    this.used.set(name, found);
    return name;
  }

  hasWeight(name) {
    return this.weights.has(name);
  }

  constant(shape, data) {
    const name = `constant${this.used.size}`;
    this.used.set(name, { shape, data });
    return name;
  }

  scalar(value) {
    return this.constant([], Float32Array.of(value));
  }

  integers(values) {
    return this.constant([values.length], BigInt64Array.from(values, BigInt));
  }

  conv(x, name, options) {
    const bias = this.hasWeight(`${name}.bias`) ? [this.weight(`${name}.bias`)] : [];
    const { shape } = this.weights.get(`${name}.weight`);
    return this.convolve(x, shape, options, [this.weight(`${name}.weight`), ...bias]);
  }

  convolve(x, [, , height, width], { stride = 1, pad = 0, groups = 1 } = {}, operands = []) {
    return this.op("Conv", [x, ...operands], {
      kernel_shape: [height, width],
      strides: [stride, stride],
      pads: [pad, pad, pad, pad],
      dilations: [1, 1],
      group: groups,
    });
  }

  /** A convolution and the norm after it as one convolution, as exporters and converters write them. */
  convNorm(x, conv, norm, options) {
    const { shape, data } = this.weights.get(`${conv}.weight`);
    const [gain, shift, mean, variance] = ["weight", "bias", "runningMean", "runningVar"].map(
      (part) => this.weights.get(`${norm}.${part}`).data,
    );
    const scale = variance.map((v, c) => gain[c] / Math.sqrt(v + 1e-5));
    const each = data.length / scale.length;
    const filter = data.map((w, i) => w * scale[Math.floor(i / each)]);
    const bias = shift.map((s, c) => s - mean[c] * scale[c]);
    return this.convolve(x, shape, options, [
      this.constant(shape, filter),
      this.constant([bias.length], bias),
    ]);
  }

  relu(x) {
    return this.op("Relu", [x]);
  }

  relu6(x) {
    return this.op("Clip", [x, this.scalar(0), this.scalar(6)]);
  }

  maxPool(x, size, { stride = size, pad = 0, ceil = 0 } = {}) {
    const attributes = { kernel_shape: [size, size], strides: [stride, stride] };
    return this.op("MaxPool", [x], { ...attributes, pads: [pad, pad, pad, pad], ceil_mode: ceil });
  }

  /** The mean over an image: `[batch, channels]`. */
  globalMean(x) {
    return this.op("Flatten", [this.op("GlobalAveragePool", [x])], { axis: 1 });
  }

  linear(x, name) {
    const bias = this.hasWeight(`${name}.bias`) ? [this.weight(`${name}.bias`)] : [];
    return this.op("Gemm", [x, this.weight(`${name}.weight`), ...bias], { transB: 1 });
  }

  layerNorm(x, name) {
    const operands = [x, this.weight(`${name}.weight`), this.weight(`${name}.bias`)];
    return this.op("LayerNormalization", operands, { axis: -1, epsilon: { float: 1e-5 } });
  }

  /** Written with erf, which onnxruntime knows as one function. */
  gelu(x) {
    const erf = this.op("Erf", [this.op("Div", [x, this.scalar(Math.SQRT2)])]);
    const both = this.op("Mul", [x, this.op("Add", [erf, this.scalar(1)])]);
    return this.op("Mul", [both, this.scalar(0.5)]);
  }

  geluTanh(x) {
    const cube = this.op("Pow", [x, this.scalar(3)]);
    const sum = this.op("Add", [x, this.op("Mul", [cube, this.scalar(0.044715)])]);
    const tanh = this.op("Tanh", [this.op("Mul", [sum, this.scalar(Math.sqrt(2 / Math.PI))])]);
    const half = this.op("Mul", [x, this.scalar(0.5)]);
    return this.op("Mul", [half, this.op("Add", [tanh, this.scalar(1)])]);
  }

  reshape(x, shape) {
    return this.op("Reshape", [x, this.integers(shape)]);
  }

  transpose(x, perm) {
    return this.op("Transpose", [x], { perm });
  }

  /** Attention of `[length, 3 · width]`, of which queries, keys and values are a third each. */
  attention(all, { length, width, heads, mask }) {
    const head = width / heads;
    const parts = this.split(all, [width, width, width], 1);
    const [q, k, v] = parts.map((x, i) =>
      this.transpose(this.reshape(x, [length, heads, head]), i === 1 ? [1, 2, 0] : [1, 0, 2]),
    );
    let scores = this.op("Mul", [this.op("MatMul", [q, k]), this.scalar(1 / Math.sqrt(head))]);
    if (mask !== undefined) scores = this.op("Add", [scores, mask]);
    const mixed = this.op("MatMul", [this.op("Softmax", [scores], { axis: -1 }), v]);
    return this.reshape(this.transpose(mixed, [1, 0, 2]), [length, width]);
  }

  /** An LSTM or RNN over `[time, 1, inputs]`. `hidden` false: all outputs; true: the last state. */
  recurrent(op, x, name, { size, last = false }) {
    // ONNX has the gates as input, output, forget, cell; PyTorch as input, forget, cell, output.
    const order = op === "LSTM" ? [0, 3, 1, 2] : [0];
    const gates = (w) => {
      const { shape, data } = this.weights.get(w);
      const part = data.length / order.length;
      const moved = order.flatMap((g) => [...data.subarray(g * part, (g + 1) * part)]);
      return { shape, data: Float32Array.from(moved) };
    };
    const input = gates(`${name}.weightIh`);
    const state = gates(`${name}.weightHh`);
    const biases = [...gates(`${name}.biasIh`).data, ...gates(`${name}.biasHh`).data];
    const operands = [
      x,
      this.constant([1, ...input.shape], input.data),
      this.constant([1, ...state.shape], state.data),
      this.constant([1, biases.length], Float32Array.from(biases)),
    ];
    const y = this.op(op, operands, { hidden_size: size }, { result: last ? 1 : 0 });
    return last ? y : this.op("Squeeze", [y, this.integers([1])]);
  }
}
