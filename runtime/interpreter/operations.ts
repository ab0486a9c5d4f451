/** The functions of operations, by the names that the build puts into the table of functions. */

export {
  runCall as run_opCall,
  runReturn as run_opReturn,
} from "./frames";
export {
  runScalar as run_opScalar,
  runTexts as run_opTexts,
} from "./kernel-dispatch";
export { runContract as run_opContract } from "./operate-contract";
export {
  runBind as run_opBind,
  runCheck as run_opCheck,
  runCheckAtMost as run_opCheckAtMost,
  runCheckEqual as run_opCheckEqual,
  runConst as run_opConst,
  runDrop as run_opDrop,
  runDrop as run_opEmpty,
  runFail as run_opFail,
  runFailWith as run_opFailWith,
  runJump as run_opJump,
  runJumpUnless as run_opJumpUnless,
  runMove as run_opMove,
  runNumber as run_opNumber,
  runSize as run_opSize,
  runStateGet as run_opStateGet,
  runStateSet as run_opStateSet,
  runText as run_opText,
} from "./operate-control";
export {
  runBox as run_opBox,
  runBoxSize as run_opBoxSize,
  runFieldGet as run_opFieldGet,
  runFieldSet as run_opFieldSet,
  runNew as run_opNew,
  runSame as run_opSame,
  runUnbox as run_opUnbox,
} from "./operate-heap";
export {
  runListGet as run_opListGet,
  runListInsert as run_opListInsert,
  runListJoin as run_opListJoin,
  runListLength as run_opListLength,
  runListOfTensor as run_opListOfTensor,
  runListPush as run_opListPush,
  runListRemove as run_opListRemove,
  runListResize as run_opListResize,
  runListReverse as run_opListReverse,
  runListSet as run_opListSet,
  runListSlice as run_opListSlice,
  runListStack as run_opListStack,
  runListToTensor as run_opListToTensor,
} from "./operate-lists";
export {
  runFormula as run_opFormula,
  runMap as run_opMap,
  runReduce as run_opReduce,
} from "./operate-map";
export {
  runMapClear as run_opMapClear,
  runMapGet as run_opMapGet,
  runMapHas as run_opMapHas,
  runMapHold as run_opMapHold,
  runMapKeyAt as run_opMapKeyAt,
  runMapNext as run_opMapNext,
  runMapPut as run_opMapPut,
  runMapRelease as run_opMapRelease,
  runMapRemove as run_opMapRemove,
  runMapSize as run_opMapSize,
  runMapValueAt as run_opMapValueAt,
} from "./operate-maps";
export {
  runPieces as run_opPieces,
  runReshape as run_opReshape,
  runView as run_opView,
} from "./operate-move";
export {
  runIndex as run_opIndex,
  runScan as run_opScan,
  runScatter as run_opScatter,
  runSort as run_opSort,
  runWindow as run_opWindow,
} from "./operate-rows";
export {
  runItem as run_opItem,
  runSplat as run_opSplat,
} from "./operate-scalars";
