/** `nn`: modules, their parameters, and layers. */

export * from "./activations.ts";
export {
  type AttendOptions,
  type AttentionMask,
  MultiheadAttention,
  type MultiheadAttentionOptions,
} from "./attention.ts";
export { Bilinear } from "./bilinear.ts";
export { Buffer, type Cell, Parameter } from "./cells.ts";
export { ModuleDict, ModuleList, ParameterDict, ParameterList } from "./containers.ts";
export {
  Conv1d,
  type Conv1dOptions,
  Conv2d,
  type Conv2dOptions,
  Conv3d,
  type Conv3dOptions,
  type PaddingMode,
} from "./conv.ts";
export {
  ConvTranspose1d,
  type ConvTranspose1dOptions,
  ConvTranspose2d,
  type ConvTranspose2dOptions,
  ConvTranspose3d,
  type ConvTranspose3dOptions,
} from "./conv-transpose.ts";
export { CosineSimilarity, PairwiseDistance } from "./distances.ts";
export {
  AlphaDropout,
  Dropout,
  Dropout1d,
  Dropout2d,
  Dropout3d,
  type DropoutOptions,
  FeatureAlphaDropout,
} from "./dropout.ts";
export { Embedding, EmbeddingBag } from "./embedding.ts";
export { ChannelShuffle, PixelShuffle, PixelUnshuffle, Upsample } from "./images.ts";
export * as init from "./init.ts";
export { Flatten, Identity, Unflatten } from "./layers.ts";
export { Linear } from "./linear.ts";
export * from "./losses/index.ts";
export { LSTM, type LstmSequence } from "./lstm.ts";
export type { Loaded, LoadOptions } from "./match-state-dict.ts";
export { Module } from "./module.ts";
export {
  BatchNorm1d,
  BatchNorm2d,
  BatchNorm3d,
  type BatchNormOptions,
  GroupNorm,
  InstanceNorm1d,
  InstanceNorm2d,
  InstanceNorm3d,
  LayerNorm,
  type LayerNormOptions,
  LocalResponseNorm,
  RMSNorm,
} from "./norms.ts";
export * from "./pads.ts";
export * from "./pools.ts";
export type { RecurrentOptions } from "./recurrent.ts";
export { type CellOptions, GRUCell, LSTMCell, RNNCell } from "./recurrent-cells.ts";
export type { LstmState, Nonlinearity } from "./recurrent-step.ts";
export { GRU, RNN, type Sequence } from "./rnn.ts";
export { Sequential } from "./sequential.ts";
export {
  type DecodeOptions,
  type EncodeOptions,
  type StackOptions,
  Transformer,
  TransformerDecoder,
  TransformerDecoderLayer,
  TransformerEncoder,
  TransformerEncoderLayer,
  type TransformerOptions,
  type TranslateOptions,
} from "./transformer.ts";
export { LPPool1d, LPPool2d, MaxUnpool1d, MaxUnpool2d, MaxUnpool3d } from "./unpools.ts";
export { Fold, Unfold } from "./windows.ts";
