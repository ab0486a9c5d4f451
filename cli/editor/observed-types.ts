/** Remembers the types of tensors that the checker finds for each expression, for hovers and hints. */

import type ts from "typescript";
import type { Observer } from "../../compiler/frontend/context.ts";
import { tensorTypeOf } from "../../compiler/frontend/graph-values.ts";
import { tsc } from "../../compiler/frontend/typescript.ts";
import { printTensorType } from "../../compiler/ops/types.ts";

/** A type at a place between characters. */
export interface Hint {
  readonly position: number;
  readonly type: string;
}

/** How many types one expression is said to have, in different calls. */
const mostTypes = 3;

export class ObservedTypes {
  readonly #byFile = new Map<string, Map<ts.Node, Set<string>>>();

  readonly observe: Observer = (node, value, frame) => {
    if (frame.library) return;
    const type = tensorTypeOf(value);
    if (type === undefined) return;
    const { fileName } = frame.file;
    const types = this.#byFile.get(fileName) ?? new Map<ts.Node, Set<string>>();
    this.#byFile.set(fileName, types);
    const known = types.get(node);
    if (known === undefined) types.set(node, new Set([printTensorType(type)]));
    else known.add(printTensorType(type));
  };

  /** `f32[B,128]`, or several where calls differ; undefined where no tensor was found. */
  of(file: string, node: ts.Node): string | undefined {
    const types = this.#byFile.get(file)?.get(node);
    if (types === undefined) return undefined;
    const shown = [...types].slice(0, mostTypes);
    return types.size > mostTypes ? `${shown.join(" | ")} | …` : shown.join(" | ");
  }

  /** What is declared or assigned in a file, with the type that it has there. */
  hints(file: string): readonly Hint[] {
    const hints: Hint[] = [];
    for (const node of this.#byFile.get(file)?.keys() ?? []) {
      const position = hintPosition(node);
      const type = this.of(file, node);
      if (position !== undefined && type !== undefined) hints.push({ position, type });
    }
    return hints.sort((a, b) => a.position - b.position);
  }
}

/** Behind a name that is declared, or that the node is assigned to. */
function hintPosition(node: ts.Node): number | undefined {
  const { parent } = node;
  if (parent === undefined) return undefined;
  const isDeclared =
    (tsc.isVariableDeclaration(parent) || tsc.isBindingElement(parent)) && parent.name === node;
  if (isDeclared) return node.getEnd();
  const isAssigned =
    tsc.isBinaryExpression(parent) &&
    parent.operatorToken.kind === tsc.SyntaxKind.EqualsToken &&
    parent.right === node &&
    tsc.isIdentifier(parent.left);
  return isAssigned ? parent.left.getEnd() : undefined;
}
