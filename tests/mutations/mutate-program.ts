/** Turns programs of the subset into others by small random changes: most leave it, some stay inside. */

import type { Tape } from "../frontend/random-expressions.ts";

/** Statements that script has no place for, or that are easily half supported. */
const statements: readonly string[] = [
  "try { t += 1; } catch { t += 2; }",
  "var hoisted = 1; t += hoisted;",
  "for (const key in cell) t += key.length;",
  "delete (cell as any).v;",
  "class Inner { n = 1; } t += new Inner().n;",
  "const later = async () => 1; later();",
  "function* many() { yield 1; } for (const n of many()) t += n;",
  "t += Math.random() * 0;",
  'eval("t = 1");',
  't += /a+/.test("aa") ? 1 : 0;',
  "t += Number(10n);",
  "throw 5;",
  'throw "text";',
  "debugger;",
  "cell = { v: 2, on: true };",
  "t += (cell as any)[flag ? 'v' : 'on'];",
  "t += arguments.length;",
  "t += JSON.stringify(cell).length;",
  "t += new Date(0).getTime();",
  "t = (t, a);",
  "if (t == a) t += 1;",
  "t += typeof t === 'number' ? 1 : 2;",
  "t += void 0 ?? 3;",
  "const self = () => self; t += self === self() ? 1 : 0;",
  "t += [1, , 3].length;",
  "t += [...'ab', 3].length;",
  "t += Object.assign({}, cell).v;",
  "(globalThis as any).leak = t;",
  "const { v, ...others } = cell; t += v + Number(others.on);",
  "const [first = 3, ...more] = [t, 2, 3]; t = first + more.length;",
  "t += ((n: number) => { if (n > 3) return n; return -n; })(t);",
  "let unset: number; t += unset!;",
  "t += new Array(3).fill(2).length;",
  "outer: for (;;) { for (;;) break outer; }",
  "switch (t) { case 1: let inner = 2; t += inner; break; default: t -= 1; }",
  "t += +'12' + -'3';",
  "t += ~t >>> 3;",
  "t += (null as any)?.x ?? 4;",
  "t += [3, 1, 2].sort()[0]!;",
  "t += 'abc'.at(-1)!.length;",
  "const bound = cell.v.toFixed; t += bound.length;",
  "t += cell instanceof Object ? 1 : 0;",
  "t += 'v' in cell ? 1 : 0;",
  "meter.bump = (x: number) => x;",
  "t += Math.hypot(3, 4);",
  "t **= 2;",
  "t ||= 3; t &&= 4; t ??= 5;",
  "import('node:fs');",
  // biome-ignore lint/suspicious/noTemplateCurlyInString: a template of the program.
  "t += `${t}${flag}${undefined}${null}`.length;",
  "t += String(Symbol('x')).length;",
  "t += new Map([[1, 2]]).get(1)!;",
  "t += new Set([1, 'a', true]).size;",
  "const mixed = [1, 'a', true, null]; t += mixed.length; for (const m of mixed) if (m === 'a') t += 1;",
  "const nested = [[1], [2, [3]]]; t += nested.length;",
  "const fs = [(x: number) => x, (x: number) => -x]; t += fs[a > 0 ? 0 : 1]!(2);",
  "t += Number(Boolean('') || !!'x');",
  "t = t++ + ++t - t-- * --t;",
];

const words: readonly string[] = [
  ...[
    "undefined",
    "null",
    "NaN",
    "this",
    "arguments",
    "globalThis",
    "Math",
    "cell",
    "meter",
    "script",
  ],
  ...[
    "[]",
    "{}",
    "()",
    "''",
    "0",
    "-0",
    "1e400",
    "10n",
    "/x/",
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a template of the program.
    "`${a}`",
    "(x => x)",
    "new Map()",
    "a?.b",
    "...a",
  ],
  ...[
    "async",
    "await",
    "yield",
    "super",
    "class",
    "=>",
    "?",
    ":",
    ",",
    ";",
    "}",
    "{",
    ")",
    "(",
    "]",
    "[",
  ],
];

const operators: readonly string[] = [
  ...[
    "+",
    "-",
    "*",
    "/",
    "%",
    "**",
    "&&",
    "||",
    "??",
    "==",
    "!=",
    "===",
    "<",
    ">>>",
    "in",
    "instanceof",
  ],
  ...["=", "+=", "=>", ",", "."],
];

const token =
  /[A-Za-z_$][\w$]*|\d[\w.]*|"[^"\n]*"|[=!<>]=+|=>|&&|\|\||\?\?|[-+*/%<>=?:;,.!()[\]{}]/g;

interface Place {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

const tokensOf = (text: string): readonly Place[] =>
  [...text.matchAll(token)].map((m) => ({
    start: m.index,
    end: m.index + m[0].length,
    text: m[0],
  }));

const replaced = (text: string, { start, end }: Pick<Place, "start" | "end">, by: string): string =>
  text.slice(0, start) + by + text.slice(end);

/** One change behind `from`, where the program's own head ends. */
function change(text: string, from: number, tape: Tape): string {
  const places = tokensOf(text).filter((p) => p.start >= from);
  if (places.length === 0) return text;
  const place = tape.pick(places);
  const lines = [...text.matchAll(/[;}]\n/g)].map((m) => m.index + 2).filter((at) => at >= from);
  switch (tape.below(10)) {
    case 0:
      return replaced(text, place, "");
    case 1:
      return replaced(text, place, tape.pick(words));
    case 2:
      return replaced(text, place, tape.pick(places).text);
    case 3: {
      const some = places.filter((p) => operators.includes(p.text));
      return some.length === 0
        ? text
        : replaced(text, tape.pick(some), ` ${tape.pick(operators)} `);
    }
    case 4: {
      const other = tape.pick(places);
      return replaced(text, { start: place.start, end: place.start }, `${other.text} `);
    }
    case 5: {
      if (lines.length < 2) return text;
      const i = tape.below(lines.length - 1);
      return replaced(text, { start: lines[i]!, end: lines[i + 1]! }, "");
    }
    default: {
      if (lines.length === 0) return text;
      const at = tape.pick(lines);
      return replaced(text, { start: at, end: at }, `${tape.pick(statements)}\n`);
    }
  }
}

/** The program with one to three changes; sometimes TypeScript's own mistakes are told, too. */
export function mutate(text: string, tape: Tape): string {
  const from = text.indexOf("const placeIn");
  let mutated = text;
  for (let n = tape.below(3); n >= 0; n--) mutated = change(mutated, from, tape);
  return tape.below(2) === 0 ? mutated.replace("// @ts-nocheck\n", "") : mutated;
}
