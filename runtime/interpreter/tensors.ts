/**
 * Tensors: blocks that say where elements are, as descriptors of kernels do, and count a block of elements
 * that they share. +8 the descriptor, +88 the block of elements (0: they are never freed), +92 whether
 * the elements are neighbours.
 */

import { alloc, allocRaw, free } from "../heap/allocate";
import { countOf, setCount } from "../heap/header";
import { openSize } from "../ops/program-format";
import { usesOtherSizes, usesOtherTypes } from "./kernel-imports";
import { shifts } from "./kernel-table";
import { spend, stopForMemory } from "./limits";
import { nextExtent, sizeAt } from "./sizes";
import { reasonUnlawful, stopFor } from "./stop";
import { next, setWord, word } from "./words";

export const viewBytes: usize = 88;
const descriptorAt: usize = 8;
const storageAt: usize = 88;
const denseAt: usize = 92;

// Words of a descriptor.
const pointerWord: i32 = 0;
const dtypeWord: i32 = 1;
const rankWord: i32 = 2;
const lengthWord: i32 = 3;
const dimsWord: i32 = 4;
const stridesWord: i32 = 12;
export const descriptorBytes: usize = 80;

export const dtypeF32: i32 = 0;
export const dtypeI32: i32 = 1;
export const dtypeBool: i32 = 2;
export const dtypeF64: i32 = 3;
export const dtypeI8: i32 = 6;
/** A bit for each of them; 4 is what results that are values have, 5 u8. */
const dtypes: i32 = 0b1101111;

const mostBytes: i64 = 1 << 31;

export function descriptorOf(v: usize): usize {
  return v + descriptorAt;
}
export function pointerOf(v: usize): usize {
  return <usize>word(v + descriptorAt, pointerWord);
}
export function dtypeOf(v: usize): i32 {
  if (!usesOtherTypes()) return dtypeF32;
  return word(v + descriptorAt, dtypeWord);
}
export function rankOf(v: usize): i32 {
  return word(v + descriptorAt, rankWord);
}
export function lengthOf(v: usize): i32 {
  return word(v + descriptorAt, lengthWord);
}
export function dimOf(v: usize, axis: i32): i32 {
  return word(v + descriptorAt, dimsWord + axis);
}
export function strideOf(v: usize, axis: i32): i32 {
  return word(v + descriptorAt, stridesWord + axis);
}
export function dimsOf(v: usize): usize {
  return v + descriptorAt + ((<usize>dimsWord) << 2);
}
export function stridesOf(v: usize): usize {
  return v + descriptorAt + ((<usize>stridesWord) << 2);
}
export function isDense(v: usize): bool {
  return load<i32>(v, denseAt) !== 0;
}
export function storageOf(v: usize): usize {
  return load<u32>(v, storageAt);
}
export function isDType(dtype: i32): bool {
  return <u32>dtype < 32 && ((dtypes >> dtype) & 1) !== 0;
}
/** log2 of the bytes of an element. */
export function shiftOf(dtype: i32): i32 {
  return usesOtherSizes() ? shiftOfType(dtype) : 2;
}
/** As `shiftOf` for types of steps, which have the same numbers; 4 is i64. */
export function shiftOfType(type: i32): i32 {
  return (shifts >> (type << 1)) & 3;
}
export function isInteger(dtype: i32): bool {
  return dtype !== dtypeF32 && dtype !== dtypeF64;
}
export function bytesOf(v: usize): usize {
  return (<usize>lengthOf(v)) << shiftOf(dtypeOf(v));
}

/** The element of a tensor that lies at `place`, as a number; a boolean as 0 or 1. */
export function elementAt(dtype: i32, place: usize): f64 {
  if (dtype === dtypeF32) return <f64>load<f32>(place);
  if (dtype === dtypeF64) return load<f64>(place);
  if (shiftOf(dtype) !== 0) return <f64>load<i32>(place);
  return dtype === dtypeI8 ? <f64>load<i8>(place) : <f64>load<u8>(place);
}

/** Numbers are rounded once, or whole. */
export function setElement(dtype: i32, place: usize, x: f64): void {
  if (dtype === dtypeF32) store<f32>(place, <f32>x);
  else if (dtype === dtypeF64) store<f64>(place, x);
  else if (shiftOf(dtype) !== 0) store<i32>(place, <i32>x);
  else store<u8>(place, <u8>(<i32>x));
}

