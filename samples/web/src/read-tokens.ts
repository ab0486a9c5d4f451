/** The vocabulary of llama2.c's files: for each token a score, its length, and its bytes. */

export function readTokens(file: Uint8Array): readonly string[] {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const tokens: string[] = [];
  // The file begins with the length of the longest.
  for (let at = 4; at < file.length; ) {
    const length = view.getInt32(at + 4, true);
    const text = new TextDecoder().decode(file.subarray(at + 8, at + 8 + length));
    // `<0x0A>` stands for one byte.
    const byte = /^<0x([0-9A-F]{2})>$/.exec(text)?.[1];
    tokens.push(byte === undefined ? text : String.fromCharCode(Number.parseInt(byte, 16)));
    at += 8 + length;
  }
  return tokens;
}
