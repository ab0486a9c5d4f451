/** A WebAssembly module as text, for reading. */

/** The text format, as binaryen folds and indents it. */
export async function wasmText(bytes: Uint8Array): Promise<string> {
  const { default: api } = await import("binaryen");
  const module = api.readBinary(bytes);
  try {
    return module.emitText();
  } finally {
    module.dispose();
  }
}
