/** What programs import from "glim/data": data sets in batches, and what shows how training goes. */

export { type BatchOptions, batches } from "./batches.ts";
export { type Collated, collate } from "./collate.ts";
export { DataLoader, type LoaderOptions, type LoaderState } from "./data-loader.ts";
export { type Dataset, listed } from "./dataset.ts";
export type { Shuffle } from "./epoch-order.ts";
export type { ThreadOptions } from "./loading-threads.ts";
export { type Progress, type ProgressOptions, progress, type Screen } from "./progress.ts";
export { readIdx } from "./read-idx.ts";
export { type LogEntry, RunLog } from "./run-log.ts";
