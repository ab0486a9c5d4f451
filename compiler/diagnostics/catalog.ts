/**
 * The catalogue: every message that Glim gives about a user's program. A code is never reused.
 *
 * | range | what is wrong |
 * | --- | --- |
 * | GLIM1xxx | the program leaves the script subset, and always will |
 * | GLIM2xxx | loading, types of the file, entry points, weights |
 * | GLIM3xxx | types, shapes and values do not fit |
 * | GLIM4xxx | inside the subset, but this version does not compile it yet |
 * | GLIM5xxx | a program fails when it runs: assert, throw, memory |
 * | GLIM6xxx | compiled modules, and the files that they are run on |
 * | GLIM9xxx | a bug in Glim |
 */

export * as artefacts from "./catalog/artefacts.ts";
export * as bugs from "./catalog/bugs.ts";
export * as gradients from "./catalog/gradients.ts";
export * as loading from "./catalog/loading.ts";
export * as running from "./catalog/running.ts";
export * as subset from "./catalog/subset.ts";
export * as tensors from "./catalog/tensors.ts";
export * as types from "./catalog/types.ts";
export * as unsupported from "./catalog/unsupported.ts";
