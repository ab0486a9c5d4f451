/** Dimensions: a number, or a polynomial over named sizes in canonical form. */

/** A size: a literal, or an expression over symbols such as `B`, `2*T+1`, `floor((H+1)/2)`. */
export type Dim = number | DimExpr;

/** An atom of a polynomial: a named size, or the floor of a quotient by a positive constant. */
export type Atom =
  | { readonly kind: "symbol"; readonly name: string; readonly text: string }
  | {
      readonly kind: "floor";
      readonly numerator: DimExpr;
      readonly divisor: number;
      readonly text: string;
    };

/** `coefficient × atoms[0] × atoms[1] × …`; the atoms are sorted by their text. */
interface Term {
  readonly coefficient: number;
  readonly atoms: readonly Atom[];
  readonly key: string;
}

/**
 * A polynomial that is not a plain number. Two are equal exactly when their `text` is equal.
 * Terms are sorted by degree (highest first), then by text; the constant comes last.
 */
export class DimExpr {
  readonly terms: readonly Term[];
  readonly text: string;

  constructor(terms: readonly Term[]) {
    this.terms = terms;
    this.text = printTerms(terms);
  }

  toString(): string {
    return this.text;
  }

  toJSON(): string {
    return this.text;
  }
}

function printTerms(terms: readonly Term[]): string {
  let text = "";
  for (const { coefficient, atoms } of terms) {
    const size = Math.abs(coefficient);
    const factors = atoms.map((a) => a.text);
    if (size !== 1 || factors.length === 0) factors.unshift(String(size));
    const sign = coefficient < 0 ? "-" : text === "" ? "" : "+";
    text += sign + factors.join("*");
  }
  return text;
}

const keyOf = (atoms: readonly Atom[]): string => atoms.map((a) => a.text).join("*");

function termsOf(d: Dim): readonly Term[] {
  if (typeof d !== "number") return d.terms;
  return d === 0 ? [] : [{ coefficient: d, atoms: [], key: "" }];
}

function fromTerms(terms: Iterable<Term>): Dim {
  const sums = new Map<string, Term>();
  for (const t of terms) {
    const old = sums.get(t.key);
    sums.set(t.key, old ? { ...t, coefficient: old.coefficient + t.coefficient } : t);
  }
  const kept = [...sums.values()].filter((t) => t.coefficient !== 0);
  if (kept.length === 0) return 0;
  const only = kept[0]!;
  if (kept.length === 1 && only.atoms.length === 0) return only.coefficient;
  kept.sort((a, b) => b.atoms.length - a.atoms.length || (a.key < b.key ? -1 : 1));
  return new DimExpr(kept);
}

/** The named size `name`. */
export function symbol(name: string): DimExpr {
  const atom: Atom = { kind: "symbol", name, text: name };
  return new DimExpr([{ coefficient: 1, atoms: [atom], key: name }]);
}

export function addDim(a: Dim, b: Dim): Dim {
  if (typeof a === "number" && typeof b === "number") return a + b;
  return fromTerms([...termsOf(a), ...termsOf(b)]);
}

export function mulDim(a: Dim, b: Dim): Dim {
  if (typeof a === "number" && typeof b === "number") return a * b;
  const products: Term[] = [];
  for (const x of termsOf(a)) {
    for (const y of termsOf(b)) {
      const atoms = [...x.atoms, ...y.atoms].sort((p, q) => (p.text < q.text ? -1 : 1));
      products.push({
        coefficient: x.coefficient * y.coefficient,
        atoms,
        key: keyOf(atoms),
      });
    }
  }
  return fromTerms(products);
}

export const subDim = (a: Dim, b: Dim): Dim => addDim(a, mulDim(b, -1));

/** ⌊a / divisor⌋ for a positive whole divisor. Terms that divide exactly are taken out of the floor. */
export function floorDim(a: Dim, divisor: number): Dim {
  if (typeof a === "number") return Math.floor(a / divisor);
  if (divisor === 1) return a;
  const whole: Term[] = [];
  const rest: Term[] = [];
  for (const t of a.terms) {
    if (t.coefficient % divisor === 0) {
      whole.push({ ...t, coefficient: t.coefficient / divisor });
    } else if (t.atoms.length === 0) {
      // ⌊(x + c) / d⌋ = ⌊(x + c mod d) / d⌋ + ⌊c / d⌋
      const quotient = Math.floor(t.coefficient / divisor);
      whole.push({ ...t, coefficient: quotient });
      rest.push({ ...t, coefficient: t.coefficient - quotient * divisor });
    } else rest.push(t);
  }
  const numerator = fromTerms(rest);
  if (typeof numerator === "number") {
    return addDim(fromTerms(whole), Math.floor(numerator / divisor));
  }
  const text = `floor((${numerator.text})/${divisor})`;
  const atom: Atom = { kind: "floor", numerator, divisor, text };
  return fromTerms([...whole, { coefficient: 1, atoms: [atom], key: text }]);
}