/** Sets length and row-major strides by the sizes that are there. */
export function makeDense(v: usize): void {
  const rank = rankOf(v);
  let length: i64 = 1;
  let isEmpty = false;
  for (let axis = rank - 1; axis >= 0; axis--) {
    const dim = dimOf(v, axis);
    setWord(v + descriptorAt, stridesWord + axis, <i32>length);
    if (dim === 0) isEmpty = true;
    else length *= <i64>dim;
    if (length << shiftOf(dtypeOf(v)) > mostBytes) stopForMemory();
  }
  setWord(v + descriptorAt, lengthWord, isEmpty ? 0 : <i32>length);
  store<i32>(v, 1, denseAt);
}

export function setHead(v: usize, dtype: i32, rank: i32): void {
  setWord(v + descriptorAt, dtypeWord, dtype);
  setWord(v + descriptorAt, rankWord, rank);
}

export function setPointer(v: usize, pointer: usize): void {
  setWord(v + descriptorAt, pointerWord, <i32>pointer);
}

/** A view with the shape that comes next in the program, and nothing behind it yet. */
function shaped(dtype: i32): usize {
  const v = alloc(viewBytes);
  const rank = next();
  setHead(v, dtype, rank);
  for (let axis = 0; axis < rank; axis++) setWord(v + descriptorAt, dimsWord + axis, nextExtent());
  makeDense(v);
  return v;
}

/** A tensor whose sizes have these numbers, or are those that a host has given. */
export function newTensorOf(dtype: i32, rank: i32, sizes: usize, given: usize): usize {
  const v = alloc(viewBytes);
  setHead(v, dtype, rank);
  for (let axis = 0; axis < rank; axis++) {
    const size = word(sizes, axis);
    const dim = size === openSize ? <i32>load<f64>(given + ((<usize>axis) << 3)) : sizeAt(size);
    if (dim < 0) stopFor(reasonUnlawful);
    setWord(v + descriptorAt, dimsWord + axis, dim);
  }
  makeDense(v);
  giveStorage(v);
  return v;
}

/** A tensor of the shape that comes next in the program, with anything for its elements. */
export function newTensor(dtype: i32): usize {
  const v = shaped(dtype);
  giveStorage(v);
  return v;
}

/** Elements begin at a multiple of 64 and end before one, and kernels may read 64 bytes further. */
function giveStorage(v: usize): void {
  const storage = allocRaw(((bytesOf(v) + 63) & ~63) + 128);
  store<u32>(v, <u32>storage, storageAt);
  setPointer(v, (storage + 8 + 63) & ~63);
  spend(lengthOf(v) >> 4);
}

export function newTensorLike(like: usize, dtype: i32): usize {
  const v = alloc(viewBytes);
  setHead(v, dtype, rankOf(like));
  memory.copy(dimsOf(v), dimsOf(like), 32);
  makeDense(v);
  giveStorage(v);
  return v;
}

export function newScalar(dtype: i32): usize {
  const v = alloc(viewBytes);
  setHead(v, dtype, 0);
  makeDense(v);
  giveStorage(v);
  return v;
}

/** Another view of the elements of `source`, with the shape that comes next in the program. */
export function newView(source: usize): usize {
  const v = shaped(dtypeOf(source));
  shareStorage(v, source);
  return v;
}

export function shareStorage(v: usize, source: usize): void {
  const storage = storageOf(source);
  if (storage !== 0) setCount(storage, countOf(storage) + 1);
  store<u32>(v, <u32>storage, storageAt);
  setPointer(v, pointerOf(source));
}

export function setStride(v: usize, axis: i32, stride: i32): void {
  setWord(v + descriptorAt, stridesWord + axis, stride);
}

export function setDense(v: usize, dense: bool): void {
  store<i32>(v, dense ? 1 : 0, denseAt);
}

/** Gives back a view that nothing refers to, and its elements with the last view of them. */
export function freeView(v: usize): void {
  const storage = storageOf(v);
  if (storage !== 0) {
    const count = countOf(storage);
    if (count > 1) setCount(storage, count - 1);
    else free(storage);
  }
  free(v);
}
