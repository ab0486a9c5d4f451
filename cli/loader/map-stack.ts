/** Owns the way from places in emitted modules back to the files that they were made of. */
import { SourceMap } from "node:module";
import path from "node:path";
import { pathToFileURL } from "node:url";
import type { EmittedModule } from "./emit-modules.ts";

/** Rewrites places in emitted modules (`file:///…mjs:10:5`) to the original ones (`/…ts:3:9`). */
export type StackMapper = (stack: string) => string;

/** Maps stacks that speak of the modules of one folder. */
export function stackMapper(folder: string, modules: readonly EmittedModule[]): StackMapper {
  const maps = new Map(
    modules.map(({ output, sourceMap }) => [
      pathToFileURL(output).href,
      new SourceMap(JSON.parse(sourceMap)),
    ]),
  );
  const prefix = pathToFileURL(folder).href.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  const place = new RegExp(`(${prefix}/[^\\s:()]+):(\\d+)(?::(\\d+))?`, "g");
  return (stack) =>
    stack.replace(place, (text, url: string, line: string, column?: string) => {
      const entry = maps.get(url)?.findEntry(Number(line) - 1, Number(column ?? 1) - 1);
      if (entry === undefined || !("originalSource" in entry)) return text;
      const file = path.resolve(folder, entry.originalSource);
      const row = `${file}:${entry.originalLine + 1}`;
      return column === undefined ? row : `${row}:${entry.originalColumn + 1}`;
    });
}
