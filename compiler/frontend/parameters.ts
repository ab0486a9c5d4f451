/** Owns the parameters of entry points: declared types, defaults, and the fields of option records. */

import type ts from "typescript";
import * as loading from "../diagnostics/catalog/loading.ts";
import { anyType } from "../diagnostics/catalog/subset.ts";
import { parameterDefault, parameterType } from "../diagnostics/catalog/unsupported.ts";
import {
  boolType,
  f64Type,
  type Param,
  type Span,
  strType,
  type Type,
  type Value,
} from "../graph/ir.ts";
import { isDType, maxRank, type TensorType, tensorType } from "../ops/types.ts";
import type { Context } from "./context.ts";
import { EntrySizes } from "./entry-sizes.ts";
import type { EntryPoint } from "./environment.ts";
import { lowerExpression } from "./expressions.ts";
import { readField } from "./heap/access.ts";
import { takeFrom } from "./heap/cells.ts";
import { DeclaredCells } from "./heap/declared-cells.ts";
import { makeRecord } from "./lists.ts";
import {
  type ParameterField,
  type ParameterType,
  TypeReader,
  withoutUndefined,
} from "./parameter-types.ts";
import { attempt } from "./paths.ts";
import { tsc } from "./typescript.ts";
import { type AbstractValue, dynamic, failed, undefinedValue } from "./values.ts";

type RecordType = ParameterType & { readonly kind: "record" };

/** Makes the graph parameters of an entry, and the values that its body sees. */
export class EntryParameters {
  readonly params: Param[] = [];
  readonly #cx: Context;
  readonly #reader: TypeReader;
  readonly #sizes: EntrySizes;
  /** Of the parameter that is being declared. */
  #place: Span | undefined;

  constructor(cx: Context, entry: EntryPoint) {
    this.#cx = cx;
    this.#reader = new TypeReader(cx.unit.program);
    this.#sizes = new EntrySizes(entry.dims, cx.unit.tables.sizes);
  }

  /** Reports what is wrong with the options of `script`. */
  finish(): void {
    const { frame } = this.#cx;
    const call = frame.node.parent;
    for (const problem of this.#sizes.problems()) {
      const options = tsc.isCallExpression(call) ? call.arguments[1] : undefined;
      this.#cx.report(options ?? frame.node, problem);
    }
  }

  /** The value that the body sees for a declared parameter. */
  add(node: ts.ParameterDeclaration): AbstractValue {
    const cx = this.#cx;
    this.#place = cx.ownSpan(node);
    const { initializer } = node;
    const name = this.#nameOf(node);
    if (node.dotDotDotToken !== undefined) {
      return cx.report(node, parameterType(node.getText()));
    }
    if (node.type === undefined) {
      if (initializer === undefined) return cx.report(node, loading.untypedParameter(name));
      return this.#defaulted(name, initializer);
    }
    const { type: written, optional } = withoutUndefined(node.type);
    const type = this.#reader.read(written);
    const isOptional = optional || node.questionToken !== undefined;
    if (type.kind === "record") return this.#record(type, name, node, isOptional);
    if (initializer === undefined) {
      return this.#value(isOptional ? optionally(type) : type, name, node.type);
    }
    return this.#defaulted(name, initializer, type);
  }

  /** The tensor that stands in the place of an example of `trace`. */
  addExample(type: TensorType, index: number): AbstractValue {
    const cx = this.#cx;
    const declared = cx.frame.node.parameters[index];
    this.#place = declared && cx.ownSpan(declared);
    const isNamed = declared?.dotDotDotToken === undefined && declared?.name !== undefined;
    const name = isNamed && tsc.isIdentifier(declared.name) ? declared.name.text : `x${index}`;
    return this.#param(name, type);
  }

