/** Owns what is said of a file whose nesting ends the stack of those who read it. */

import type { OnLoadResult, PartialMessage } from "esbuild";

export const nestedText = "this code is nested too deeply to be compiled";

/** What `read` gives, or an error at the deepest place of the text where the stack ends. */
export function readNested(file: string, text: string, read: () => OnLoadResult): OnLoadResult {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof RangeError && error.message.includes("call stack"))) throw error;
    return { errors: [problemAt(file, text, deepestPlace(text))] };
  }
}

function problemAt(file: string, text: string, at: number): PartialMessage {
  const before = text.slice(0, at).split("\n");
  const lineText = before.at(-1) ?? "";
  // esbuild counts columns in bytes.
  const column = Buffer.byteLength(lineText);
  const location = { file, line: before.length, column, length: 1, lineText: `${lineText} ` };
  return { text: nestedText, location };
}

/**
 * Where most brackets are open, and links of chains and operators stand in one expression. It need not know
 * texts and comments to be near.
 */
function deepestPlace(text: string): number {
  const links = [0];
  let depth = 0;
  let most = 0;
  let place = 0;
  for (let i = 0; i < text.length; i++) {
    const c = text[i]!;
    if ("([{".includes(c)) {
      links.push(0);
      depth++;
    } else if (")]}".includes(c)) depth -= 1 + (links.pop() ?? 0);
    else if (";,".includes(c)) depth -= links.splice(-1, 1, 0)[0] ?? 0;
    else if (".+-*/%&|^?".includes(c)) {
      links.push((links.pop() ?? 0) + 1);
      depth++;
    }
    if (depth > most) [most, place] = [depth, i];
  }
  return place;
}
