/** `optim`: optimisers, learning rates, clipping of gradients, averages of parameters. */

export { Adagrad, type AdagradOptions } from "./adagrad.ts";
export { Adam, type AdamOptions, AdamW } from "./adam.ts";
export { clipNorm, clipValue, gradNorm } from "./clip.ts";
export { EMA } from "./ema.ts";
export { Lion, type LionOptions } from "./lion.ts";
export { Optimizer, type ParameterGroup, type Trained } from "./optimizer.ts";
export { RMSprop, type RmspropOptions } from "./rmsprop.ts";
export {
  cosine,
  type DecayOptions,
  exponential,
  linear,
  type OneCycleOptions,
  oneCycle,
  stepDecay,
  warmUp,
} from "./schedules.ts";
export { SGD, type SgdOptions } from "./sgd.ts";
