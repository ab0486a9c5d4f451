/**
 * TF.js with its WebAssembly backend: the nodes as its converter would write them, channels last, biases and
 * activations fused.
 */

import { createRequire } from "node:module";
import path from "node:path";
import { readNetwork } from "../read-network.mjs";

const require = createRequire(import.meta.url);
const tf = require("@tensorflow/tfjs-core");
const backend = require("@tensorflow/tfjs-backend-wasm");

const toChannelsLast = (shape) =>
  shape.length === 4 ? [shape[0], shape[2], shape[3], shape[1]] : shape;

/** Data of `shape` with its axes in another order. */
function permuted(data, shape, order) {
  const steps = shape.map((_, i) => shape.slice(i + 1).reduce((a, b) => a * b, 1));
  const sizes = order.map((axis) => shape[axis]);
  const by = order.map((axis) => steps[axis]);
  const at = sizes.map(() => 0);
  const to = new Float32Array(data.length);
  for (let i = 0, from = 0; i < to.length; i++) {
    to[i] = data[from];
    for (let axis = sizes.length - 1; axis >= 0; axis--) {
      from += by[axis];
      if (++at[axis] < sizes[axis]) break;
      from -= by[axis] * sizes[axis];
      at[axis] = 0;
    }
  }
  return to;
}

/** Makes steps of nodes: each gives names to tensors that it makes of others. */
class Translation {
  constructor({ nodes, weights }) {
    this.nodes = nodes;
    this.weights = weights;
    this.steps = [];
    this.tensors = new Map();
    /** Where images were flattened with their channels last: [height, width, channels]. */
    this.flattened = new Map();
    this.users = new Map();
    for (const { inputs } of nodes) {
      for (const name of inputs) this.users.set(name, (this.users.get(name) ?? 0) + 1);
    }
  }

  run() {
    for (let i = 0; i < this.nodes.length; i++) i = this.translate(i);
  }

  /** Adds a step, and does it, so that later steps know the shapes. */
  step(name, make) {
    const step = (tensors) =>
      tensors.set(
        name,
        make((of) => tensors.get(of)),
      );
    this.steps.push(step);
    step(this.tensors);
  }

  constant(name) {
    const { shape, data } = this.weights.get(name);
    return tf.tensor(data, shape);
  }

  /** A weight as a tensor, anything else by its name. */
  operand(name) {
    if (this.weights.has(name)) this.tensors.set(name, this.constant(name));
    return name;
  }

  integers(name) {
    return [...this.weights.get(name).data].map(Number);
  }

  /** The node after this one, if it alone reads what this one gives. */
  next(i, op) {
    const [result] = this.nodes[i].outputs;
    const next = this.nodes[i + 1];
    return next?.op === op && next.inputs[0] === result && this.users.get(result) === 1
      ? next
      : undefined;
  }

  /** The activation after node `i`, and the number of the last node that is fused. */
  activation(i) {
    if (this.next(i, "Relu")) return ["relu", i + 1];
    if (this.next(i, "Clip")) return ["relu6", i + 1];
    return [undefined, i];
  }

  translate(i) {
    const node = this.nodes[i];
    if (node.op === "Conv") return this.conv(i);
    if (node.op === "Gemm") return this.gemm(i);
    const make = this[node.op];
    if (make === undefined) throw new Error(`TF.js: no translation of ${node.op}`);
    make.call(this, node);
    return i;
  }

  conv(i) {
    const node = this.nodes[i];
    const [x, weight, biasName] = node.inputs;
    const { shape, data } = this.weights.get(weight);
    const [activation, end] = this.activation(i);
    const { group, strides, pads } = node.attributes;
    const [top, left, bottom, right] = pads;
    const isPadded = pads.some((p) => p > 0);
    const options = {
      strides,
      pad: isPadded
        ? [
            [0, 0],
            [top, bottom],
            [left, right],
            [0, 0],
          ]
        : "valid",
      bias: biasName && this.constant(biasName),
      activation,
    };
    const [outputs, , height, width] = shape;
    if (group > 1) {
      const order = [2, 3, 0, 1];
      const filter = tf.tensor(permuted(data, shape, order), [height, width, outputs, 1]);
      this.step(this.nodes[end].outputs[0], (of) =>
        tf.fused.depthwiseConv2d({ x: of(x), filter, ...options }),
      );
    } else {
      const order = [2, 3, 1, 0];
      const sizes = order.map((axis) => shape[axis]);
      const filter = tf.tensor(permuted(data, shape, order), sizes);
      this.step(this.nodes[end].outputs[0], (of) =>
        tf.fused.conv2d({ x: of(x), filter, ...options }),
      );
    }
    return end;
  }

