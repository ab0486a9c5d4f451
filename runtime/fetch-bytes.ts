/** Brings what can be loaded to where it can be used. Part of the loader; every byte counts. */

import { refuse } from "./load-error.ts";
import { hasExternalWeights } from "./own-module.ts";

/** Where a module or its weights are, or what they are. */
export type Source = string | URL | Response | BufferSource | WebAssembly.Module;

/** Is shown what comes, when it comes. What it takes, which it promises as `true`, is in no result. */
export type See = (piece: BufferSource) => unknown;

/** The bytes of a URL or response, and what is none as it is. */
export async function fetchBytes(
  source: Source | PromiseLike<Source>,
  see?: See,
): Promise<BufferSource | WebAssembly.Module> {
  let from = await source;
  if (typeof from === "string" || from instanceof URL) {
    const url = new URL(from, globalThis.location?.href);
    const fs = url.protocol === "file:" && globalThis.process?.getBuiltinModule?.("node:fs");
    from = fs ? await fs.promises.readFile(url) : await fetch(url);
  }
  if ("arrayBuffer" in from) {
    if (!from.ok) refuse("GLIM6001", `${from.url}: answered ${from.status}`);
    return (see ? shown(from, see) : from).arrayBuffer();
  }
  if ("byteLength" in from) await see?.(from);
  return from;
}

const shown = ({ body }: Response, see: See): Response =>
  new Response(
    body?.pipeThrough(
      new TransformStream({
        transform: hasExternalWeights
          ? async (piece, to) => (await see(piece)) || to.enqueue(piece)
          : (piece, to) => {
              see(piece);
              to.enqueue(piece);
            },
      }),
    ),
  );
