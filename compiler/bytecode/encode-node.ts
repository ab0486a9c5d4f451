/** Nodes that are no operators as operations: scalars, state, checks, calls, and what lies on the heap. */

import { attrOf, isDim, isNumber, isText, type Node, tensorOf } from "../graph/ir.ts";
import { mustBeWhole, mustFit } from "../lower/number-messages.ts";
import type { Dim } from "../ops/dim.ts";
import { arg } from "../ops/expr.ts";
import { numberFunctions } from "../ops/math/number-functions.ts";
import * as format from "../ops/program-format.ts";
import { isInteger } from "../ops/types.ts";
import { encodeGroup } from "./encode-group.ts";
import { encodeOperator } from "./encode-operator.ts";
import { StepEncoder } from "./encode-steps.ts";
import { numberOf, scalarNumbers, textNumbers } from "./function-numbers.ts";
import type { OperatorScope } from "./operator-words.ts";
import { WordWriter } from "./word-writer.ts";

/** Operations whose words are the registers of the results, then those of the operands. */
const plain: ReadonlyMap<string, number> = new Map([
  ["item", format.opItem],
  ["empty", format.opEmpty],
  ["same", format.opSame],
  ["box", format.opBox],
  ["unbox", format.opUnbox],
  ["list.length", format.opListLength],
  ["list.resize", format.opListResize],
  ["list.insert", format.opListInsert],
  ["list.remove", format.opListRemove],
  ["list.slice", format.opListSlice],
  ["list.reverse", format.opListReverse],
  ["list.join", format.opListJoin],
  ["list.ofTensor", format.opListOfTensor],
  ["map.size", format.opMapSize],
  ["map.has", format.opMapHas],
  ["map.remove", format.opMapRemove],
  ["map.clear", format.opMapClear],
  ["map.next", format.opMapNext],
  ["map.keyAt", format.opMapKeyAt],
  ["map.hold", format.opMapHold],
  ["map.release", format.opMapRelease],
]);

/** As above, with the number of a leaf at the end. */
const ofLeaf: ReadonlyMap<string, number> = new Map([
  ["field.get", format.opFieldGet],
  ["field.set", format.opFieldSet],
  ["list.get", format.opListGet],
  ["list.set", format.opListSet],
  ["map.get", format.opMapGet],
  ["map.valueAt", format.opMapValueAt],
]);

/** As above, with the number of operands at the end. */
const counted: ReadonlyMap<string, number> = new Map([
  ["new", format.opNew],
  ["list.push", format.opListPush],
  ["map.put", format.opMapPut],
]);

export function encodeNode(scope: OperatorScope, node: Node): void {
  const registers = [...node.results, ...node.operands].map((v) => scope.reg(v));
  const direct = plain.get(node.op);
  const leaf = ofLeaf.get(node.op);
  const many = counted.get(node.op);
  if (direct !== undefined) scope.emit(direct, registers);
  else if (leaf !== undefined) scope.emit(leaf, [...registers, attrOf(node, "leaf", isNumber)]);
  else if (many !== undefined) scope.emit(many, [...registers, node.operands.length]);
  else encodeOther(scope, node, registers);
}

