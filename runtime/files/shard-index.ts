/** The JSON index of weights that lie in several safetensors files. */

import { FileFormatError, quoteName } from "./file-format-error.ts";

const refuse = (message: string): never => {
  throw new FileFormatError("safetensors", `the index ${message}`);
};

/** Names of tensors by the file that each lies in. All files lie beside the index. */
export function parseShardIndex(bytes: Uint8Array): ReadonlyMap<string, readonly string[]> {
  const map = field(parse(bytes), "weight_map");
  if (typeof map !== "object" || map === null) return refuse("has no weight_map");
  const files = new Map<string, string[]>();
  for (const [name, file] of Object.entries(map)) {
    if (typeof file !== "string" || !/^[\w.-]+\.safetensors$/.test(file) || file.startsWith(".")) {
      return refuse(
        `says that ${quoteName(name)} lies in ${quoteName(String(file))}, not in a safetensors file beside it`,
      );
    }
    const names = files.get(file) ?? [];
    names.push(name);
    files.set(file, names);
  }
  return files;
}

function parse(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    return refuse("is not JSON");
  }
}

const field = (value: unknown, name: string): unknown =>
  typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined;