/** a / b when b divides a for every value of the symbols, else undefined. */
export function divideDim(a: Dim, b: Dim): Dim | undefined {
  if (typeof b === "number") {
    if (b === 0) return undefined;
    const quotient = termsOf(a).map((t) => ({
      ...t,
      coefficient: t.coefficient / b,
    }));
    return quotient.every((t) => Number.isInteger(t.coefficient)) ? fromTerms(quotient) : undefined;
  }
  if (b.terms.length !== 1) return equalDim(a, b) ? 1 : undefined;
  const by = b.terms[0]!;
  const quotient: Term[] = [];
  for (const t of termsOf(a)) {
    const atoms = [...t.atoms];
    for (const atom of by.atoms) {
      const at = atoms.findIndex((x) => x.text === atom.text);
      if (at < 0) return undefined;
      atoms.splice(at, 1);
    }
    const coefficient = t.coefficient / by.coefficient;
    if (!Number.isInteger(coefficient)) return undefined;
    quotient.push({ coefficient, atoms, key: keyOf(atoms) });
  }
  return fromTerms(quotient);
}

export function equalDim(a: Dim, b: Dim): boolean {
  if (typeof a === "number" || typeof b === "number") return a === b;
  return a.text === b.text;
}

export const equalShape = (a: readonly Dim[], b: readonly Dim[]): boolean =>
  a.length === b.length && a.every((d, i) => equalDim(d, b[i]!));

/** The number of elements of a shape. */
export const product = (shape: readonly Dim[]): Dim => shape.reduce<Dim>(mulDim, 1);

/** The value of `d` where each symbol has the size that `sizes` gives it. */
export function evaluateDim(d: Dim, sizes: ReadonlyMap<string, number>): number {
  if (typeof d === "number") return d;
  let sum = 0;
  for (const { coefficient, atoms } of d.terms) {
    let value = coefficient;
    for (const atom of atoms) {
      if (atom.kind === "floor") {
        value *= Math.floor(evaluateDim(atom.numerator, sizes) / atom.divisor);
      } else {
        const size = sizes.get(atom.name);
        if (size === undefined) throw new Error(`no size is known for ${atom.name}`);
        value *= size;
      }
    }
    sum += value;
  }
  return sum;
}

/** `d` with each symbol replaced by what `by` gives; symbols it does not know stay. */
export function substituteDim(d: Dim, by: ReadonlyMap<string, Dim>): Dim {
  if (typeof d === "number") return d;
  let sum: Dim = 0;
  for (const { coefficient, atoms } of d.terms) {
    let value: Dim = coefficient;
    for (const atom of atoms) {
      value = mulDim(
        value,
        atom.kind === "floor"
          ? floorDim(substituteDim(atom.numerator, by), atom.divisor)
          : (by.get(atom.name) ?? symbol(atom.name)),
      );
    }
    sum = addDim(sum, value);
  }
  return sum;
}

/** The names of the symbols in `d`, in order of appearance. */
export function symbolsOf(d: Dim, into: Set<string> = new Set()): Set<string> {
  if (typeof d === "number") return into;
  for (const { atoms } of d.terms) {
    for (const atom of atoms) {
      if (atom.kind === "symbol") into.add(atom.name);
      else symbolsOf(atom.numerator, into);
    }
  }
  return into;
}

export const printShape = (shape: readonly Dim[]): string => `[${shape.join(",")}]`;

/** Reads what `String(dim)` writes. Throws a SyntaxError on anything else. */
export function parseDim(text: string): Dim {
  let at = 0;
  const fail = (): never => {
    throw new SyntaxError(`not a dimension: ${text}`);
  };
  const expect = (s: string): void => {
    if (!text.startsWith(s, at)) fail();
    at += s.length;
  };
  const number = (): number => {
    const m = /^\d+/.exec(text.slice(at)) ?? fail();
    at += m[0].length;
    return Number(m[0]);
  };
  const factor = (): Dim => {
    if (/\d/.test(text[at] ?? "")) return number();
    if (text.startsWith("floor((", at)) {
      expect("floor((");
      const numerator = sum();
      expect(")/");
      const divisor = number();
      expect(")");
      return floorDim(numerator, divisor);
    }
    const m = /^[A-Za-z_][\w$]*/.exec(text.slice(at)) ?? fail();
    at += m[0].length;
    return symbol(m[0]);
  };
  const term = (): Dim => {
    let value = factor();
    while (text[at] === "*") {
      at++;
      value = mulDim(value, factor());
    }
    return value;
  };
  const sum = (): Dim => {
    const negative = text[at] === "-";
    if (negative) at++;
    let value = negative ? mulDim(term(), -1) : term();
    while (text[at] === "+" || text[at] === "-") {
      const sign = text[at++] === "-" ? -1 : 1;
      value = addDim(value, mulDim(term(), sign));
    }
    return value;
  };
  const value = sum();
  if (at !== text.length) fail();
  return value;
}
