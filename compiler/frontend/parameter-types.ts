/** Reads the declared types of entry parameters: `Tensor<["B", 784], "f32">`, number, boolean, records. */

import type ts from "typescript";
import type { SourceProgram } from "./program.ts";
import { tsc } from "./typescript.ts";

/** A dimension as it is written: a number, a name, or undefined for `number`. */
export type WrittenSize = number | string | undefined;

export type ParameterType =
  | {
      readonly kind: "tensor";
      readonly sizes: readonly WrittenSize[];
      readonly dtype: string;
    }
  | { readonly kind: "number" | "boolean" | "string" | "undefined" | "null" }
  | { readonly kind: "list"; readonly element: ParameterType }
  | { readonly kind: "map"; readonly key: ParameterType; readonly value: ParameterType }
  | { readonly kind: "set"; readonly key: ParameterType }
  | { readonly kind: "union"; readonly options: readonly ParameterType[] }
  | { readonly kind: "record"; readonly fields: readonly ParameterField[] }
  /** A tensor without a shape. */
  | { readonly kind: "shapeless" }
  /** A dimension that is none. */
  | { readonly kind: "badSize"; readonly node: ts.Node }
  | { readonly kind: "any"; readonly text: string }
  | { readonly kind: "unsupported"; readonly text: string };

export interface ParameterField {
  readonly name: string;
  readonly optional: boolean;
  readonly type: ParameterType;
  readonly node: ts.Node;
}

/** What the parameters of a generic alias stand for where it is used. */
type Substitution = ReadonlyMap<string, ts.TypeNode>;

export class TypeReader {
  readonly #program: SourceProgram;

  constructor(program: SourceProgram) {
    this.#program = program;
  }

  read(written: ts.TypeNode, by: Substitution = new Map()): ParameterType {
    const node = plain(written);
    switch (node.kind) {
      case tsc.SyntaxKind.NumberKeyword:
        return { kind: "number" };
      case tsc.SyntaxKind.BooleanKeyword:
        return { kind: "boolean" };
      case tsc.SyntaxKind.StringKeyword:
        return { kind: "string" };
      case tsc.SyntaxKind.UndefinedKeyword:
        return { kind: "undefined" };
      case tsc.SyntaxKind.AnyKeyword:
      case tsc.SyntaxKind.UnknownKeyword:
        return { kind: "any", text: node.getText() };
      default:
        break;
    }
    if (tsc.isTypeReferenceNode(node)) return this.#reference(node, by);
    if (tsc.isArrayTypeNode(node)) {
      return { kind: "list", element: this.read(node.elementType, by) };
    }
    if (tsc.isUnionTypeNode(node)) return this.#union(node.types, by);
    if (tsc.isLiteralTypeNode(node)) return literalType(node);
    if (tsc.isTypeLiteralNode(node)) return this.#record(node.members, by);
    return { kind: "unsupported", text: node.getText() };
  }

  #reference(node: ts.TypeReferenceNode, by: Substitution): ParameterType {
    const replaced = by.get(node.typeName.getText());
    if (replaced !== undefined) return this.read(replaced, by);
    const declaration = this.#declarationOf(node.typeName);
    const unsupported = { kind: "unsupported", text: node.getText() } as const;
    if (declaration === undefined) return unsupported;
    if (this.#isTensor(declaration)) return this.#tensor(node, by);
    const builtIn = this.#builtIn(declaration, node, by);
    if (builtIn !== undefined) return builtIn;
    const inside = this.#substitution(declaration, node, by);
    if (tsc.isTypeAliasDeclaration(declaration)) return this.read(declaration.type, inside);
    if (!tsc.isInterfaceDeclaration(declaration)) return unsupported;
    return declaration.heritageClauses === undefined
      ? this.#record(declaration.members, inside)
      : unsupported;
  }

