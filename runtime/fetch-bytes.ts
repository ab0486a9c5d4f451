/** Brings what can be loaded to where it can be used. Part of the loader; every byte counts. */

import { refuse } from "./load-error.ts";

/** Where a module or its weights are, or what they are. */
export type Source = string | URL | Response | BufferSource | WebAssembly.Module;

/** The bytes of a URL or response, and what is none as it is; `count` is told of what comes. */
export async function fetchBytes(
  source: Source | PromiseLike<Source>,
  count?: (bytes: number) => void,
): Promise<BufferSource | WebAssembly.Module> {
  let from = await source;
  if (typeof from === "string" || from instanceof URL) {
    const url = new URL(from, globalThis.location?.href);
    const fs = url.protocol === "file:" && globalThis.process?.getBuiltinModule?.("node:fs");
    from = fs ? await fs.promises.readFile(url) : await fetch(url);
  }
  if ("arrayBuffer" in from) {
    if (!from.ok) refuse("GLIM6001", `${from.url}: answered ${from.status}`);
    return (count ? counted(from, count) : from).arrayBuffer();
  }
  if ("byteLength" in from) count?.(from.byteLength);
  return from;
}

const counted = ({ body }: Response, count: (bytes: number) => void): Response =>
  new Response(
    body?.pipeThrough(
      new TransformStream({
        transform(piece, to) {
          count(piece.length);
          to.enqueue(piece);
        },
      }),
    ),
  );