  gemm(i) {
    const node = this.nodes[i];
    const [x, weight, biasName] = node.inputs;
    const { shape, data } = this.weights.get(weight);
    const image = this.flattened.get(x);
    const rows = image
      ? permuted(data, [shape[0], image[2], image[0], image[1]], [0, 2, 3, 1])
      : data;
    const b = tf.tensor(permuted(rows, shape, [1, 0]), [shape[1], shape[0]]);
    const bias = biasName && this.constant(biasName);
    const [activation, end] = this.activation(i);
    this.step(this.nodes[end].outputs[0], (of) =>
      tf.fused.matMul({ a: of(x), b, bias, activation }),
    );
    return end;
  }

  /** A node of one operand that keeps its shape. */
  map(node, f) {
    const [x] = node.inputs;
    this.step(node.outputs[0], (of) => f(of(x)));
  }

  pair(node, f) {
    const [x, y] = node.inputs.map((name) => this.operand(name));
    this.step(node.outputs[0], (of) => f(of(x), of(y)));
  }

  Relu(node) {
    this.map(node, tf.relu);
  }
  Tanh(node) {
    this.map(node, tf.tanh);
  }
  Erf(node) {
    this.map(node, tf.erf);
  }
  Add(node) {
    this.pair(node, tf.add);
  }
  Mul(node) {
    this.pair(node, tf.mul);
  }
  Div(node) {
    this.pair(node, tf.div);
  }
  MatMul(node) {
    this.pair(node, (x, y) => tf.matMul(x, y));
  }
  Pow(node) {
    this.map(node, (x) => tf.mul(tf.square(x), x));
  }
  Softmax(node) {
    this.map(node, (x) => tf.softmax(x, -1));
  }
  LogSoftmax(node) {
    this.map(node, (x) => tf.logSoftmax(x, -1));
  }

  LayerNormalization(node) {
    const [gain, shift] = node.inputs.slice(1).map((name) => this.constant(name));
    const epsilon = node.attributes.epsilon.float;
    this.map(node, (x) => {
      const centred = tf.sub(x, tf.mean(x, -1, true));
      const variance = tf.mean(tf.square(centred), -1, true);
      const unit = tf.mul(centred, tf.rsqrt(tf.add(variance, epsilon)));
      return tf.add(tf.mul(unit, gain), shift);
    });
  }

  MaxPool(node) {
    const { kernel_shape: size, strides, pads, ceil_mode: isCeil } = node.attributes;
    const { shape } = this.tensors.get(node.inputs[0]);
    const isExact = [1, 2].every(
      (axis) => (shape[axis] - size[axis - 1]) % strides[axis - 1] === 0,
    );
    if (isCeil && !isExact) throw new Error("TF.js: no pooling of windows that are cut off");
    const [top, left, bottom, right] = pads;
    const padding = [
      [0, 0],
      [top, bottom],
      [left, right],
      [0, 0],
    ];
    const pad = pads.some((p) => p > 0)
      ? (x) => tf.pad(x, padding, Number.NEGATIVE_INFINITY)
      : (x) => x;
    this.map(node, (x) => tf.maxPool(pad(x), size, strides, "valid"));
  }

  GlobalAveragePool(node) {
    this.map(node, (x) => tf.mean(x, [1, 2], true));
  }

  Flatten(node) {
    const { shape } = this.tensors.get(node.inputs[0]);
    const [batch, ...rest] = shape;
    if (rest.length === 3) this.flattened.set(node.outputs[0], rest);
    this.map(node, (x) => tf.reshape(x, [batch, rest.reduce((a, b) => a * b, 1)]));
  }

  ReduceSum(node) {
    this.map(node, (x) => tf.sum(x, this.integers(node.inputs[1]), false));
  }
  ReduceMean(node) {
    this.map(node, (x) => tf.mean(x, node.attributes.axes, node.attributes.keepdims === 1));
  }

