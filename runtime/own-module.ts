/**
 * What bindings know of the module that they were written for. `glim compile` puts the module's own answers
 * in the place of this file, and what they make useless is left out of its bindings. Here are those of
 * the loader by itself, which loads any module and has none of its own.
 */

import type { Source, SyncSource } from "./load.ts";

/** Whether there are texts, lists, records or maps, or traps to be explained. */
export const hasValues: boolean = true;

/** Whether there are numbers or booleans that are no tensors, in parameters, results or state. */
export const hasNumbers: boolean = true;

/** Whether any result is a list or a record. */
export const hasParts: boolean = true;

/** Whether there is anything that the instance keeps between calls. */
export const hasState: boolean = true;

/** Whether the weights are in a file by themselves. */
export const hasExternalWeights: boolean = true;

/** Whether there are so many weights within that they are kept out of what is compiled. */
export const isLarge: boolean = true;

/** Whether clocks are called around kernels, as `glim profile` wants it; here they do nothing. */
export const isTimed: boolean = true;

/** Whether the bindings contain the module. */
export const isInline: boolean = true;

/** How many bytes are loaded, module and weights together; 0 where that is not known. */
export const ownLength: number = 0;

const absent = (): never => {
  throw new TypeError("load: the first argument must be a module, or where to load it from");
};

/** What is loaded where nothing is given. */
export const ownSource: () => Source = absent;

/** The same for `loadSync`. */
export const ownSyncSource: () => SyncSource = absent;

/** The weights that are loaded where none are given: none here, which modules without weights need. */
export const ownWeights = (): Source => new ArrayBuffer(0);