function encodeOther(scope: OperatorScope, node: Node, registers: readonly number[]): void {
  const { tables } = scope;
  const text = (name: string): string => attrOf(node, name, isText);
  switch (node.op) {
    case "number":
      emitNumber(scope, registers[0]!, Number(node.attrs.value));
      return;
    case "boolean":
      scope.emit(format.opNumber, [registers[0]!, node.attrs.value === true ? 1 : 0, 0]);
      return;
    case "size":
      scope.emit(format.opSize, [registers[0]!, tables.sizes.add(attrOf(node, "dim", isDim))]);
      return;
    case "text":
      scope.emit(format.opText, [registers[0]!, tables.text(String(node.attrs.value))]);
      return;
    case "scalar":
      encodeScalar(scope, node, registers);
      return;
    case "kernel":
      encodeGroup(scope, node);
      return;
    case "texts":
      scope.emit(format.opTexts, [numberOf(textNumbers, text("fn")), ...registers]);
      return;
    case "const":
      scope.emit(format.opConst, [registers[0]!, tables.tensor(text("name"))]);
      return;
    case "state.get":
      scope.emit(format.opStateGet, [registers[0]!, tables.state(text("name"))]);
      return;
    case "state.set":
      scope.emit(format.opStateSet, [registers[0]!, tables.state(text("name"))]);
      return;
    case "call":
      scope.emit(format.opCall, [tables.func(text("callee")), ...registers]);
      return;
    case "splat": {
      const { dtype } = tensorOf(node.results[0]!);
      const site = tables.sites.add(mustBeWhole(isInteger(dtype) ? dtype : "i32"), node.span);
      scope.emit(format.opSplat, [...registers, site]);
      return;
    }
    case "throw":
      if (registers.length > 0) scope.emit(format.opFailWith, [...registers, siteOf(scope, node)]);
      else scope.emit(format.opFail, [siteOf(scope, node)]);
      return;
    case "list.toTensor": {
      const { dtype } = tensorOf(node.results[0]!);
      const site = tables.sites.add(mustFit(isInteger(dtype) ? dtype : "i32"), node.span);
      scope.emit(format.opListToTensor, [...registers, site, ...shapeWords(scope, node)]);
      return;
    }
    case "list.stack":
      scope.emit(format.opListStack, [...registers, ...shapeWords(scope, node)]);
      return;
    case "box.size":
      scope.emit(format.opBoxSize, [...registers, attrOf(node, "axis", isNumber)]);
      return;
    case "bind": {
      const size = tables.sizes.symbol(text("name"));
      scope.emit(format.opBind, [registers[0]!, size, siteOf(scope, node)]);
      return;
    }
    case "check":
      scope.emit(format.opCheck, [registers[0]!, siteOf(scope, node)]);
      return;
    case "checkEqual":
    case "checkAtMost": {
      const size = (name: string): number => tables.sizes.add(attrOf<Dim>(node, name, isDim));
      const op = node.op === "checkEqual" ? format.opCheckEqual : format.opCheckAtMost;
      scope.emit(op, [size("left"), size("right"), siteOf(scope, node)]);
      return;
    }
    default:
      encodeOperator(scope, node);
  }
}

/** A function that the interpreter has, or the steps that a number's function takes. */
function encodeScalar(scope: OperatorScope, node: Node, registers: readonly number[]): void {
  const name = attrOf(node, "fn", isText);
  const make = numberFunctions.get(name);
  if (!make) {
    scope.emit(format.opScalar, [numberOf(scalarNumbers, name), ...registers]);
    return;
  }
  const steps = new StepEncoder();
  const inputs = node.operands.map((_, i) => arg(i, "f64"));
  const noAxis = (): never => {
    throw new Error(`${name} reads a position`);
  };
  steps.end(
    steps.add(make(...inputs), (i, type) => steps.operand(node.operands[i]!, type), noAxis),
    "f64",
  );
  scope.emit(format.opFormula, [
    registers[0]!,
    steps.operands.length,
    ...steps.operands.map((v) => scope.reg(v)),
    ...steps.constantWords(),
    ...steps.stepWords(scope.tables),
  ]);
}

/** Rank and sizes of the result. */
function shapeWords({ tables }: OperatorScope, node: Node): number[] {
  const { shape } = tensorOf(node.results[0]!);
  return [shape.length, ...shape.map((d) => tables.sizes.add(d))];
}

const siteOf = ({ tables }: OperatorScope, node: Node): number =>
  tables.sites.add(attrOf(node, "message", isText), node.span);

function emitNumber(scope: OperatorScope, register: number, value: number): void {
  const number = new WordWriter();
  number.addNumber(value);
  scope.emit(format.opNumber, [register, ...number.words]);
}
