/** Programs that build, cut and compare texts. */

import { script } from "glim";

/** A text of parts in each round. */
export const templates = script((n: number): number => {
  let sum = 0;
  for (let i = 0; i < n; i++) {
    const text = `${i & 255}-${i & 7}`;
    sum += text.length;
  }
  return sum;
});

/** A long text, a piece at a time. */
export const appending = script((n: number): number => {
  let text = "";
  for (let i = 0; i < n; i++) text += "ab";
  return text.length;
});

/** The same by characters that are computed. */
export const letters = script((n: number): number => {
  let text = "";
  for (let i = 0; i < n; i++) text += String.fromCharCode(97 + (i % 26));
  let sum = 0;
  for (let i = 0; i < n; i++) sum = (sum + text.charCodeAt(i) * i) | 0;
  return sum;
});

/** Lines of fields, which are numbers and words. */
export const lines = script((n: number): number => {
  let out = "";
  for (let i = 0; i < n; i++) {
    out += `line ${i}: ${i * 0.5} of ${i % 10 === 0 ? "many" : "few"}\n`;
    if (out.length > 10_000) out = "";
  }
  return out.length;
});

/** Chains of `+`, none of which is kept. */
export const chains = script((n: number): number => {
  let sum = 0;
  let last = "z";
  for (let i = 0; i < n; i++) {
    const name = i % 2 === 0 ? "even" : "odd";
    last = `${name}:${last.length}/${name}`;
    sum += last.length;
  }
  return sum;
});

interface Log {
  text: string;
  lines: number;
}

/** A field of a record that grows. */
export const fields = script((n: number): number => {
  const log: Log = { text: "", lines: 0 };
  for (let i = 0; i < n; i++) {
    log.text += "x";
    if (i % 80 === 79) {
      log.text += "\n";
      log.lines++;
    }
  }
  return log.text.length + log.lines;
});

/** Pieces in a list, put together at the end. */
export const joining = script((n: number): number => {
  let sum = 0;
  for (let round = 0; round < n; round++) {
    const parts: string[] = [];
    for (let i = 0; i < 100; i++) parts.push((i + round) % 3 === 0 ? "fizz" : `${i + round}`);
    sum += parts.join(",").length;
  }
  return sum;
});

/** A text read unit by unit, and compared with others. */
export const scanning = script((n: number): number => {
  const text = "the quick brown fox jumps over the lazy dog. ".repeat(20);
  let vowels = 0;
  for (let round = 0; round < n; round++) {
    for (let i = 0; i < text.length; i++) {
      const c = text[i]!;
      if (c === "a" || c === "e" || c === "i" || c === "o" || c === "u") vowels++;
    }
  }
  return vowels;
});

/** Codes of units. */
export const codes = script((n: number): number => {
  const text = "the quick brown fox jumps over the lazy dog. ".repeat(20);
  let hash = 0;
  for (let round = 0; round < n; round++) {
    for (let i = 0; i < text.length; i++) hash = (hash * 31 + text.charCodeAt(i)) | 0;
  }
  return hash;
});

/** Words are cut out, compared and counted. */
export const words = script((n: number): number => {
  const text = "the quick brown fox jumps over the lazy dog and the cat ".repeat(8);
  const counts = new Map<string, number>();
  let the = 0;
  for (let round = 0; round < n; round++) {
    let start = 0;
    for (let i = 0; i < text.length; i++) {
      if (text[i] !== " ") continue;
      const word = text.slice(start, i);
      if (word === "the") the++;
      counts.set(word, (counts.get(word) ?? 0) + 1);
      start = i + 1;
    }
  }
  return the + counts.size + (counts.get("fox") ?? 0);
});

/** The same by `split`. */
export const splitting = script((n: number): number => {
  const text = "the quick brown fox jumps over the lazy dog and the cat ".repeat(8);
  let sum = 0;
  for (let round = 0; round < n; round++) {
    for (const word of (text + round).split(" ")) {
      if (word === "fox" || word < "b") sum += word.length;
    }
  }
  return sum;
});

/** Searching, trimming and replacing. */
export const searching = script((n: number): number => {
  let sum = 0;
  for (let i = 0; i < n; i++) {
    const text = `  key: value ${i & 15} with several words ; and more `;
    const at = text.indexOf(":");
    const key = text.slice(0, at).trim();
    const rest = text.slice(at + 1);
    sum += key.length + rest.indexOf(";") + (rest.includes("more") ? 1 : 0);
    if (rest.trim().startsWith("value")) sum++;
  }
  return sum;
});

/** Texts read backwards, built at the front. */
export const reversing = script((n: number): number => {
  let sum = 0;
  for (let i = 0; i < n; i++) {
    const text = `abc${i & 7}defghij`;
    let back = "";
    for (let k = text.length - 1; k >= 0; k--) back += text[k]!;
    if (back !== text) sum += back.length;
  }
  return sum;
});

/** Numbers as texts, and texts as numbers. */
export const printing = script((n: number): number => {
  let sum = 0;
  for (let i = 0; i < n; i++) {
    const text = `${i * 7}`;
    sum += Number(text) + text.length;
  }
  return sum;
});

/** Fractions as texts. */
export const decimals = script((n: number): number => {
  let sum = 0;
  for (let i = 0; i < n; i++) sum += `${i / 8}`.length;
  return sum;
});
