/** Verifies the operations that work on lists, records, maps and texts. */

import * as op from "../ops/program-format";
import { boxedType, heapType, keyType, leafCount, leafType } from "./objects";
import { read } from "./reader";
import { detailOf, kindOf } from "./registers";
import { badCode, refuse } from "./stop";
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
import { word } from "./words";

export function verifyHeap(code: i32, words: i32): void {
  switch (code) {
    case op.opSame:
      flag();
      object(0);
      object(0);
      break;
    case op.opBox: {
      const box = object(op.objectBox);
      tensor(boxed(box));
      break;
    }
    case op.opUnbox: {
      const dtype = tensor(anyDType);
      same(boxed(object(op.objectBox)), dtype);
      break;
    }
    case op.opNew:
      verifyNew(words);
      break;
    case op.opFieldGet: {
      const type = any();
      const record = object(op.objectRecord);
      leaf(record, read(), type);
      break;
    }
    case op.opFieldSet: {
      const record = object(op.objectRecord);
      const type = any();
      leaf(record, read(), type);
      break;
    }
    default:
      verifyLists(code, words);
  }
}

function verifyLists(code: i32, words: i32): void {
  switch (code) {
    case op.opListGet: {
      const type = any();
      const list = object(op.objectList);
      numeric();
      leaf(list, read(), type);
      break;
    }
    case op.opListSet: {
      const list = object(op.objectList);
      numeric();
      const type = any();
      leaf(list, read(), type);
      break;
    }
    case op.opListPush: {
      const list = object(op.objectList);
      leaves(list, words - 3);
      read();
      break;
    }
    case op.opListLength:
      numeric();
      object(op.objectList);
      break;
    case op.opListResize:
      object(op.objectList);
      numeric();
      break;
    case op.opListInsert:
    case op.opListRemove:
      object(op.objectList);
      numeric();
      numeric();
      break;
    case op.opListSlice:
      same(<i32>object(op.objectList), <i32>object(op.objectList));
      numeric();
      numeric();
      break;
    case op.opListReverse:
      object(op.objectList);
      break;
    default:
      verifyWholeLists(code, words);
  }
}

/** Texts and tensors of all that is in a list, and lists of what is in a tensor. */
function verifyWholeLists(code: i32, words: i32): void {
  switch (code) {
    case op.opListJoin: {
      textual();
      const list = object(op.objectList);
      must(leafCount(list) === 1 && kindOf(leafType(list, 0)) === op.kindText);
      textual();
      break;
    }
    case op.opListOfTensor: {
      const list = object(op.objectList);
      const dtype = tensor(anyDType);
      must(leafCount(list) === 1);
      must(kindOf(leafType(list, 0)) === (dtype === 2 ? op.kindBool : op.kindNumber));
      break;
    }
    case op.opListToTensor: {
      const dtype = tensor(anyDType);
      const list = object(op.objectList);
      must(leafCount(list) <= 1);
      if (leafCount(list) === 1) {
        const kind = kindOf(leafType(list, 0));
        must(kind === op.kindBool || (kind === op.kindNumber && dtype !== 2));
      }
      site();
      must(shape() === 1);
      break;
    }
    case op.opListStack: {
      const dtype = tensor(anyDType);
      const list = object(op.objectList);
      must(leafCount(list) === 1 && kindOf(leafType(list, 0)) === op.kindRef);
      const box = heapType(detailOf(leafType(list, 0)));
      must(word(box, 0) === op.objectBox);
      same(boxed(box), dtype);
      must(shape() > 0);
      break;
    }
    default:
      verifyMaps(code, words);
  }
}

function boxed(box: usize): i32 {
  return detailOf(boxedType(box));
}

function leaves(type: usize, count: i32): void {
  must(count === leafCount(type));
  for (let i = 0; i < count; i++) same(any(), leafType(type, i));
}

/** d, leaves, count: as many as the type has, for a list of elements. */
function verifyNew(words: i32): void {
  const type = object(0);
  const count = words - 3;
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

function verifyMaps(code: i32, words: i32): void {
  switch (code) {
    case op.opMapSize:
      numeric();
      object(op.objectMap);
      break;
    case op.opMapHas:
    case op.opMapRemove: {
      flag();
      const map = object(op.objectMap);
      same(any(), keyType(map));
      break;
    }
    case op.opMapGet: {
      const type = any();
      const map = object(op.objectMap);
      same(any(), keyType(map));
      leaf(map, read(), type);
      break;
    }
    case op.opMapPut: {
      const map = object(op.objectMap);
      same(any(), keyType(map));
      leaves(map, words - 4);
      read();
      break;
    }
    case op.opMapNext:
      numeric();
      object(op.objectMap);
      numeric();
      break;
    case op.opMapKeyAt: {
      const type = any();
      same(keyType(object(op.objectMap)), type);
      numeric();
      break;
    }
    case op.opMapValueAt: {
      const type = any();
      const map = object(op.objectMap);
      numeric();
      leaf(map, read(), type);
      break;
    }
    case op.opMapClear:
    case op.opMapHold:
    case op.opMapRelease:
      object(op.objectMap);
      break;
    default:
      refuse(badCode);
  }
}