  Reshape(node) {
    const shape = this.integers(node.inputs[1]);
    // One channel lies alike first and last.
    if (shape.length === 4 && shape[1] !== 1) throw new Error("TF.js: no reshape to images");
    this.map(node, (x) => tf.reshape(x, toChannelsLast(shape)));
  }
  Squeeze(node) {
    const axes = this.integers(node.inputs[1]);
    this.map(node, (x) => tf.squeeze(x, axes));
  }
  Transpose(node) {
    this.map(node, (x) => tf.transpose(x, node.attributes.perm));
  }
  Concat(node) {
    const { inputs, outputs, attributes } = node;
    const { rank } = this.tensors.get(inputs[0]);
    const axis = rank === 4 ? [0, 3, 1, 2][attributes.axis] : attributes.axis;
    this.step(outputs[0], (of) => tf.concat(inputs.map(of), axis));
  }
  Gather(node) {
    this.pair(node, (table, positions) => tf.gather(table, positions));
  }

  Split(node) {
    const { inputs, outputs, attributes } = node;
    const sizes = this.integers(inputs[1]);
    const step = (tensors) =>
      tf.split(tensors.get(inputs[0]), sizes, attributes.axis).forEach((part, i) => {
        tensors.set(outputs[i], part);
      });
    this.steps.push(step);
    step(this.tensors);
  }

  LSTM(node) {
    const size = node.attributes.hidden_size;
    this.recurrent(node, 4, (gates, { cell }) => {
      const [input, output, forget, next] = tf.split(gates, 4, 1);
      const kept = tf.mul(tf.sigmoid(forget), cell ?? tf.zeros([1, size]));
      const now = tf.add(kept, tf.mul(tf.sigmoid(input), tf.tanh(next)));
      return { hidden: tf.mul(tf.sigmoid(output), tf.tanh(now)), cell: now };
    });
  }
  RNN(node) {
    this.recurrent(node, 1, (gates) => ({ hidden: tf.tanh(gates) }));
  }

  /** The products of the inputs for all times at once, as ONNX Runtime and PyTorch do it, too. */
  recurrent(node, gates, advance) {
    const [x, w, r, b] = node.inputs;
    const size = node.attributes.hidden_size;
    const matrix = (name) => tf.transpose(tf.squeeze(this.constant(name), [0]));
    const [fromInput, fromState] = [matrix(w), matrix(r)];
    const { data } = this.weights.get(b);
    const sum = Float32Array.from(
      { length: gates * size },
      (_, i) => data[i] + data[gates * size + i],
    );
    const bias = tf.tensor(sum);
    const [all, last] = node.outputs;
    this.step(last ?? all, (of) => {
      const [time, , width] = of(x).shape;
      const rows = tf.split(
        tf.add(tf.matMul(tf.reshape(of(x), [time, width]), fromInput), bias),
        time,
        0,
      );
      let state = { hidden: tf.zeros([1, size]), cell: undefined };
      const outputs = rows.map((row) => {
        state = advance(tf.add(tf.matMul(state.hidden, fromState), row), state);
        return state.hidden;
      });
      return last === undefined
        ? tf.reshape(tf.concat(outputs, 0), [time, 1, 1, size])
        : tf.reshape(state.hidden, [1, 1, size]);
    });
  }
}

export async function open(folder, { input, output }) {
  const file = require.resolve("@tensorflow/tfjs-backend-wasm");
  backend.setWasmPaths(path.dirname(file) + path.sep);
  await tf.setBackend("wasm");
  await tf.ready();
  const translation = new Translation(readNetwork(folder));
  const isImage = input.shape.length === 4;
  const data = isImage ? permuted(input.data, input.shape, [0, 2, 3, 1]) : input.data;
  const x = tf.tensor(data, toChannelsLast(input.shape), input.below ? "int32" : "float32");
  translation.tensors.set("input", x);
  translation.run();
  const known = new Map(
    [...translation.tensors].filter(([n]) => n === "input" || translation.weights.has(n)),
  );
  const { steps } = translation;
  const run = () => {
    const y = tf.tidy(() => {
      const tensors = new Map(known);
      for (const step of steps) step(tensors);
      return tensors.get("output");
    });
    const result = y.dataSync();
    y.dispose();
    return result;
  };
  const isImageOut = output.length === 4;
  return {
    run,
    arrange: (y) => (isImageOut ? permuted(y, toChannelsLast(output), [0, 3, 1, 2]) : y),
  };
}
