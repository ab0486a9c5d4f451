/** Text as C has it in its sources. */

const longest = 96;

/** A string literal, over as many lines as it takes. Nothing in it is special to any compiler. */
export function cString(text: string, indent = "    "): string {
  const lines: string[] = [];
  let line = "";
  for (const byte of new TextEncoder().encode(text)) {
    line += cByte(byte);
    if (line.length < longest) continue;
    lines.push(line);
    line = "";
  }
  if (line !== "" || lines.length === 0) lines.push(line);
  return lines.map((l) => `${indent}"${l}"`).join("\n");
}

/** Three octal digits end an escape, whatever follows; `?` could begin a trigraph. */
function cByte(byte: number): string {
  const char = String.fromCharCode(byte);
  if (char === '"' || char === "\\") return `\\${char}`;
  const isPlain = byte >= 0x20 && byte < 0x7f && char !== "?";
  return isPlain ? char : `\\${byte.toString(8).padStart(3, "0")}`;
}

/** A comment, whose text cannot end it. */
export function cComment(lines: readonly string[]): string {
  const safe = lines.map((line) => line.replaceAll("*/", "*∕"));
  return ["/*", ...safe.map((line) => ` * ${line}`.trimEnd()), " */"].join("\n");
}
