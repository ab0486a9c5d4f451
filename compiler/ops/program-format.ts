/**
 * The binary format of programs in packages, as numbers: sections, kinds of values, operations. The
 * compiler writes by it, the interpreter reads by it; so this file is lawful in TypeScript and in
 * AssemblyScript alike. docs/format.md says what each number means.
 */

/** "glimprog" as two little-endian words. */
export const magicLow = 0x6d696c67;
export const magicHigh = 0x676f7270;
/** The version that is written, and the oldest that is read. */
export const formatVersion = 4;
export const oldestVersion = 2;

/** Words of the head: magic (2), version, bytes, hash of the header (2), sections, zero. */
export const headVersion = 2;
export const headBytes = 3;
export const headHash = 4;
export const headSections = 6;
export const headWords = 8;
/** Programs begin and end at multiples of this, and so do the weights behind them. */
export const programAlign = 64;

/** Sections in order: each has two words in the head, the byte where it begins and its length. */
export const sectionSignature = 0;
export const sectionStrings = 1;
export const sectionSites = 2;
export const sectionReasons = 3;
export const sectionSizes = 4;
export const sectionTypes = 5;
export const sectionHeapTypes = 6;
export const sectionKernels = 7;
export const sectionTensors = 8;
export const sectionState = 9;
export const sectionTexts = 10;
export const sectionFunctions = 11;
export const sectionCode = 12;
export const sectionData = 13;
export const sectionCount = 14;

/** Kinds of values: what registers hold. */
export const kindNumber = 0;
export const kindBool = 1;
export const kindText = 2;
export const kindRef = 3;
export const kindTensor = 4;

/** Kinds of objects: the codes that cells have for them. */
export const objectList = 5;
export const objectRecord = 6;
export const objectMap = 7;
export const objectBox = 8;

/** Added to the number of options of a field that hosts do not see. */
export const hiddenField = 256;

/** In place of the number of a size that each box of a type says by itself. */
export const openSize = -1;

/** Kinds of factors in a size: a named size, or the floor of a quotient. */
export const atomSymbol = 0;
export const atomFloor = 1;

/** Kinds of kernels. */
export const kernelMap = 0;
export const kernelReduce = 1;
export const kernelScan = 2;

/** The most inputs of steps, constants, places for results, steps. */
export const mostInputs = 8;
export const mostConstants = 256;
export const mostPlaces = 64;
export const mostSteps = 4096;
/** Types of elements in steps: f32, i32, bool, f64, i64. */
export const scalarTypes = 5;

/** How a `move` fills what no piece covers. */
export const fillNothing = 0;
export const fillNumber = 1;
export const fillSize = 2;

/** What a contraction is: with positions left out; of f64, instead, a window's sum or the first of its greatest. */
export const wayHoles = 1;
export const waySum = 2;
export const wayMax = 4;

// Operations. The words of each are in docs/format.md; the first is `operation + 256 × words`.
export const opMove = 1;
export const opDrop = 2;
export const opJump = 3;
export const opJumpUnless = 4;
export const opCall = 5;
export const opReturn = 6;
export const opFail = 7;
export const opCheck = 8;
export const opCheckEqual = 9;
export const opCheckAtMost = 10;
export const opNumber = 11;
export const opSize = 12;
export const opText = 13;
export const opScalar = 14;
export const opConst = 15;
export const opStateGet = 16;
export const opStateSet = 17;
export const opItem = 18;
export const opSplat = 19;
export const opReshape = 20;
export const opView = 21;
export const opMap = 22;
export const opReduce = 23;
export const opContract = 24;
export const opWindow = 25;
export const opPieces = 26;
export const opIndex = 27;
export const opScatter = 28;
export const opScan = 29;
export const opSort = 30;
export const opTexts = 31;
export const opEmpty = 32;
export const opSame = 33;
export const opBox = 34;
export const opUnbox = 35;
export const opNew = 36;
export const opFieldGet = 37;
export const opFieldSet = 38;
export const opListLength = 39;
export const opListGet = 40;
export const opListSet = 41;
export const opListPush = 42;
export const opListResize = 43;
export const opListInsert = 44;
export const opListRemove = 45;
export const opListSlice = 46;
export const opListReverse = 47;
export const opListJoin = 48;
export const opListOfTensor = 49;
export const opMapSize = 50;
export const opMapHas = 51;
export const opMapGet = 52;
export const opMapPut = 53;
export const opMapRemove = 54;
export const opMapClear = 55;
export const opMapNext = 56;
export const opMapKeyAt = 57;
export const opMapValueAt = 58;
export const opMapHold = 59;
export const opMapRelease = 60;
export const opBind = 61;
export const opFormula = 62;
export const opListToTensor = 63;
export const opListStack = 64;
export const opFailWith = 65;
export const opBoxSize = 66;
/** The greatest number of an operation. */
export const mostOperation = 66;

/**
 * What interpreters know or not beside operations: sums and maxima of windows, sizes with quotients; of contractions ways
 * beside the plain one, guards and parts; of maps positions and constants; what finishes results; kinds of values, dtypes.
 */
export const knownWindowSum = 67;
export const knownWindowMax = 68;
export const knownFloors = 69;
export const knownHoles = 70;
export const knownGuards = 71;
export const knownParts = 72;
export const knownPositions = 73;
export const knownConstants = 74;
export const knownFinishes = 75;
export const knownKinds = 76;
export const knownDTypes = 81;
export const mostKnown = 87;
