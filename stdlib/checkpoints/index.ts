/** Checkpoints: training runs that stop and go on. */

export { type CheckpointOptions, loadCheckpoint, type Rest } from "./load-checkpoint.ts";
export type { Continued, Resumable } from "./part.ts";
export type { Plain } from "./plain.ts";
export { type Kept, saveCheckpoint } from "./save-checkpoint.ts";
