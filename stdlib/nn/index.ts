/** `nn`: modules, their parameters, and layers. */

export { Buffer, type Cell, Parameter } from "./cells.ts";
export { ModuleDict, ModuleList, ParameterList } from "./containers.ts";
export { Conv2d, type Conv2dOptions } from "./conv2d.ts";
export { Dropout, Flatten, Identity, MaxPool2d, ReLU } from "./layers.ts";
export { Linear } from "./linear.ts";
export { LSTM, type LstmSequence } from "./lstm.ts";
export type { Loaded, LoadOptions } from "./match-state-dict.ts";
export { Module } from "./module.ts";
export type { RecurrentOptions } from "./recurrent.ts";
export { type CellOptions, GRUCell, LSTMCell, RNNCell } from "./recurrent-cells.ts";
export type { LstmState, Nonlinearity } from "./recurrent-step.ts";
export { GRU, RNN, type Sequence } from "./rnn.ts";
export { Sequential } from "./sequential.ts";