  /** JavaScript's own generic types. */
  #builtIn(
    declaration: ts.NamedDeclaration,
    node: ts.TypeReferenceNode,
    by: Substitution,
  ): ParameterType | undefined {
    const [first, second] = (node.typeArguments ?? []).map((t) => this.read(t, by));
    if (first === undefined || !declaration.getSourceFile().fileName.includes("/lib.")) {
      return undefined;
    }
    switch (declaration.name?.getText()) {
      case "Readonly":
        return first;
      case "Array":
      case "ReadonlyArray":
        return { kind: "list", element: first };
      case "Set":
      case "ReadonlySet":
        return { kind: "set", key: first };
      case "Map":
      case "ReadonlyMap":
        return second === undefined ? undefined : { kind: "map", key: first, value: second };
      default:
        return undefined;
    }
  }

  /** Literals of one kind are that kind; what else meets must be told apart by a tag. */
  #union(nodes: readonly ts.TypeNode[], by: Substitution): ParameterType {
    const options = new Map<string, ParameterType>();
    for (const node of nodes) {
      const option = this.read(node, by);
      if (option.kind === "unsupported" || option.kind === "any") return option;
      if (!kindsInUnions.has(option.kind) || this.#repeats(options, option)) {
        return { kind: "unsupported", text: nodes.map((n) => n.getText()).join(" | ") };
      }
      options.set(option.kind, option);
    }
    const [only] = options.values();
    return options.size === 1 && only !== undefined
      ? only
      : { kind: "union", options: [...options.values()] };
  }

  /** Two lists, or two records, would need one form. */
  #repeats(options: ReadonlyMap<string, ParameterType>, option: ParameterType): boolean {
    return options.has(option.kind) && ["list", "record", "map"].includes(option.kind);
  }

  #declarationOf(name: ts.EntityName): ts.NamedDeclaration | undefined {
    const { checker } = this.#program;
    const symbol = checker.getSymbolAtLocation(name);
    if (symbol === undefined) return undefined;
    const isAlias = (symbol.flags & tsc.SymbolFlags.Alias) !== 0;
    const target = isAlias ? checker.getAliasedSymbol(symbol) : symbol;
    return target.declarations?.find(
      (d) => tsc.isTypeAliasDeclaration(d) || tsc.isInterfaceDeclaration(d),
    );
  }

  #isTensor(declaration: ts.NamedDeclaration): boolean {
    const isOurs = this.#program.isLibrary(declaration.getSourceFile().fileName);
    return isOurs && declaration.name?.getText() === "Tensor";
  }

  #substitution(
    declaration: ts.NamedDeclaration,
    node: ts.TypeReferenceNode,
    by: Substitution,
  ): Substitution {
    const generic =
      tsc.isTypeAliasDeclaration(declaration) || tsc.isInterfaceDeclaration(declaration);
    const parameters = (generic ? declaration.typeParameters : undefined) ?? [];
    const inside = new Map<string, ts.TypeNode>();
    for (const [i, parameter] of parameters.entries()) {
      const given = node.typeArguments?.[i] ?? parameter.default;
      if (given === undefined) continue;
      inside.set(parameter.name.text, resolved(given, by));
    }
    return inside;
  }

  #tensor(node: ts.TypeReferenceNode, by: Substitution): ParameterType {
    const [shape, dtype] = node.typeArguments ?? [];
    if (shape === undefined) return { kind: "shapeless" };
    const tuple = this.#unalias(shape, by);
    if (!tsc.isTupleTypeNode(tuple.node)) return { kind: "shapeless" };
    const sizes: WrittenSize[] = [];
    for (const element of tuple.node.elements) {
      const named = tsc.isNamedTupleMember(element) ? element.type : element;
      const size = this.#size(named, tuple.by);
      if (size === "bad") return { kind: "badSize", node: element };
      sizes.push(size.value);
    }
    return { kind: "tensor", sizes, dtype: dtype === undefined ? "f32" : this.#dtype(dtype, by) };
  }

  #size(written: ts.TypeNode, by: Substitution): { readonly value: WrittenSize } | "bad" {
    const { node } = this.#unalias(written, by);
    if (node.kind === tsc.SyntaxKind.NumberKeyword) return { value: undefined };
    if (!tsc.isLiteralTypeNode(node)) return "bad";
    const { literal } = node;
    if (tsc.isStringLiteral(literal)) {
      return /^[A-Za-z_][\w$]*$/.test(literal.text) ? { value: literal.text } : "bad";
    }
    const value = tsc.isNumericLiteral(literal) ? Number(literal.text) : -1;
    return Number.isSafeInteger(value) && value >= 0 ? { value } : "bad";
  }

  #dtype(written: ts.TypeNode, by: Substitution): string {
    const { node } = this.#unalias(written, by);
    const isText = tsc.isLiteralTypeNode(node) && tsc.isStringLiteral(node.literal);
    return isText ? node.literal.text : node.getText();
  }

  /** The type behind aliases and type parameters. */
  #unalias(
    written: ts.TypeNode,
    by: Substitution,
  ): { readonly node: ts.TypeNode; readonly by: Substitution } {
    const node = plain(written);
    if (!tsc.isTypeReferenceNode(node)) return { node, by };
    const replaced = by.get(node.typeName.getText());
    if (replaced !== undefined) return this.#unalias(replaced, by);
    const declaration = this.#declarationOf(node.typeName);
    if (declaration === undefined || !tsc.isTypeAliasDeclaration(declaration)) return { node, by };
    return this.#unalias(declaration.type, this.#substitution(declaration, node, by));
  }

  #record(members: readonly ts.TypeElement[], by: Substitution): ParameterType {
    const fields: ParameterField[] = [];
    for (const member of members) {
      if (!tsc.isPropertySignature(member) || member.type === undefined) {
        return { kind: "unsupported", text: member.getText() };
      }
      const { type, optional } = withoutUndefined(member.type);
      fields.push({
        name: member.name.getText(),
        optional: optional || member.questionToken !== undefined,
        type: this.read(type, by),
        node: member,
      });
    }
    return { kind: "record", fields };
  }
}