  /** A pattern has no name of its own. */
  #nameOf(node: ts.ParameterDeclaration): string {
    if (tsc.isIdentifier(node.name)) return node.name.text;
    const taken = (name: string): boolean => this.params.some((p) => headOf(p) === name);
    return taken("options") ? `options${this.params.length}` : "options";
  }

  /** A number or boolean that the host may leave out. */
  #defaulted(name: string, initializer: ts.Expression, type?: ParameterType): AbstractValue {
    let value: AbstractValue = failed;
    const given = attempt(this.#cx, () => {
      value = lowerExpression(this.#cx, initializer);
      return value;
    });
    const found: unknown = given.arrival?.kind === "constant" ? given.arrival.value : undefined;
    const fits = type === undefined || typeof found === type.kind;
    if (fits && typeof found === "number") return this.#param(name, f64Type, found);
    if (fits && typeof found === "boolean") return this.#param(name, boolType, found);
    if (fits && typeof found === "string") return this.#param(name, strType, found);
    return this.#cx.report(initializer, parameterDefault());
  }

  #value(type: ParameterType, name: string, node: ts.Node): AbstractValue {
    const cx = this.#cx;
    switch (type.kind) {
      case "number":
        return this.#param(name, f64Type);
      case "boolean":
        return this.#param(name, boolType);
      case "string":
        return this.#param(name, strType);
      case "list":
      case "map":
      case "set":
        return this.#heapValue(type, name, node);
      case "union":
      case "undefined":
      case "null":
        return this.#severalKinds(type, name, node);
      case "tensor": {
        const { dtype, sizes } = type;
        if (!isDType(dtype)) return cx.report(node, loading.parameterDType(name, dtype));
        if (sizes.length > maxRank) {
          return cx.report(node, loading.badSize(`a shape of ${sizes.length} dimensions`));
        }
        const plain = name.replaceAll(".", "_");
        const shape = sizes.map((size, axis) => this.#sizes.dim(size, plain, axis));
        return this.#param(name, tensorType(dtype, shape));
      }
      case "shapeless":
        return cx.report(node, loading.shapelessParameter(name));
      case "badSize":
        return cx.report(type.node, loading.badSize(`\`${type.node.getText()}\``));
      case "any":
        return cx.report(node, anyType(name, type.text));
      case "record":
        return this.#innerRecord(type, name);
      case "unsupported":
        return cx.report(node, parameterType(type.text));
    }
  }

  /** Fields become parameters `options.k`; what may be left out needs a default in the pattern. */
  #record(
    type: RecordType,
    name: string,
    node: ts.ParameterDeclaration,
    isOptional: boolean,
  ): AbstractValue {
    const { initializer } = node;
    const isEmpty =
      initializer !== undefined &&
      tsc.isObjectLiteralExpression(initializer) &&
      initializer.properties.length === 0;
    if (isOptional || (initializer !== undefined && !isEmpty)) {
      return this.#cx.report(initializer ?? node, parameterDefault());
    }
    const fields = new Map<string, AbstractValue>();
    for (const field of type.fields) {
      const value = field.optional
        ? this.#optionalField(field, `${name}.${field.name}`, node)
        : this.#value(field.type, `${name}.${field.name}`, field.node);
      fields.set(field.name, value);
    }
    return makeRecord(this.#cx, fields, node);
  }

  /** A record inside a record must be given whole. */
  #innerRecord(type: RecordType, name: string): AbstractValue {
    const fields = new Map<string, AbstractValue>();
    for (const field of type.fields) {
      const given = field.optional ? optionally(field.type) : field.type;
      fields.set(field.name, this.#value(given, `${name}.${field.name}`, field.node));
    }
    return makeRecord(this.#cx, fields, this.#cx.frame.node, name);
  }

  #optionalField(
    field: ParameterField,
    name: string,
    node: ts.ParameterDeclaration,
  ): AbstractValue {
    const pattern = tsc.isObjectBindingPattern(node.name) ? node.name : undefined;
    const element = pattern?.elements.find(
      (e) => (e.propertyName ?? e.name).getText() === field.name,
    );
    if (element?.initializer !== undefined) {
      return this.#defaulted(name, element.initializer, field.type);
    }
    const takesAll = pattern === undefined || pattern.elements.some((e) => e.dotDotDotToken);
    // A field that the function does not look at is no parameter.
    if (element === undefined && !takesAll) return undefinedValue;
    return this.#value(optionally(field.type), name, field.node);
  }

  /** One of several kinds of value comes in a record of one field, which has no name. */
  #severalKinds(type: ParameterType, name: string, node: ts.Node): AbstractValue {
    const cx = this.#cx;
    const { heap } = cx.unit;
    const site = cx.siteOf(node, name);
    const shape = heap.at(site, "record");
    if (!new DeclaredCells(heap, site).fill(heap.field(shape, ""), type)) {
      return cx.report(node, parameterType(node.getText()));
    }
    const record = dynamic(this.#define(name, heap.refTo(shape)));
    return readField(cx, record, "", node);
  }

  /** Lists and maps are made on the heap before the body runs. */
  #heapValue(type: ParameterType, name: string, node: ts.Node): AbstractValue {
    const cx = this.#cx;
    const { heap } = cx.unit;
    const site = cx.siteOf(node, name);
    const cell = heap.cellAt(site);
    if (!new DeclaredCells(heap, site).fill(cell, type)) {
      return cx.report(node, parameterType(node.getText()));
    }
    return takeFrom(cx, cell, (_, t) => this.#define(name, t), node);
  }

  #param(name: string, type: Type, given?: number | boolean | string): AbstractValue {
    return dynamic(this.#define(name, type, given));
  }

  #define(name: string, type: Type, given?: number | boolean | string): Value {
    const { unit, block } = this.#cx;
    const value = unit.definitions.define(type, block, name, this.#place);
    this.params.push({ name, value, ...(given === undefined ? {} : { default: given }) });
    return value;
  }
}

/** The type with undefined, where it does not have that already. */
function optionally(type: ParameterType): ParameterType {
  const options = type.kind === "union" ? type.options : [type];
  return options.some((o) => o.kind === "undefined")
    ? type
    : { kind: "union", options: [{ kind: "undefined" }, ...options] };
}

const headOf = ({ name }: Param): string => name.split(".")[0]!;
