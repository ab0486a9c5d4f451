/** The losses. Each takes predictions, then targets, and the option `reduction`. */

export {
  type BceOptions,
  type BceWithLogitsOptions,
  bce,
  bceWithLogits,
  type CrossEntropyOptions,
  crossEntropy,
  type KlDivOptions,
  klDiv,
  type NllOptions,
  nll,
} from "./classification.ts";
export { type CtcOptions, ctc } from "./ctc.ts";
export {
  cosineEmbedding,
  hingeEmbedding,
  type MarginOptions,
  type MultilabelOptions,
  type MultiMarginOptions,
  marginRanking,
  multilabelMargin,
  multilabelSoftMargin,
  multiMargin,
  softMargin,
  type TripletDistanceOptions,
  type TripletOptions,
  tripletMargin,
  tripletMarginWithDistance,
} from "./margin.ts";
export type { LossOptions, Reduction } from "./reduction.ts";
export {
  type GaussianNllOptions,
  gaussianNll,
  type HuberOptions,
  huber,
  l1,
  mse,
  type PoissonNllOptions,
  poissonNll,
  type SmoothL1Options,
  smoothL1,
} from "./regression.ts";
