/** Writes ONNX models, so that a peer can run the very weights that Glim runs. */

import protobuf from "protobufjs/minimal.js";

const { Writer } = protobuf;
const length = 2; // wire type of strings, bytes, messages
const fixed32 = 5;
/** Of TensorProto.DataType. */
const types = { f32: 1, i32: 6, i64: 7 };

/** A message field: its number, and what writes its content. */
const message = (w, field, write) => {
  w.uint32((field << 3) | length).fork();
  write(w);
  w.ldelim();
};
const text = (w, field, value) => w.uint32((field << 3) | length).string(value);
const int = (w, field, value) => w.uint32(field << 3).int64(value);

/** An integer, a text, a list of integers, or `{ float }`. */
function attribute(w, name, value) {
  text(w, 1, name);
  if (Array.isArray(value)) {
    for (const v of value) int(w, 8, v);
    int(w, 20, 7); // INTS
  } else if (typeof value === "string") {
    text(w, 4, value);
    int(w, 20, 3); // STRING
  } else if (typeof value === "object") {
    w.uint32((2 << 3) | fixed32).float(value.float);
    int(w, 20, 1); // FLOAT
  } else {
    int(w, 3, value);
    int(w, 20, 2); // INT
  }
}

function node(w, { op, inputs, outputs, attributes = {} }) {
  for (const name of inputs) text(w, 1, name);
  for (const name of outputs) text(w, 2, name);
  text(w, 4, op);
  for (const [name, value] of Object.entries(attributes)) {
    message(w, 5, (a) => attribute(a, name, value));
  }
}

/** Float32Array or BigInt64Array. */
function tensor(w, name, { shape, data }) {
  for (const d of shape) int(w, 1, d);
  int(w, 2, data instanceof Float32Array ? types.f32 : types.i64);
  text(w, 8, name);
  w.uint32((9 << 3) | length).bytes(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
}

function valueInfo(w, { name, shape, dtype = "f32" }) {
  text(w, 1, name);
  message(w, 2, (type) =>
    message(type, 1, (t) => {
      int(t, 1, types[dtype]);
      message(t, 2, (s) => {
        for (const d of shape) message(s, 1, (dim) => int(dim, 1, d));
      });
    }),
  );
}

/**
 * The bytes of a model. `weights` maps names to { shape, data }.
 * Field numbers are those of onnx.proto (ONNX, Apache-2.0).
 */
export function writeOnnx({ nodes, weights, input, output, opset = 17 }) {
  const w = Writer.create();
  int(w, 1, 8); // IR version
  message(w, 7, (graph) => {
    for (const n of nodes) message(graph, 1, (x) => node(x, n));
    text(graph, 2, "model");
    for (const [name, t] of weights) message(graph, 5, (x) => tensor(x, name, t));
    message(graph, 11, (x) => valueInfo(x, input));
    message(graph, 12, (x) => valueInfo(x, output));
  });
  message(w, 8, (set) => {
    text(set, 1, "");
    int(set, 2, opset);
  });
  return w.finish();
}
