/** The step on the cpu backend of TF.js: the wasm one has no gradient of a convolution's weights. */

import * as tf from "@tensorflow/tfjs-core";
import "@tensorflow/tfjs-core/dist/register_all_gradients.js";
import "@tensorflow/tfjs-backend-cpu";

export async function open(images, labels) {
  await tf.setBackend("cpu");
  const x = tf.tensor4d(images, [64, 28, 28, 1]);
  const y = tf.oneHot(tf.tensor1d(labels, "int32"), 10);
  const w = (shape, fan) => tf.variable(tf.randomUniform(shape, -1 / fan ** 0.5, 1 / fan ** 0.5));
  const b = (n) => tf.variable(tf.zeros([n]));
  const [w1, b1, w2, b2] = [w([5, 5, 1, 6], 25), b(6), w([5, 5, 6, 16], 150), b(16)];
  const dense = [w([400, 120], 400), b(120), w([120, 84], 120), b(84), w([84, 10], 84), b(10)];
  const loss = () => {
    let h = tf.maxPool(tf.relu(tf.add(tf.conv2d(x, w1, 1, "same"), b1)), 2, 2, "valid");
    h = tf.maxPool(tf.relu(tf.add(tf.conv2d(h, w2, 1, "valid"), b2)), 2, 2, "valid");
    h = tf.reshape(h, [64, 400]);
    for (let i = 0; i < 6; i += 2) {
      h = tf.add(tf.matMul(h, dense[i]), dense[i + 1]);
      if (i < 4) h = tf.relu(h);
    }
    return tf.losses.softmaxCrossEntropy(y, h);
  };
  const adam = tf.train.adam(1e-3);
  const step = () => {
    const value = adam.minimize(loss, true);
    const [found] = value.dataSync();
    value.dispose();
    return found;
  };
  return { step, about: `tfjs-core ${tf.version_core}, cpu` };
}
