/** `optim`: optimisers, learning rates, clipping of gradients, averages of parameters. */

export { Adadelta, type AdadeltaOptions } from "./adadelta.ts";
export { Adagrad, type AdagradOptions } from "./adagrad.ts";
export { Adam, type AdamOptions, AdamW } from "./adam.ts";
export { Adamax, type AdamaxOptions } from "./adamax.ts";
export { ASGD, type AsgdOptions } from "./asgd.ts";
export { clipNorm, clipValue, gradNorm } from "./clip.ts";
export { EMA } from "./ema.ts";
export { Lion, type LionOptions } from "./lion.ts";
export { NAdam, type NadamOptions } from "./nadam.ts";
export { Optimizer, type ParameterGroup, type Trained } from "./optimizer.ts";
export { type PlateauOptions, ReduceOnPlateau } from "./plateau.ts";
export { RAdam, type RadamOptions } from "./radam.ts";
export { RMSprop, type RmspropOptions } from "./rmsprop.ts";
export { Rprop, type RpropOptions } from "./rprop.ts";
export {
  type CyclicOptions,
  constant,
  cosine,
  cosineRestarts,
  cyclic,
  type DecayOptions,
  exponential,
  linear,
  multiStep,
  type OneCycleOptions,
  oneCycle,
  polynomial,
  stepDecay,
  warmUp,
} from "./schedules.ts";
export { SGD, type SgdOptions } from "./sgd.ts";
