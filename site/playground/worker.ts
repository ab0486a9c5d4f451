/** The compiler's thread: a page that is edited stays quick, and a loop without end can be stopped. */

import { Playground } from "./compile-program.ts";
import type { Request } from "./messages.ts";
import { VirtualFiles } from "./virtual-files.ts";

const beside = (name: string) => fetch(new URL(name, self.location.href));

const playground = (async () => {
  const [files, heap] = await Promise.all([beside("./files.json"), beside("./heap.wasm")]);
  const bytes = new Uint8Array(await heap.arrayBuffer());
  return new Playground(new VirtualFiles(await files.json()), bytes);
})();

playground.then(
  () => postMessage({ ready: true }),
  (error) => postMessage({ failed: String(error) }),
);

self.addEventListener("message", async ({ data }: MessageEvent<Request>) => {
  try {
    postMessage(await (await playground).answer(data));
  } catch (error) {
    const thrown = { code: "", message: String(error), why: "", fix: "", span: undefined };
    postMessage({ problems: [thrown], printed: [] });
  }
});
