/** What the build writes beside this file's compiled neighbours: the kernel module and its table. */

import type { KernelTable } from "../../compiler/ops/kernel-abi.js";

/** The bytes of kernels.wasm in base64, so that no host needs to know where the file is. */
export declare const kernelBytes: string;
export declare const kernelTable: KernelTable;
