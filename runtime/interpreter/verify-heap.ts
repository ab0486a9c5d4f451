/** Verifies the operations that work on lists, records, maps and texts. */

import * as op from "../ops/program-format";
import { boxedType, heapType, keyType, leafCount, leafType } from "./objects";
import { read } from "./reader";
import { detailOf, kindOf } from "./registers";
import {
  any,
  anyDType,
  flag,
  leaf,
  must,
  numeric,
  object,
  same,
  shape,
  site,
  tensor,
  textual,
} from "./verify-words";
import { operationWords, word } from "./words";

export function verifySame(): void {
  flag();
  object(0);
  object(0);
}

export function verifyBox(): void {
  const box = object(op.objectBox);
  tensor(boxed(box));
}

export function verifyUnbox(): void {
  const dtype = tensor(anyDType);
  same(boxed(object(op.objectBox)), dtype);
}

export function verifyBoxSize(): void {
  numeric();
  object(op.objectBox);
  read();
}

export function verifyFieldGet(): void {
  const type = any();
  const record = object(op.objectRecord);
  leaf(record, read(), type);
}

export function verifyFieldSet(): void {
  const record = object(op.objectRecord);
  const type = any();
  leaf(record, read(), type);
}

export function verifyListGet(): void {
  const type = any();
  const list = object(op.objectList);
  numeric();
  leaf(list, read(), type);
}

export function verifyListSet(): void {
  const list = object(op.objectList);
  numeric();
  const type = any();
  leaf(list, read(), type);
}

export function verifyListPush(): void {
  const list = object(op.objectList);
  leaves(list, operationWords - 3);
  read();
}

export function verifyListLength(): void {
  numeric();
  object(op.objectList);
}

export function verifyListResize(): void {
  object(op.objectList);
  numeric();
}

export function verifyListInsert(): void {
  object(op.objectList);
  numeric();
  numeric();
}

export function verifyListSlice(): void {
  same(<i32>object(op.objectList), <i32>object(op.objectList));
  numeric();
  numeric();
}

export function verifyListReverse(): void {
  object(op.objectList);
}

export function verifyListJoin(): void {
  textual();
  const list = object(op.objectList);
  must(leafCount(list) === 1 && kindOf(leafType(list, 0)) === op.kindText);
  textual();
}

export function verifyListOfTensor(): void {
  const list = object(op.objectList);
  const dtype = tensor(anyDType);
  must(leafCount(list) === 1);
  must(kindOf(leafType(list, 0)) === (dtype === 2 ? op.kindBool : op.kindNumber));
}

export function verifyListToTensor(): void {
  const dtype = tensor(anyDType);
  const list = object(op.objectList);
  must(leafCount(list) <= 1);
  if (leafCount(list) === 1) {
    const kind = kindOf(leafType(list, 0));
    must(kind === op.kindBool || (kind === op.kindNumber && dtype !== 2));
  }
  site();
  must(shape() === 1);
}

export function verifyListStack(): void {
  const dtype = tensor(anyDType);
  const list = object(op.objectList);
  must(leafCount(list) === 1 && kindOf(leafType(list, 0)) === op.kindRef);
  const box = heapType(detailOf(leafType(list, 0)));
  must(word(box, 0) === op.objectBox);
  same(boxed(box), dtype);
  must(shape() > 0);
}

export function verifyMapSize(): void {
  numeric();
  object(op.objectMap);
}

export function verifyMapHas(): void {
  flag();
  const map = object(op.objectMap);
  same(any(), keyType(map));
}

export function verifyMapGet(): void {
  const type = any();
  const map = object(op.objectMap);
  same(any(), keyType(map));
  leaf(map, read(), type);
}

export function verifyMapPut(): void {
  const map = object(op.objectMap);
  same(any(), keyType(map));
  leaves(map, operationWords - 4);
  read();
}

export function verifyMapNext(): void {
  numeric();
  object(op.objectMap);
  numeric();
}

export function verifyMapKeyAt(): void {
  const type = any();
  same(keyType(object(op.objectMap)), type);
  numeric();
}

export function verifyMapValueAt(): void {
  const type = any();
  const map = object(op.objectMap);
  numeric();
  leaf(map, read(), type);
}

export function verifyMapClear(): void {
  object(op.objectMap);
}

function boxed(box: usize): i32 {
  return detailOf(boxedType(box));
}

function leaves(type: usize, count: i32): void {
  must(count === leafCount(type));
  for (let i = 0; i < count; i++) same(any(), leafType(type, i));
}

/** d, leaves, count: as many as the type has, for a list of elements. */
export function verifyNew(): void {
  const type = object(0);
  const count = operationWords - 3;
  const kind = word(type, 0);
  if (kind === op.objectRecord) leaves(type, count);
  else if (kind === op.objectMap) must(count === 0);
  else {
    must(kind === op.objectList && count >= 0);
    const each = leafCount(type);
    must(each === 0 ? count === 0 : count % each === 0);
    for (let i = 0; i < count; i++) same(any(), leafType(type, i % each));
  }
  read();
}
