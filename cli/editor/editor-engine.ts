/**
 * What all editor shells share: which files are open, what is wrong in each, how to repair it, and the
 * types of tensors. Nothing of the user's is run.
 */

import type ts from "typescript";
import type { Diagnostic } from "../../compiler/diagnostics/diagnostic.ts";
import type { SourceProgram } from "../../compiler/frontend/program.ts";
import { tsc } from "../../compiler/frontend/typescript.ts";
import { type CheckedModel, ModelChecker } from "../checker/check-model.ts";
import { type Hint, ObservedTypes } from "./observed-types.ts";
import { type QuickFix, quickFixes } from "./quick-fixes.ts";

/** The texts of open files; of others, undefined. */
export interface OpenFiles {
  text(file: string): string | undefined;
  /** The open TypeScript files. */
  readonly names: readonly string[];
}

export interface Hover {
  readonly start: number;
  readonly end: number;
  /** `f32[B,128]` */
  readonly type: string;
}

interface Look extends CheckedModel {
  readonly types: ObservedTypes;
}

export class EditorEngine {
  readonly #checker = new ModelChecker();
  readonly #open: OpenFiles;
  /** What was found from each open file, until something changes. */
  readonly #looks = new Map<string, Look>();

  constructor(open: OpenFiles) {
    this.#open = open;
  }

  /** A file was edited, opened or closed, or changed on disk. */
  changed(file: string): void {
    for (const [root, { files }] of this.#looks) {
      if (root === file || files.includes(file)) this.#looks.delete(root);
    }
  }

  /** Files came or went, so that imports may mean something else. */
  allChanged(): void {
    this.#looks.clear();
  }

  /** What is wrong in a file, seen from itself and from the open files that import it. */
  diagnostics(file: string): readonly Diagnostic[] {
    const found = new Map<string, Diagnostic>();
    for (const look of this.#looksAt(file)) {
      for (const d of look.diagnostics) {
        if (d.span?.file !== file) continue;
        const key = `${d.code} ${d.span.start} ${d.message}`;
        if (!found.has(key)) found.set(key, d);
      }
    }
    return [...found.values()].sort((a, b) => (a.span?.start ?? 0) - (b.span?.start ?? 0));
  }

  /** The open files in which a change of `file` may matter. */
  affected(file: string): readonly string[] {
    const { files } = this.#look(file);
    return this.#open.names.filter(
      (name) => name === file || files.includes(name) || this.#look(name).files.includes(file),
    );
  }

  fixes(file: string, d: Diagnostic): readonly QuickFix[] {
    const { program } = this.#look(file);
    const source = program.fileAt(file);
    return source === undefined ? [] : quickFixes(d, { file: source, checker: program.checker });
  }

  /** The type of the tensor at an offset. */
  hover(file: string, offset: number): Hover | undefined {
    for (const { program, types } of this.#looksAt(file)) {
      const found = hoverIn(program, types, file, offset);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  hints(file: string): readonly Hint[] {
    const found = this.#looksAt(file).map(({ types }) => types.hints(file));
    return found.find((hints) => hints.length > 0) ?? [];
  }

  /** From the file itself first, then from open files that import it. */
  #looksAt(file: string): readonly Look[] {
    const others = this.#open.names.filter((name) => name !== file).map((name) => this.#look(name));
    return [this.#look(file), ...others.filter((look) => look.files.includes(file))];
  }

  #look(root: string): Look {
    const known = this.#looks.get(root);
    if (known !== undefined) return known;
    const types = new ObservedTypes();
    const checked = this.#checker.check(root, {
      edited: (file) => this.#open.text(file),
      typeErrors: false,
      observe: types.observe,
    });
    const look = { ...checked, types };
    this.#looks.set(root, look);
    return look;
  }
}

/** On a name: the type of what it names; on a method's name: of what the call gives. */
function hoverIn(
  program: SourceProgram,
  types: ObservedTypes,
  file: string,
  offset: number,
): Hover | undefined {
  const source = program.fileAt(file);
  if (source === undefined) return undefined;
  let node: ts.Node = source;
  for (;;) {
    const inner = tsc.forEachChild(node, (child) =>
      child.getStart(source) <= offset && offset < child.getEnd() ? child : undefined,
    );
    if (inner === undefined) break;
    node = inner;
  }
  const isMethod =
    tsc.isPropertyAccessExpression(node.parent ?? node) &&
    tsc.isCallExpression(node.parent.parent) &&
    node.parent.parent.expression === node.parent;
  const value = isMethod ? node.parent.parent : node;
  const type = types.of(file, value) ?? (node.parent && types.of(file, node.parent));
  if (type === undefined) return undefined;
  return { start: node.getStart(source), end: node.getEnd(), type };
}
