/** Operations on boxes and records, and what makes objects. */

import { alloc } from "../heap/allocate";
import { headerBytes } from "../heap/header";
import { listNew, listPush } from "../heap/lists";
import { mapNew } from "../heap/maps";
import { objectList, objectRecord } from "../ops/program-format";
import { changeLeaf, putLeaf, takeLeaf, typeIn } from "./leaves";
import { elementBytes, leafCount } from "./objects";
import { give, objectIn, pointerIn, retainIt, setBool, setNumber } from "./registers";
import { reasonUnlawful, stopFor } from "./stop";
import { dimOf, rankOf } from "./tensors";
import { next, operationWords, word } from "./words";

export function runSame(): void {
  const d = next();
  const a = pointerIn(next());
  setBool(d, a === pointerIn(next()) ? 1 : 0);
}

/** A box refers to a tensor, whose elements nothing changes; of nothing, as long as nothing reads it. */
export function runBox(): void {
  const d = next();
  const v = pointerIn(next());
  const box = alloc(8);
  store<u32>(box, <u32>v, headerBytes);
  retainIt(v);
  give(d, box);
}

export function runUnbox(): void {
  const d = next();
  const box = pointerIn(next());
  const v: usize = box === 0 ? 0 : <usize>load<u32>(box, headerBytes);
  retainIt(v);
  give(d, v);
}

/** d, box, axis: a size of the tensor in a box; 0 of nothing. */
export function runBoxSize(): void {
  const d = next();
  const box = pointerIn(next());
  const axis = next();
  const v: usize = box === 0 ? 0 : <usize>load<u32>(box, headerBytes);
  if (v !== 0 && <u32>axis >= <u32>rankOf(v)) stopFor(reasonUnlawful);
  setNumber(d, v === 0 ? 0 : <f64>dimOf(v, axis));
}

/** d, leaves, count. The count comes last, so `words` says how many there are. */
export function runNew(): void {
  const words = operationWords;
  const d = next();
  const count = words - 3;
  const type = typeIn(d);
  const kind = word(type, 0);
  let p: usize = 0;
  if (kind === objectRecord) {
    p = alloc((<usize>count) << 3);
    for (let i = 0; i < count; i++) putLeaf(type, p + headerBytes, i, next());
  } else if (kind === objectList) {
    const leaves = leafCount(type);
    const elements = leaves === 0 ? 0 : count / leaves;
    p = listNew(elements, elementBytes(type));
    for (let i = 0; i < elements; i++) {
      const slot = listPush(p, elementBytes(type));
      for (let leaf = 0; leaf < leaves; leaf++) putLeaf(type, slot, leaf, next());
    }
  } else p = mapNew(leafCount(type));
  next();
  give(d, p);
}

export function runFieldGet(): void {
  const d = next();
  const record = objectIn(next());
  takeLeaf(d, record + headerBytes, next());
}

export function runFieldSet(): void {
  const record = objectIn(next());
  const from = next();
  changeLeaf(record + headerBytes, next(), from);
}