/** What can be told apart by a tag. */
const kindsInUnions: ReadonlySet<ParameterType["kind"]> = new Set([
  ...(["number", "boolean", "string", "undefined", "null", "list", "record", "map"] as const),
]);

function literalType(node: ts.LiteralTypeNode): ParameterType {
  const { literal } = node;
  if (tsc.isStringLiteral(literal)) return { kind: "string" };
  if (literal.kind === tsc.SyntaxKind.NullKeyword) return { kind: "null" };
  const isBoolean =
    literal.kind === tsc.SyntaxKind.TrueKeyword || literal.kind === tsc.SyntaxKind.FalseKeyword;
  if (isBoolean) return { kind: "boolean" };
  return tsc.isBigIntLiteral(literal)
    ? { kind: "unsupported", text: node.getText() }
    : { kind: "number" };
}

/** `readonly [..]` and parentheses say nothing new. */
function plain(node: ts.TypeNode): ts.TypeNode {
  if (tsc.isParenthesizedTypeNode(node)) return plain(node.type);
  return tsc.isTypeOperatorNode(node) && node.operator === tsc.SyntaxKind.ReadonlyKeyword
    ? plain(node.type)
    : node;
}

/** The argument of a generic alias, with what its own name stands for around it. */
function resolved(node: ts.TypeNode, by: Substitution): ts.TypeNode {
  const name = tsc.isTypeReferenceNode(node) ? node.typeName.getText() : undefined;
  return (name === undefined ? undefined : by.get(name)) ?? node;
}

/** `number | undefined` is an optional number. */
export function withoutUndefined(node: ts.TypeNode): {
  readonly type: ts.TypeNode;
  readonly optional: boolean;
} {
  if (!tsc.isUnionTypeNode(node)) return { type: node, optional: false };
  const rest = node.types.filter((t) => t.kind !== tsc.SyntaxKind.UndefinedKeyword);
  const [only] = rest;
  const optional = rest.length < node.types.length;
  return only !== undefined && rest.length === 1
    ? { type: only, optional }
    : { type: node, optional };
}
