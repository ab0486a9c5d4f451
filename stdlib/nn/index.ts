/** `nn`: modules, their parameters, and layers. */

export { Buffer, type Cell, Parameter } from "./cells.ts";
export { Conv2d, type Conv2dOptions } from "./conv2d.ts";
export { Dropout, Flatten, Identity, MaxPool2d, ReLU } from "./layers.ts";
export { Linear } from "./linear.ts";
export type { Loaded, LoadOptions } from "./match-state-dict.ts";
export { Module } from "./module.ts";
export { Sequential } from "./sequential.ts";
