/** Words of the kernels' plans, as compiler/ops/kernel-abi.ts has them; the build compares the two. */

export const planAxis: i32 = 10;

export const contractRowPointer: i32 = 0;
export const contractColumnPointer: i32 = 1;
export const contractOutPointer: i32 = 2;
export const contractTiles: i32 = 3;
export const contractBatchAxes: i32 = 4;
export const contractRowAxes: i32 = 5;
export const contractColumnAxes: i32 = 6;
export const contractReducedAxes: i32 = 7;
export const contractBatchCount: i32 = 8;
export const contractRowCount: i32 = 9;
export const contractColumnCount: i32 = 10;
export const contractReducedCount: i32 = 11;
export const contractHasHoles: i32 = 12;
export const contractFirstPosition: i32 = 13;
export const contractIsFloat: i32 = 14;
export const contractRowGuards: i32 = 15;
export const contractColumnGuards: i32 = 22;
export const contractPackedRows: i32 = 29;
export const contractIsPacked: i32 = 30;
export const contractAxes: i32 = 31;

export const moveFrom: i32 = 0;
export const moveTo: i32 = 1;
export const moveCount: i32 = 2;
export const moveRun: i32 = 3;
export const moveRunStep: i32 = 4;
export const moveShift: i32 = 5;
export const moveLines: i32 = 6;
export const moveLineStep: i32 = 7;
export const moveAxisCount: i32 = 8;
export const moveAxes: i32 = 9;

export const indexData: i32 = 0;
export const indexIndex: i32 = 1;
export const indexOut: i32 = 2;
export const indexCount: i32 = 3;
export const indexRun: i32 = 4;
export const indexRunStep: i32 = 5;
export const indexShift: i32 = 6;
export const indexSize: i32 = 7;
export const indexSizeStep: i32 = 8;
export const indexAxisCount: i32 = 9;
export const indexAxes: i32 = 10;

export const scatterTarget: i32 = 0;
export const scatterIndex: i32 = 1;
export const scatterSource: i32 = 2;
export const scatterCount: i32 = 3;
export const scatterRun: i32 = 4;
export const scatterRunStep: i32 = 5;
export const scatterMode: i32 = 6;
export const scatterSize: i32 = 7;
export const scatterSizeStep: i32 = 8;
export const scatterAxisCount: i32 = 9;
export const scatterAxes: i32 = 10;

export const scanOut: i32 = 0;
export const scanX: i32 = 1;
export const scanFactor: i32 = 2;
export const scanSlabs: i32 = 3;
export const scanLength: i32 = 4;
export const scanLag: i32 = 5;

export const sortOut: i32 = 0;
export const sortX: i32 = 1;
export const sortScratch: i32 = 2;
export const sortSlabs: i32 = 3;
export const sortLength: i32 = 4;
export const sortLag: i32 = 5;
export const sortIsFloat: i32 = 6;
export const sortDescending: i32 = 7;

export const windowFrom: i32 = 0;
export const windowOut: i32 = 1;
export const windowCount: i32 = 2;
export const windowSizes: i32 = 3;
export const windowSteps: i32 = 6;
export const windowOutSizes: i32 = 9;
export const windowKernel: i32 = 12;
export const windowStrides: i32 = 15;
export const windowPadding: i32 = 18;
export const windowDilation: i32 = 21;
export const windowAxisCount: i32 = 24;
export const windowAxes: i32 = 25;
